"""An office whose chat is in memory, with its logs kept quiet."""

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
    """Restore logging after a command run in this process, which logs less and would silence later tests."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.fixture(scope="session", autouse=True)
def _unhurried() -> Iterator[None]:
    """Don't let a busy machine decide about answers; a test of the bot's patience sets its own."""
    with unhurried():
        yield


@pytest.fixture
def logs() -> Iterator[list[MutableMapping[str, Any]]]:
    """Return what the program logged."""
    with capture_logs() as kept:
        yield kept


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Environment:
    """Remove all our settings, and any `.env`."""
    monkeypatch.chdir(tmp_path)
    return Environment(monkeypatch)


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[Any, str, str]]:
    """Type a command: return its exit code, or the sentence it ended with, and what it printed."""

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
    """A clock that only goes forward, when a test moves it."""
    return Seconds()


@pytest.fixture
def gateway(storage: Storage) -> Iterator[Gateway]:
    """A gateway in front of the server, which misbehaves if a test says so."""
    with Gateway(storage).opened() as opened:
        yield opened


@pytest.fixture
def looks(office: Office) -> Looks:
    return Looks(office)
