"""P12: holds win, also over a restore that loses them: what comes to its moment after it waits until somebody has looked, and can be held again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from storage.database.store import Database
from storage.tables.erasures import ErasurePause
from tests.handlers.holds import acts
from tests.handlers.retention.pausing import MOMENT, let_go
from tests.reconciled import findings
from tests.restoring import Program, a_program, copied, put_back

pytestmark = pytest.mark.soak

UNTIL = (MOMENT + timedelta(days=60)).date().isoformat()


@pytest_asyncio.fixture
async def program(database: Database, tmp_path: Path) -> Program:
    return await a_program(database, tmp_path)


async def _restored(program: Program, url: str, *, days: float = -3) -> tuple[Program, int]:
    """A backup; then the Head holds a call, whose moment is near; and the backup is put back, so many days after the moment."""
    number = await program.record("one")
    program.until(MOMENT, days=-4)
    await program.tick()
    backup = await copied(program.company.database)
    await acts.hold(program.company, program.company.helena, [number], until=UNTIL)
    program.until(MOMENT, days=days)
    await program.tick()
    await program.leave()
    await put_back(program.company.database, backup)
    after = await program.again(url)
    assert after.restoring.found
    return after, number


async def _pause(program: Program) -> ErasurePause:
    pause = await program.company.database.read(lambda store: store.pauses.open())
    assert pause is not None
    return pause


async def test_p12_a_hold_that_a_restore_lost_has_no_audio_erased_by_itself(
    program: Program, database_url: str
) -> None:
    after, number = await _restored(program, database_url)
    after.until(MOMENT)
    await after.tick()
    after.until(MOMENT, days=9)
    await after.tick()
    assert ((await after.by_id(number)).state, after.lines("erasure")) == ("closed", [])
    assert "one" in after.recorder._audio
    assert (await _pause(after)).causes == ["restored"]
    assert await findings(after.company.database) == []
    await after.leave()


async def test_p12_it_is_held_again_also_where_its_moment_was_before_the_restore(
    program: Program, database_url: str
) -> None:
    after, number = await _restored(program, database_url, days=2)
    await after.tick()
    pause = await _pause(after)
    await acts.hold(after.company, after.company.helena, [number], until=UNTIL)
    await let_go(after, pause.id)
    after.until(MOMENT, days=3)
    await after.tick()
    assert (await after.by_id(number)).state == "closed"
    assert await findings(after.company.database) == []
    await after.leave()
