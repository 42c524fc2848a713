"""Which text of the policy is in force, and what follows from its calendar, at the start and with each of the company's days (P10, P14)."""

from __future__ import annotations

from datetime import date

import structlog

from handlers.acting import CLOCK
from handlers.door import Door
from handlers.figures.room import Schedule as ScheduleMonth
from handlers.policy_review.in_force import refuse_a_replaced_policy
from handlers.policy_review.intents import InForce
from handlers.random_review.intents import Schedule
from handlers.rules.access import company_day

log = structlog.get_logger()


class PolicyOfTheDay:
    """Looked at again with each day, since the clock may have been set meanwhile."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self._looked: date | None = None

    async def look(self) -> None:
        """Work by this text from now on, and remember when it has calls drawn next, once a day. Raises `DatabaseDown`."""
        today = company_day(self.door.policy, self.door.now())
        if today == self._looked:
            return
        kept = await self.door.enter(InForce(), CLOCK)
        self.door.database.policy = self.door.policy.digest
        await self.door.enter(Schedule(), CLOCK)
        await self.door.enter(ScheduleMonth(), CLOCK)
        self._looked = today
        if kept.new:
            log.info("policy.in_force", digest=kept.digest)
        if kept.unreadable:
            log.warning("policy.before_unreadable", digest=kept.digest)

    async def check(self) -> None:
        """Raise `OtherPolicy` where this text was replaced, and `DatabaseDown`."""
        await self.door.look(CLOCK, refuse_a_replaced_policy)
