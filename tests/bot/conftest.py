"""An office whose chat is held in memory, and whose logs are kept quiet."""

import sys
from collections.abc import Callable, Iterator, MutableMapping
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import structlog
from structlog.testing import capture_logs

from bot.__main__ import main
from bot.chats.desk import Desk
from bot.rehearsal.fake_chat import FakeChat
from storage.database.store import Database
from tests.bot.environment import Environment
from tests.bot.recorders.s3_gateway import Gateway
from tests.clocks import Seconds
from tests.handlers.builders import NAMES, Clock, Company, a_company
from tests.offices import Office, a_desk, profile, worker
from tests.patience import unhurried
from tests.reaching import Looks
from tests.s3_server import Storage


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    """A command that is called within this process speaks less, and would silence the tests after it."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.fixture(scope="session", autouse=True)
def _unhurried() -> Iterator[None]:
    """How busy the machine is decides over no answer; a test of the bot's patience says itself how long that is."""
    with unhurried():
        yield


@pytest.fixture
def logs() -> Iterator[list[MutableMapping[str, Any]]]:
    """What the program logged."""
    with capture_logs() as kept:
        yield kept


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Environment:
    """No setting of ours, and no `.env`."""
    monkeypatch.chdir(tmp_path)
    return Environment(monkeypatch)


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[Any, str, str]]:
    """Type a command: its exit code, or the sentence with which it ended, and what it printed."""

    def run(*words: str) -> tuple[Any, str, str]:
        monkeypatch.setattr(sys, "argv", ["recording-steward", *words])
        with pytest.raises(SystemExit) as left:
            main()
        printed = capsys.readouterr()
        return left.value.code, printed.out, printed.err

    return run


@pytest_asyncio.fixture
async def company(database: Database) -> Company:
    return await a_company(database, Clock())


@pytest_asyncio.fixture
async def office(company: Company) -> Office:
    chat = FakeChat(map(profile, NAMES))
    return Office(company, chat, worker(company, chat))


@pytest.fixture
def desk(office: Office) -> Desk:
    return a_desk(office)


@pytest.fixture
def seconds() -> Seconds:
    """A clock that only goes on, when a test moves it."""
    return Seconds()


@pytest.fixture
def gateway(storage: Storage) -> Iterator[Gateway]:
    """What stands before the server, and behaves badly where a test says so."""
    with Gateway(storage).opened() as opened:
        yield opened


@pytest.fixture
def looks(office: Office) -> Looks:
    return Looks(office)
