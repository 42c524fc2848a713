"""What comes with the company's days and weeks: which policy is in force, and the weekly digest (P10, P14)."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Protocol

import structlog

from handlers.acting import CLOCK
from handlers.digest import steps as digest_steps
from handlers.digest.steps import Verified, is_due
from handlers.door import Door
from handlers.figures import room as figures_room
from handlers.policy_review import in_force
from handlers.policy_review.in_force import refuse_a_replaced_policy
from handlers.random_review import steps as random_review_steps
from handlers.rules.access import company_day

log = structlog.get_logger()
PATIENCE = 7200.0  # seconds that the digest waits for a verification of its own day


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
        kept = await self.door.enter(in_force.in_force(), CLOCK)
        self.door.database.policy = self.door.policy.digest
        await self.door.enter(random_review_steps.schedule(), CLOCK)
        await self.door.enter(figures_room.schedule(), CLOCK)
        self._looked = today
        if kept.new:
            log.info("policy.in_force", digest=kept.digest)
        if kept.unreadable:
            log.warning("policy.before_unreadable", digest=kept.digest)

    async def check(self) -> None:
        """Raise `OtherPolicy` where this text was replaced, and `DatabaseDown`."""
        await self.door.look(CLOCK, refuse_a_replaced_policy)


class Verifying(Protocol):
    """What verifies the log each day: what it found last, and a moment's wait for what is under way."""

    last: Verified | None

    async def soon(self) -> None: ...


class WeeklyDigest:
    """A part of the clock's work; `try_everybody` looks up each account in a route. Raises `DatabaseDown`."""

    def __init__(
        self, door: Door, proof: Verifying, try_everybody: Callable[[], Awaitable[None]],
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self.door, self.proof, self.try_everybody, self.seconds = door, proof, try_everybody, seconds
        self._waits_since: float | None = None

    async def tick(self) -> None:
        """Make the digest if it is due. Several processes may do it; the first one's counts."""
        if not await self.door.look(CLOCK, is_due):
            self._waits_since = None
            return
        if self._waits_since is None:
            await self.try_everybody()
            self._waits_since = self.seconds()
        if not self._is_whole():
            await self.proof.soon()
        if not self._is_whole() and self.seconds() - self._waits_since < PATIENCE:
            return
        await self.door.enter(digest_steps.make(self._verified()), CLOCK)

    def _is_whole(self) -> bool:
        """A verification without the journal may still become one with it."""
        found = self._verified()
        return found is not None and found.compared

    def _verified(self) -> Verified | None:
        found, now = self.proof.last, self.door.now()
        same = found is not None and company_day(self.door.policy, found.at) == company_day(self.door.policy, now)
        return found if same and abs(now - (found.at if found else now)) < timedelta(days=1) else None
