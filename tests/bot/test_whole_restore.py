"""P12: a whole restore, of database and folder, however much had been erased and whatever its audio is called now."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from storage.database.store import Database, Store
from storage.tables.erasures import Erasure
from tests.bot.test_restored_calls import _erased_early as erased_early
from tests.bot.test_restored_calls import _found as found
from tests.erasing import SIGHTED
from tests.moments import NOW
from tests.reconciled import findings
from tests.restoring import Program, a_program, copied, put_back

pytestmark = pytest.mark.soak

MANY = 60  # more than `retention.pause_above`


@pytest_asyncio.fixture
async def program(database: Database, tmp_path: Path) -> Program:
    return await a_program(database, tmp_path)


def _put(program: Program) -> None:
    """The audio stands there, of two days."""
    for number in range(MANY):
        told = replace(SIGHTED, native_id=f"n-{number}", started=NOW - timedelta(days=number % 2, seconds=number))
        program.recorder.keep(told, f"audio {number}".encode())


def _states(store: Store) -> list[tuple[str, str]]:
    return [(one.why, one.state) for one in store.session.query(Erasure).order_by(Erasure.closed_at)]


async def test_p12_more_calls_than_a_day_may_bring_come_back_and_are_erased_again_without_a_stop(
    program: Program, database_url: str
) -> None:
    """They went on two days, as many as usual on each; after the restore all go on one."""
    company = program.company
    _put(program)
    await program.sync.sync()
    yesterday = await copied(company.database)
    for days in (364, 365):
        program.until(NOW, days=days, hours=1)
        await program.tick()
    assert await company.database.read(_states) == [("retention", "erased")] * MANY
    await program.leave()
    await put_back(company.database, yesterday)
    _put(program)
    after = await program.again(database_url)
    assert (after.restoring.found, await found(after)) == (True, [])
    await after.tick()
    after.company.clock.pass_(minutes=1)
    await after.tick()
    assert await after.company.database.read(_states) == [("restored", "erased")] * MANY
    assert await after.company.database.read(lambda store: store.pauses.open()) is None
    assert program.recorder._audio == {}
    assert await findings(after.company.database) == []
    await after.leave()


async def test_p12_audio_of_an_erased_call_stands_under_another_name_after_both_were_restored(
    program: Program, database_url: str
) -> None:
    """The older database never knew the call; the journal has a keyed mark of its audio."""
    yesterday = await copied(program.company.database)
    await erased_early(program, await program.record("one"))
    [line] = program.lines("erasure")
    assert (len(line["audio"]), len(line["size"])) == (64, 64)
    await program.leave()
    await put_back(program.company.database, yesterday)
    program.recorder.keep(replace(SIGHTED, native_id="other", started=NOW - timedelta(days=1)), b"audio")
    after = await program.again(database_url)
    await after.sync.sync()
    assert ((await after.call("other")).state, await found(after)) == ("closed", [])
    await after.tick()
    assert "other" not in program.recorder._audio
    assert await findings(after.company.database) == []
    await after.leave()
