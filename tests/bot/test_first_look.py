"""P12: before work begins, what a restored folder brought back is erased again; a slow recording system keeps nobody out for long."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from bot.retention.returned import AFTER_A_RESTORE, AT_A_START, FirstLook
from storage.database.faults import DatabaseDown
from storage.database.store import Database
from tests.erasing import SIGHTED
from tests.moments import NOW
from tests.restoring import Program, a_program

Part = Callable[[str], Awaitable[None]]


@pytest_asyncio.fixture
async def program(database: Database, tmp_path: Path) -> Program:
    return await a_program(database, tmp_path)


def _first(program: Program, part: Part | None = None, *waits: float) -> FirstLook:
    async def does(name: str) -> None:
        if name == "recordings":
            await program.sync.sync()
        else:
            await program.erasing.tick()

    return FirstLook(program.restoring, program.sync, part or does, waits or (AFTER_A_RESTORE, AT_A_START))  # type: ignore[arg-type]


async def _folder_restored(program: Program, url: str) -> Program:
    """One call was erased; its audio stands there again when the program starts anew."""
    await program.record("one")
    program.until(NOW.replace(year=2027))
    await program.tick()
    await program.leave()
    program.until(NOW.replace(year=2027), days=1)
    program.recorder.keep(replace(SIGHTED, native_id="one"), b"audio")
    return await program.again(url)


async def test_p12_audio_of_a_restored_folder_is_erased_before_work_begins(program: Program, database_url: str) -> None:
    after = await _folder_restored(program, database_url)
    first, running = _first(after), list[asyncio.Task[None]]()
    assert (after.restoring.found, await first.needed()) == (False, True)
    await first.look(running)
    assert ("one" in program.recorder._audio, [one.done() for one in running]) == (False, [True])
    assert len(program.lines("erasure")) == 2
    assert not await first.needed(), "all calls have been looked at once"
    await after.leave()


async def test_p12_a_recording_system_that_never_answers_keeps_work_back_for_a_while_and_no_longer(
    program: Program, database_url: str
) -> None:
    after = await _folder_restored(program, database_url)

    async def silent(_: str) -> None:
        await asyncio.Event().wait()

    running = list[asyncio.Task[None]]()
    await _first(after, silent, 0.0, 0.0).look(running)
    [work] = running
    assert not work.done(), "it goes on behind, and ends with the program"
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    await after.leave()


async def test_p12_where_nothing_was_ever_erased_no_start_waits(program: Program) -> None:
    await program.record("one")
    program.sync.read = False
    assert not await _first(program).needed()


async def test_p12_it_is_waited_for_where_the_database_can_not_tell(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def down(*_: object, **__: object) -> None:
        raise DatabaseDown("away")

    with monkeypatch.context() as patched:
        patched.setattr(program.company.database, "read", down)
        assert await _first(program).needed()
    program.restoring.state = "journal_away"
    assert await _first(program).needed()
