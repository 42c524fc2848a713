"""P12: what had been erased stays so: after a restore of the database, of the folder, and of both, nothing of it is readable."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.ports import Unavailable
from handlers.access.intents import Approve
from handlers.listening import Listen
from storage.database.store import Database
from storage.searches import Wanted
from tests.erasing import SIGHTED
from tests.handlers.builders import ask, refusal, words_for
from tests.moments import NOW
from tests.reconciled import findings
from tests.restoring import Program, a_program, copied, put_back

pytestmark = pytest.mark.soak

MOMENT = datetime(2027, 11, 24, 3, tzinfo=UTC)  # twelve months after NOW


@pytest_asyncio.fixture
async def program(database: Database, tmp_path: Path) -> Program:
    return await a_program(database, tmp_path)


async def _found(program: Program) -> list[int]:
    now = program.company.clock.now
    found = await program.company.database.read(lambda store: store.searches.find(Wanted(), 100, now))
    return [one.id for one in found]


async def _erased_early(program: Program, number: int) -> None:
    """Erased before its twelve months, as what a customer declined is: only the journal knows it then."""

    def due(store: object) -> None:
        recording = store.recordings.get(number)  # type: ignore[attr-defined]
        recording.erase_at = program.company.clock.now

    await program.company.database.write(due)
    await program.tick()
    assert (await program.by_id(number)).state == "erased"


async def test_p12_a_restored_database_finds_nothing_that_was_erased_and_erases_it_again(
    program: Program, database_url: str
) -> None:
    number = await program.record("one")
    yesterday = await copied(program.company.database)
    program.until(MOMENT)
    await program.tick()
    [line] = program.lines("erasure")
    await program.leave()
    await put_back(program.company.database, yesterday)
    # As if by a clock that stood back: not even the moment itself would close it.
    program.company.clock.now = NOW + timedelta(days=1)

    after = await program.again(database_url)
    assert after.restoring.found
    assert await _found(after) == []
    assert (
        await after.company.database.read(lambda store: store.recordings.present([number], after.company.clock.now))
        == []
    )
    await after.tick()
    erasure, call = await after.erasure(number), await after.by_id(number)
    assert erasure is not None
    assert (erasure.why, erasure.state, erasure.id != line["erasure"]) == ("restored", "erased", True)
    assert (call.state, call.caller, call.crm) == ("erased", "", "")
    assert await findings(after.company.database) == []
    await after.leave()


async def test_p12_database_and_folder_both_restored(program: Program, database_url: str) -> None:
    """The audio stands there again, touched by whoever copied it, and the recorder is away at first: it is closed all the same."""
    company, number = program.company, await program.record("one")
    request = await ask(company, company.anna, calls=[number])
    await company.door.enter(Approve(request), company.tara)
    yesterday = await copied(company.database)
    await _erased_early(program, number)
    await program.leave()
    await put_back(company.database, yesterday)
    program.recorder.keep(replace(SIGHTED, native_id="one"), b"audio")

    program.recorder.outage = Unavailable("away")
    after = await program.again(database_url)
    assert await _found(after) == []
    assert (await refusal(after.company, Listen(request), after.company.anna)).code == "restored"
    program.recorder.outage = None
    await after.tick()
    await after.tick()
    after.company.clock.pass_(minutes=1)
    await after.tick()
    erasure = await after.erasure(number)
    assert erasure is not None and (erasure.why, erasure.state) == ("restored", "erased")
    assert "one" not in program.recorder._audio
    assert await findings(after.company.database) == []
    await after.leave()


async def test_p12_the_folder_alone_restored_while_the_program_is_down(program: Program, database_url: str) -> None:
    number = await program.record("one")
    program.until(MOMENT)
    await program.tick()
    await program.leave()
    program.until(MOMENT, days=1)
    program.recorder.keep(replace(SIGHTED, native_id="one"), b"audio")
    after = await program.again(database_url)
    assert not after.restoring.found
    assert await _found(after) == []
    await after.sync.sync()
    assert await _found(after) == []
    await after.tick()
    erasure = await after.erasure(number)
    assert erasure is not None and (erasure.why, erasure.state) == ("came_back", "erased")
    assert "one" not in program.recorder._audio
    await after.leave()


async def test_p12_an_erased_call_that_comes_back_twice_is_followed_to_its_newest_file(program: Program) -> None:
    number = await program.record("one")
    program.until(MOMENT)
    await program.tick()
    for _ in range(2):
        program.recorder.keep(replace(SIGHTED, native_id="one"), b"audio")
        await program.sync.sync()
    await program.erasing.tick()
    erasure = await program.erasure(number)
    assert erasure is not None and erasure.state == "erased"


async def test_p12_a_number_that_is_given_anew_is_not_taken_for_the_call_that_had_it(
    program: Program, database_url: str
) -> None:
    """A call that the older database never knew was erased; its number goes to another one, which nobody erases."""
    yesterday = await copied(program.company.database)
    number = await program.record("one")
    await _erased_early(program, number)
    await program.leave()
    await put_back(program.company.database, yesterday)
    after = await program.again(database_url)
    other = await after.record("two", audio=b"another call")
    assert await after.erasure(other) is None
    await after.tick()
    assert await _found(after) == [other]
    assert "two" in program.recorder._audio
    await after.leave()


async def test_p12_a_call_that_the_older_database_never_knew_comes_into_it_closed(
    program: Program, database_url: str
) -> None:
    yesterday = await copied(program.company.database)
    await _erased_early(program, await program.record("one", caller="+61499999123", crm="CS-778899"))
    await program.leave()
    await put_back(program.company.database, yesterday)
    program.recorder.keep(replace(SIGHTED, native_id="one", caller="+61499999123", crm="CS-778899"), b"audio")
    after = await program.again(database_url)
    await after.sync.sync()
    call = await after.call("one")
    assert (call.caller, call.crm, call.found_by, await _found(after)) == ("", "", "", [])
    await after.tick()
    erasure = await after.erasure(call.id)
    assert erasure is not None and (erasure.why, erasure.state) == ("restored", "erased")
    assert "one" not in program.recorder._audio
    assert await findings(after.company.database) == []
    await after.leave()


async def test_p12_a_start_that_was_written_otherwise_since_hides_nothing(program: Program, database_url: str) -> None:
    """The older database knows another start; what was fixed when the call was first seen tells that it is the same."""
    number = await program.record("one")
    yesterday = await copied(program.company.database)
    await program.record("one", NOW + timedelta(hours=1))
    program.until(MOMENT)
    await program.tick()
    await program.leave()
    await put_back(program.company.database, yesterday)
    program.company.clock.now = NOW + timedelta(days=1)
    after = await program.again(database_url)
    assert await _found(after) == []
    await after.tick()
    erasure = await after.erasure(number)
    assert erasure is not None and (erasure.why, erasure.state) == ("restored", "erased")
    await after.leave()


async def test_p12_what_kept_a_call_in_the_older_database_keeps_it_no_longer(
    program: Program, database_url: str
) -> None:
    """It had ended when the call was erased, or the call would not have been."""
    company, number = program.company, await program.record("one")
    program.until(MOMENT, days=-1)
    await ask(company, company.anna, calls=[number])
    program.until(MOMENT)
    await program.tick()
    [keep] = await program.keeps(number)
    program.until(keep.ends_at, days=-1)
    yesterday = await copied(company.database)
    program.until(keep.ends_at)
    await program.tick()
    await program.tick()
    assert (await program.by_id(number)).state == "erased"
    await program.leave()
    await put_back(company.database, yesterday)
    program.until(keep.ends_at, hours=-1)
    after = await program.again(database_url)
    await after.tick()
    assert (await after.by_id(number)).state == "erased"
    assert await findings(company.database) == []
    await after.leave()


async def test_p12_a_restore_is_told_by_an_erasure_alone_though_nothing_else_was_noted_since(
    program: Program, database_url: str
) -> None:
    """The copy was made a second before the erasure, and the program was killed a second after it."""
    number = await program.record("one")
    await program.noting.note(last=True)
    before = await copied(program.company.database)
    program.until(MOMENT)
    await program.erasing.tick()
    await program.company.database.close()
    await put_back(program.company.database, before)
    program.company.clock.now = NOW + timedelta(days=1)
    after = await program.again(database_url)
    assert (after.restoring.found, await _found(after)) == (True, [])
    assert (await after.erasure(number)) is not None
    assert [one for one in await words_for(after.company, after.company.ruth) if "restored from a copy" in one]
    await after.leave()
