"""Has the weekly card made once the log was verified that day, and without that where it takes too long."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Protocol

from handlers.acting import CLOCK
from handlers.door import Door
from handlers.rules.access import company_day
from handlers.weekly.intents import Make, Verified
from handlers.weekly.making import due

PATIENCE = 7200.0  # seconds that the card waits for a verification of its own day


class Verifying(Protocol):
    """What verifies the log each day: what it found last, and a moment's wait for what is under way."""

    last: Verified | None

    async def soon(self) -> None: ...


class Weekly:
    """A part of the clock's work; raises `DatabaseDown`."""

    def __init__(self, door: Door, proof: Verifying, seconds: Callable[[], float] = time.monotonic) -> None:
        self.door, self.proof, self.seconds = door, proof, seconds
        self._waits_since: float | None = None

    async def tick(self) -> None:
        """Make the card, where that is due. Several processes may do it; the first one's counts."""
        if not await self.door.look(CLOCK, due):
            self._waits_since = None
            return
        if self._waits_since is None:
            self._waits_since = self.seconds()
        if not self._is_whole():
            await self.proof.soon()
        if not self._is_whole() and self.seconds() - self._waits_since < PATIENCE:
            return
        await self.door.enter(Make(self._verified()), CLOCK)

    def _is_whole(self) -> bool:
        """A verification without the checkpoints in the journal may still become one with them."""
        found = self._verified()
        return found is not None and found.compared

    def _verified(self) -> Verified | None:
        found, now = self.proof.last, self.door.now()
        same = found is not None and company_day(self.door.policy, found.at) == company_day(self.door.policy, now)
        return found if same and abs(now - (found.at if found else now)) < timedelta(days=1) else None
