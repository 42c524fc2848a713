"""P12: what was told to go and stays, since something keeps it, is not erased by the restore of an older copy."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.ports import Held, Unavailable
from bot.proof.journal_lines import ERASURE, NOT_ERASED
from handlers.retention.intents import Doomed
from storage.database.store import Database
from tests.handlers.holds.acts import hold, release
from tests.handlers.reading import lines, seen
from tests.moments import NOW
from tests.reconciled import findings
from tests.restoring import Program, Rows, a_program, copied, put_back

pytestmark = pytest.mark.soak

MOMENT = datetime(2027, 11, 24, 3, tzinfo=UTC)  # twelve months after NOW
UNTIL = "2028-01-10"
RELEASED = timedelta(days=10)


@pytest_asyncio.fixture
async def program(database: Database, tmp_path: Path) -> Program:
    return await a_program(database, tmp_path)


async def _hold(program: Program, number: int) -> str:
    begun = await hold(program.company, program.company.helena, [number], until=UNTIL)
    return begun.hold


async def _held_at_the_last_moment(program: Program, number: int) -> str:
    """A hold comes after the journal was told, before the recorder is asked."""
    before, begun = program.erasing.before, list[str]()

    async def then(doomed: Sequence[Doomed]) -> None:
        await before(doomed)
        begun.append(await _hold(program, number))

    program.erasing.before = then
    program.until(MOMENT)
    await program.tick()
    program.erasing.before = before
    return begun[0]


async def _restored(program: Program, url: str, yesterday: Rows) -> Program:
    """The older copy is put back, of a day on which the call was there; the program starts."""
    await program.leave()
    await put_back(program.company.database, yesterday)
    program.company.clock.now = NOW + timedelta(days=1)
    after = await program.again(url)
    assert after.restoring.found
    await after.tick()
    return after


async def _state(program: Program, number: int) -> tuple[str, bool]:
    """Of a call, and whether its audio is there."""
    return (await program.by_id(number)).state, "one" in program.recorder._audio


async def test_p12_a_hold_that_came_just_before_the_recorder_was_asked_outlives_the_word_in_the_journal(
    program: Program, database_url: str
) -> None:
    number = await program.record("one")
    yesterday = await copied(program.company.database)
    await _held_at_the_last_moment(program, number)
    [told], [back] = program.lines(ERASURE), program.lines(NOT_ERASED)
    assert (back["erasure"], set(back)) == (
        told["erasure"],
        {"kind", "erasure", "at", "entries", "hash", "key", "seal"},
    )
    after = await _restored(program, database_url, yesterday)
    assert await _state(after, number) == ("present", True)
    await after.leave()


@pytest.mark.parametrize("refused", [Held("kept"), Held("kept", MOMENT + timedelta(days=9)), Unavailable("away")])
async def test_p12_so_does_one_that_comes_after_the_recorder_refused(
    program: Program, database_url: str, refused: Exception
) -> None:
    number = await program.record("one")
    yesterday = await copied(program.company.database)
    begun = await _refused_then_held(program, number, refused)
    assert len(program.lines(NOT_ERASED)) == 1
    card = lines(await seen(program.company, begun, program.company.helena))
    assert not any("may have come too late" in one for one in card)
    assert await findings(program.company.database) == []
    after = await _restored(program, database_url, yesterday)
    assert await _state(after, number) == ("present", True)
    await after.leave()


async def _refused_then_held(program: Program, number: int, refused: Exception) -> str:
    async def refuses(native_id: str, stamp: str) -> None:
        raise refused

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(program.recorder, "delete", refuses)
        program.until(MOMENT)
        await program.tick()
        assert program.lines(NOT_ERASED) == []  # it is tried again, and nothing keeps it
        begun = await _hold(program, number)
        for minutes in (1, 3, 20):
            program.until(MOMENT, minutes=minutes)
            await program.tick()
    return begun


async def test_p12_what_is_told_anew_counts_again(program: Program, database_url: str) -> None:
    number = await program.record("one")
    yesterday = await copied(program.company.database)
    begun = await _refused_then_held(program, number, Unavailable("away"))
    program.until(MOMENT + RELEASED)
    await release(program.company, begun, program.company.helena)
    await program.tick()
    assert await _state(program, number) == ("erased", False)
    assert len(program.lines(ERASURE)) == 2
    after = await _restored(program, database_url, yesterday)
    assert (await after.by_id(number)).state == "erased"
    await after.leave()


async def test_p12_where_it_may_be_gone_it_counts_as_erased(program: Program, database_url: str) -> None:
    """Deleted, and killed before anybody looked; then somebody held it."""
    number = await program.record("one")
    yesterday = await copied(program.company.database)
    delete = program.recorder.delete

    async def without_an_answer(native_id: str, stamp: str) -> None:
        await delete(native_id, stamp)
        raise Unavailable("the connection was lost")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(program.recorder, "delete", without_an_answer)
        program.until(MOMENT)
        await program.erasing.tick()
    await _hold(program, number)
    for minutes in (3, 20):
        program.until(MOMENT, minutes=minutes)
        await program.erasing.tick()
    assert program.lines(NOT_ERASED) == []
    after = await _restored(program, database_url, yesterday)
    assert (await after.by_id(number)).state == "erased"
    await after.leave()


async def test_p12_a_journal_or_a_recorder_that_is_away_is_asked_again(program: Program) -> None:
    number = await program.record("one")
    back = program.erasing.staying.back

    async def away(erasure: str) -> None:
        raise Unavailable("there is no folder /mnt/journal")

    program.erasing.staying.back = away
    await _held_at_the_last_moment(program, number)
    assert program.lines(NOT_ERASED) == []
    program.erasing.staying.back, program.recorder.outage = back, Unavailable("away")
    await program.erasing.tick()
    assert program.lines(NOT_ERASED) == []
    program.recorder.outage = None
    await program.tick()
    assert len(program.lines(NOT_ERASED)) == 1
    await program.leave()


async def test_p12_only_an_own_line_with_a_moment_takes_anything_back(program: Program, database_url: str) -> None:
    number = await program.record("one")
    yesterday = await copied(program.company.database)
    program.until(MOMENT)
    await program.tick()
    [told] = program.lines(ERASURE)
    line = {"kind": NOT_ERASED, "erasure": told["erasure"], "entries": told["entries"], "hash": told["hash"]}
    later: dict[str, Any] = {**line, "at": (MOMENT + timedelta(days=1)).isoformat()}
    program.journal.add(
        [
            line,
            {**line, "at": "2028-01-01T00:00:00"},
            {**later, "erasure": "E-OTHER"},
            {**later, "kind": "head", "of": NOT_ERASED},
        ]
    )
    with program.journal.file.open("a") as file:
        file.write(json.dumps({**later, "key": told["key"], "seal": told["seal"]}) + "\n" + f'["{NOT_ERASED}"]\n')
    after = await _restored(program, database_url, yesterday)
    assert (await after.by_id(number)).state == "erased"
    await after.leave()


async def test_p12_the_order_of_a_copy_that_was_merged_does_not_matter(program: Program, database_url: str) -> None:
    """Where the journal was lost, its older lines come out of a backup and stand behind its newer ones."""
    number = await program.record("one")
    yesterday = await copied(program.company.database)
    await _held_at_the_last_moment(program, number)
    kept = program.journal.file.read_text().splitlines(keepends=True)
    first = [one for one in kept if json.loads(one)["kind"] == NOT_ERASED]
    program.journal.file.write_text("".join(first + [one for one in kept if one not in first]))
    after = await _restored(program, database_url, yesterday)
    assert await _state(after, number) == ("present", True)
    await after.leave()
