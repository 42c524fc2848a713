"""Plays a quarter: the clock goes from moment to moment, and whoever works there does what is to be done at each."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from storage.database.store import Database
from tests.moments import NOW
from tests.quarter.plan import Plan, Press
from tests.quarter.shift import Shift

HOME = ZoneInfo("Australia/Sydney")


class Crew(Protocol):
    """Whoever does the work. `now` is the moment up to which it is done; it may be later than asked for, never earlier."""

    now: datetime

    async def at(self, moment: datetime, press: Press | None = None) -> None:
        """Do all that is to be done at this moment."""

    async def close(self) -> None:
        """Let everybody go."""


class Alone:
    """One process that nothing happens to: the test's own."""

    def __init__(self, shift: Shift) -> None:
        self.shift, self.now = shift, NOW

    async def at(self, moment: datetime, press: Press | None = None) -> None:
        self.now = moment
        assert await self.shift.at(moment, press) == 0, "a fault of ours was logged"

    async def close(self) -> None:
        await self.shift.close()


async def played(plan: Plan, crew: Crew, database: Database) -> None:
    """The whole plan, with everything that falls due on the way, each at its moment, and each of the company's midnights."""
    for press in plan.presses:
        await _passed(crew, database, press.at)
        await crew.at(max(press.at, crew.now), press)
    await _passed(crew, database, plan.end)


async def _passed(crew: Crew, database: Database, until: datetime) -> None:
    """Whatever falls before that moment."""
    again = 0
    while True:
        due = await database.read(lambda store: store.deadlines.next())
        midnight = _midnight(crew.now)
        coming = min(due.due_at, midnight) if due is not None else midnight
        if coming >= until:
            return
        # What was asked for at this very moment, by what was done at it, comes with the next look.
        again = again + 1 if coming <= crew.now else 0
        assert again < 3, f"{due and due.key} is never done"
        await crew.at(max(coming, crew.now))


def _midnight(moment: datetime) -> datetime:
    """When the company's next day begins."""
    day = moment.astimezone(HOME).date() + timedelta(days=1)
    return datetime.combine(day, time(0), HOME).astimezone(UTC)
