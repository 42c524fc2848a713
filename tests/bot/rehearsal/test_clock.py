"""The sample company's clock: it stops where a call's time is over."""

from datetime import UTC, datetime, timedelta

from bot.rehearsal.clock import ClockRoutes, MovableClock
from storage.database.store import Database
from tests.erasing import Archive
from tests.handlers.builders import POLICY, Clock, a_company
from tests.moments import NOW


async def test_p12_the_clock_stops_at_the_moment_at_which_a_call_s_time_is_over(database: Database) -> None:
    """Its certificate is to say that it was closed then, and not whenever somebody moved the clock on."""
    archive = Archive(await a_company(database, Clock()))
    await archive.record("one")
    clock = MovableClock()
    clock.move(NOW)  # long before what is to come, whatever the day of the machine is
    visited: list[datetime] = []

    async def tick() -> None:
        visited.append(clock.now().replace(second=0, microsecond=0))
        archive.company.clock.now = clock.now()
        await archive.erasing.tick()

    moment = datetime(2027, 11, 24, 3, tzinfo=UTC)
    await ClockRoutes(clock, database, POLICY, tick, lambda: None).move_to(moment + timedelta(days=1))
    assert moment in visited
    erasure = await archive.erasure(4)
    assert erasure is not None
    assert erasure.closed_at - moment < timedelta(minutes=1)
