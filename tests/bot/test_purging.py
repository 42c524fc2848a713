"""P12: `recording-steward purge --dry-run` says what would be erased now, what not and why, and changes nothing."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot import __main__
from bot.commands.purging import BY_ITSELF, NOT_YET, OUTSIDE, UNREGISTERED, purge
from bot.ports import Unavailable
from bot.recorders import RECORDERS
from bot.settings.config import Misconfigured
from handlers.acting import CLOCK
from handlers.checkpoints import Restored
from handlers.recordings import Register
from handlers.retention.intents import EraseAgain
from storage.database.store import Database
from tests.bot.environment import Environment
from tests.databases import migrate, run
from tests.each import each
from tests.erasing import SIGHTED, Archive
from tests.handlers.builders import Clock, a_company, ask
from tests.handlers.retention.pausing import MOMENT, let_go, paused, small, three
from tests.memory_recorder import MemoryRecorder
from tests.moments import NOW
from tests.odd_files import spoilt

SAY = "the Head of Customer Success would have to say Continue"
MANY = f"3 would go today, and the policy pauses above 2; {SAY}"
SEEN_LATE = "already more than 12 months old when I first saw them"
ROOT = Path(__file__).parents[2]
Printed = Callable[..., Coroutine[Any, Any, list[str]]]


@pytest_asyncio.fixture
async def archive(database: Database) -> Archive:
    archive = Archive(await a_company(database, Clock(), small()))
    await archive.company.door.enter(Register("file", (), [f"call-{number}" for number in (1, 2, 3)]), CLOCK)
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
        assert await asyncio.to_thread(lambda: purge(dry_run=True, now=now)) == 0
        assert await archive.company.database.read(lambda store: store.audit.lock().hash) == before
        return capsys.readouterr().out.splitlines()

    return run


async def test_p12_what_has_had_its_time_would_be_closed_and_erased(archive: Archive, printed: Printed) -> None:
    await archive.record("one")
    archive.until(MOMENT)
    assert await printed() == [
        "Now          Wed 24 Nov 2027, 14:00 Sydney",
        "Would close  1 call, whose moment has come",
        "Would erase  1 call",
        "Nothing was changed.",
    ]
    await archive.tick()
    assert (await printed())[1:3] == [
        "Would close  0 calls, whose moment has come",
        "Would erase  0 calls",
    ]


@pytest.mark.soak
async def test_p12_what_is_kept_is_told_with_what_keeps_it(archive: Archive, printed: Printed) -> None:
    company, number = archive.company, await archive.record("one")
    archive.until(MOMENT, days=-1)
    await ask(company, company.anna, calls=[number])
    archive.until(MOMENT)
    assert (await printed())[1:-1] == [
        "Would close  1 call, whose moment has come",
        "Would erase  0 calls",
        "Kept then    1 call: by what is open when it closes",
    ]
    await archive.tick()
    assert (await printed())[1:-1] == [
        "Would close  0 calls, whose moment has come",
        "Would erase  0 calls",
        "Kept         1 call: by an open request",
    ]


@pytest.mark.soak
async def test_p12_after_a_restore_whatever_would_be_erased_would_be_paused_and_it_says_why(
    archive: Archive, printed: Printed
) -> None:
    await archive.record("one")
    archive.until(MOMENT, days=-1)
    await archive.company.door.enter(Restored(3, 9, "a" * 64, 5), CLOCK)
    archive.until(MOMENT)
    why = f"the database was restored, so what was to keep them may be lost; {SAY}"
    assert (await printed())[1:-1] == [
        "Would close  1 call, whose moment has come",
        "Would erase  0 calls",
        f"Would pause  1 call: {why}",
    ]
    await archive.tick()
    pause = (await paused(archive)).id
    assert (await printed())[2:-1] == [
        "Would erase  0 calls",
        f"Paused       1 call: until somebody says Continue ({pause})",
    ]


@pytest.mark.soak
async def test_p12_a_day_that_would_be_paused_says_so_beforehand_and_afterwards(
    archive: Archive, printed: Printed
) -> None:
    await three(archive)
    archive.until(MOMENT)
    assert (await printed())[1:-1] == [
        "Would close  2 calls, whose moment has come",
        "Would erase  0 calls",
        f"Would pause  2 calls: {MANY}",
    ]
    await archive.tick()
    pause = (await paused(archive)).id
    assert (await printed())[1:-1] == [
        "Would close  0 calls, whose moment has come",
        "Would erase  0 calls",
        f"Paused       2 calls: until somebody says Continue ({pause})",
    ]
    await let_go(archive, pause)
    assert (await printed())[2:-1] == ["Would erase  2 calls"]


@pytest.mark.soak
async def test_p12_what_came_back_would_go_also_on_a_day_that_would_be_paused(
    archive: Archive, printed: Printed
) -> None:
    back = await archive.record("back")
    await archive.company.door.enter(EraseAgain((back,)), CLOCK)
    await three(archive)
    archive.until(MOMENT)
    told = await printed()
    assert told[2] == "Would erase  1 call"
    assert told[3] == f"Would pause  2 calls: {MANY}"
    await archive.tick()
    assert (await archive.by_id(back)).state == "erased"


async def test_p12_what_could_not_be_erased_is_told_with_what_stood_in_the_way(
    archive: Archive, printed: Printed
) -> None:
    await archive.record("one")
    archive.until(MOMENT)
    archive.recorder.outage = Unavailable("away")
    await archive.erasing.tick()
    assert "Later        1 call: the recording system did not answer" in await printed()
    archive.until(MOMENT, seconds=30)
    assert "Would erase  1 call" in await printed()


async def test_p12_what_is_not_shown_any_more_is_told_in_a_sentence(archive: Archive, printed: Printed) -> None:
    await archive.record("one")
    archive.until(MOMENT)
    archive.recorder.lose("one")
    await archive.erasing.tick()
    [later] = [one for one in await printed() if one.startswith("Later")]
    assert later.startswith("Later        1 call: the recording system does not show it any more")


async def test_p12_what_lies_elsewhere_is_never_erased_from_here(
    archive: Archive, printed: Printed, environment: Environment
) -> None:
    await archive.record("one")
    archive.until(MOMENT, minutes=5)
    archive.erasing.system = "other"
    await archive.erasing.tick()
    environment(RECORDINGS_URL="file:///y")
    assert "Never        1 call: in another recording system than RECORDINGS_URL" in await printed()


async def test_p4_calls_on_lines_that_the_policy_does_not_name_are_named(archive: Archive, printed: Printed) -> None:
    first, second = [await archive.record(name, line="+15550100", audio=name.encode()) for name in ("out", "too")]
    assert (await printed())[3:-1] == [
        f"Never        2 calls: {OUTSIDE}",
        f"             call {first}: out (line +15550100)",
        f"             call {second}: too (line +15550100)",
    ]


def test_p12_without_dry_run_it_says_that_the_bot_erases_by_itself(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["recording-steward", "purge"])
    with pytest.raises(SystemExit) as left:
        __main__.main()
    assert (left.value.code, capsys.readouterr().err) == (2, f"{BY_ITSELF}\n")


def test_p12_a_database_of_an_older_version_is_named(
    environment: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.commands.looking.newest", lambda: "9999")
    run(migrate(f"sqlite:///{tmp_path / 'old.db'}"))
    environment(DATABASE_URL=f"sqlite:///{tmp_path / 'old.db'}", POLICY_FILE=str(ROOT / "policy.yaml"))
    with pytest.raises(Misconfigured, match=r"^DATABASE_URL: It is of an older version. `run` brings it up to date"):
        purge(dry_run=True, now=NOW)


@each("there", [False, True])
def test_p12_before_the_first_start_it_says_what_that_would_find_and_makes_no_database(
    there: bool,
    environment: Environment,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An archive of years: the first start would pause, and wait for the Head."""
    recorder, file = MemoryRecorder(), tmp_path / "none.db"
    for number in range(51):
        recorder.keep(replace(SIGHTED, native_id=f"old {number}"), b"audio")
    for name, more in (("soon", {"started": NOW + timedelta(hours=2)}), ("out", {"line": "+15550100"})):
        recorder.keep(replace(SIGHTED, native_id=name, **more), b"audio")
    recorder.keep(replace(SIGHTED, native_id="far", started=MOMENT), b"audio")
    recorder.spoil("odd.mp3", "no metadata", b"odd", "no_metadata")
    monkeypatch.setitem(RECORDERS, "memory", lambda *_: recorder)
    if there:
        with closing(sqlite3.connect(file)) as empty:
            empty.execute("VACUUM")
    environment(
        DATABASE_URL=f"sqlite:///{file}", POLICY_FILE=str(ROOT / "policy.yaml"), RECORDINGS_URL="memory:///x"
    )  # fmt: skip
    assert purge(dry_run=True, now=MOMENT) == 0
    assert capsys.readouterr().out.splitlines() == [
        NOT_YET,
        "Now          Wed 24 Nov 2027, 14:00 Sydney",
        "Would close  51 calls, whose moment has come",
        "Would erase  0 calls",
        f"Would pause  51 calls: {SEEN_LATE}; {SAY}",
        f"Never        1 call: {OUTSIDE}",
        f"Never        1 file: {UNREGISTERED}",
        "Nothing was changed.",
    ]
    assert file.exists() == there
    recorder.outage = Unavailable("The folder is away.")
    with pytest.raises(Misconfigured, match=r"^RECORDINGS_URL: The folder is away."):
        purge(dry_run=True, now=MOMENT)


async def test_p4_files_that_could_not_be_registered_are_named(archive: Archive, printed: Printed) -> None:
    numbers = [await spoilt(archive, name, name.encode()) for name in ("one.mp3", "two.mp3")]
    assert (await printed())[3:-1] == [
        f"Never        2 files: {UNREGISTERED}",
        f"             file {numbers[0]}: one.mp3 (no metadata file lies beside it)",
        f"             file {numbers[1]}: two.mp3 (no metadata file lies beside it)",
    ]
