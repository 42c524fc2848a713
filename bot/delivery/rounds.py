"""Rounds of a worker beside the outbox: it looks for what is due, is woken or waits a while, and looks again, whatever goes wrong."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from contextlib import suppress
from typing import Any, ClassVar

import structlog

from handlers.acting import DELIVERY
from handlers.door import Door
from handlers.handling import Intent
from handlers.rules.refusal import Refused
from storage.database.store import DatabaseDown

log = structlog.get_logger()


class Rounds(ABC):
    """One worker; `poll` is in seconds. `broken`, `untold` and `away` are what the log calls a fault of ours, an outcome that can't be
    stored, and a database that does not answer, told once; it gets no more than the kind of error, or the database's own word.

    What became of something, and can't be stored yet, stays in `_untold` by its name, and is stored with a later look.
    """

    broken: ClassVar[str]
    untold: ClassVar[str]
    away: ClassVar[str]

    def __init__(self, door: Door, poll: float) -> None:
        self.door, self.poll = door, poll
        self._untold: dict[str, Intent[None]] = {}
        self._unstorable: set[str] = set()
        self._down = False
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._stopping = False
        self._one_at_a_time = asyncio.Lock()

    @abstractmethod
    async def _look(self) -> int:
        """Do what is due; how much of it is settled. Raises `DatabaseDown`."""

    def wake(self) -> None:
        """Something was done in this process; look at once."""
        self._wake.set()

    async def run(self) -> None:
        """Work until told to stop, whatever goes wrong meanwhile."""
        while not self._stopping:
            self._wake.clear()  # before the look, since what is committed during it may be behind what was read
            if not await self._round() and not self._stopping:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), self.poll)

    async def _round(self) -> int:
        """After a fault a whole pause: what wakes it may be the fault itself."""
        try:
            return await self.take()
        except Exception as error:  # noqa: BLE001  it must outlive every fault; what that says of itself may name somebody
            log.error(self.broken, error=type(error).__name__)
            if not self._stopping:
                self._wake.clear()
            return 0

    async def _end(self, patience: float) -> None:
        """Take nothing new, and wait so many seconds for what is under way."""
        self._stopping = True
        self.wake()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), patience)

    async def drain(self) -> int:
        """Send everything that is due now, then return how much it was."""
        done = 0
        while taken := await self.take():
            done += taken
        return done

    async def take(self) -> int:
        """Send what is due; how much of it is settled, so that one that waits is not asked for over and over."""
        async with self._one_at_a_time:
            self._idle.clear()
            try:
                settled = await self._look()
            except DatabaseDown as error:
                if not self._down:
                    log.warning(self.away, why=str(error))
                self._down = True
                return 0
            finally:
                self._idle.set()
            self._down = False
            return settled

    async def _tell_all(self) -> None:
        """Raises `DatabaseDown`."""
        for name in list(self._untold):
            await self._tell(name)

    async def _tell(self, name: str) -> None:
        """Raises `DatabaseDown`; what is not stored yet stays, and what can't be stored holds up no other and is told of once."""
        try:
            await self.door.enter(self._untold[name], DELIVERY)
        except DatabaseDown:
            raise
        except Refused:
            pass  # there is nothing to store it with, and the log has that
        except Exception as error:  # noqa: BLE001  as above
            if name not in self._unstorable:
                log.error(self.untold, error=type(error).__name__, **self._named(name))
                self._unstorable.add(name)
            return
        self._untold.pop(name)
        self._unstorable.discard(name)

    def _named(self, name: str) -> dict[str, Any]:
        """What the log may hold of something whose outcome can't be stored."""
        return {}
