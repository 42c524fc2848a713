"""P12: `recording-steward purge --dry-run` says what would be erased now, what not and why, and changes nothing."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.commands.purging import BY_ITSELF, print_purge
from handlers import recordings
from handlers.acting import CLOCK
from storage.database.store import Database
from tests.bot.environment import Environment
from tests.erasing import Archive
from tests.handlers.builders import Clock, a_company
from tests.handlers.retention.pausing import MOMENT, let_go, paused, small, three

SAY = "the Head of Customer Success would have to press Continue"
MANY = f"3 would be erased today, more than the policy's limit of 2; {SAY}"
ROOT = Path(__file__).parents[2]
Printed = Callable[..., Coroutine[Any, Any, list[str]]]


@pytest_asyncio.fixture
async def archive(database: Database) -> Archive:
    archive = Archive(await a_company(database, Clock(), small()))
    await archive.company.door.enter(
        recordings.register_calls("file", (), [f"call-{number}" for number in (1, 2, 3)]), CLOCK
    )
    return archive


@pytest.fixture
def printed(
    archive: Archive, database_url: str, environment: Environment, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Printed:
    """What it prints at the company's moment, beside the bot that has the database open."""
    text = (ROOT / "policy.yaml").read_text(encoding="utf-8")
    assert "pause_above: 50" in text
    (tmp_path / "policy.yaml").write_text(text.replace("pause_above: 50", "pause_above: 2"))
    environment(
        DATABASE_URL=database_url, POLICY_FILE=str(tmp_path / "policy.yaml"), RECORDINGS_URL="memory:///x"
    )  # fmt: skip

    async def run() -> list[str]:
        before = await archive.company.database.read(lambda store: store.audit.lock().hash)
        now = archive.company.clock.now
        capsys.readouterr()
        assert await asyncio.to_thread(lambda: print_purge(dry_run=True, now=now)) == 0
        assert await archive.company.database.read(lambda store: store.audit.lock().hash) == before
        return capsys.readouterr().out.splitlines()

    return run


async def test_p12_what_has_had_its_time_would_be_closed_and_erased(archive: Archive, printed: Printed) -> None:
    await archive.record("one")
    archive.until(MOMENT)
    assert await printed() == [
        "Now          Wed 24 Nov 2027, 14:00 Sydney",
        "Would lock   1 call whose time is up",
        "Would erase  1 call",
        "Nothing was changed.",
    ]
    await archive.tick()
    assert (await printed())[1:3] == ["Would lock   0 calls whose time is up", "Would erase  0 calls"]


@pytest.mark.soak
async def test_p12_a_day_to_be_paused_says_so_before_and_after(archive: Archive, printed: Printed) -> None:
    await three(archive)
    archive.until(MOMENT)
    assert (await printed())[1:-1] == [
        "Would lock   2 calls whose time is up",
        "Would erase  0 calls",
        f"Would pause  2 calls: {MANY}",
    ]
    await archive.tick()
    pause = (await paused(archive)).id
    assert (await printed())[1:-1] == [
        "Would lock   0 calls whose time is up",
        "Would erase  0 calls",
        f"Paused       2 calls: until the Head presses Continue ({pause})",
    ]
    await let_go(archive, pause)
    assert (await printed())[2:-1] == ["Would erase  2 calls"]


def test_p12_without_dry_run_it_says_that_the_bot_erases_by_itself(
    environment: Environment, typed: Callable[..., tuple[Any, str, str]]
) -> None:
    assert typed("purge") == (2, "", f"{BY_ITSELF}\n")
