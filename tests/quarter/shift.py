"""One process's work: it takes presses, ticks and delivers at the moments that it is told, and at no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from time import monotonic

from prometheus_client import Counter

from bot.chats.directory import Directory
from bot.clockwork.ticks import Ticks
from bot.delivery.worker import Delivery
from bot.measures import DELIVERY_FAULTS, TICK_FAULTS
from bot.retention.recording_sync import RecordingSync
from handlers.delivering import Job
from handlers.door import Door
from handlers.handling import Intent
from handlers.rules.access import company_day
from storage.database.store import Database
from tests.handlers.builders import Clock
from tests.keys import KEYS
from tests.memory_recorder import MemoryRecorder
from tests.quarter.book import OUTGOING, Book
from tests.quarter.firm import Firm, policy
from tests.quarter.plan import Lost, Press
from tests.quarter.presses import pressed

AT_EACH_MOMENT = ("deadlines", "deciders")
"""Of all parts of a tick those that bring what the quarter is about."""


@dataclass(frozen=True, slots=True)
class Where:
    """Where a process works: in which database, with which book, who is who there, and whom the chat does not reach when."""

    database_url: str
    book: Path
    firm: Firm
    lost: tuple[Lost, ...] = ()


class Shift:
    """The door, the clock's work and the delivery of one process; `reach` is called before and after each word to the chat."""

    def __init__(self, where: Where, reach: Callable[[str], None] = lambda _: None) -> None:
        self.firm, self.clock = where.firm, Clock()
        self.database = Database(where.database_url)
        self.door = Door(self.database, policy(), self.clock, keys=KEYS)
        self.book = Book(where.book, where.lost, self.clock, reach)
        self.directory = Directory(self.book, self.door, self.door.policy, monotonic)
        sync = RecordingSync(self.door, MemoryRecorder(), "memory")
        self.ticks = Ticks(self.door, sync, {self.book.platform: self.directory}, self._seconds)
        self.delivery = Delivery(self.door, [self.directory])
        self._send = self.delivery.to_people.send
        vars(self.delivery.to_people)["send"] = self._noted
        self._before, self._ticked_on = _faults(), date.min

    async def at(self, moment: datetime, press: Press | None = None) -> int:
        """All that is to be done at this moment; returns how many faults of ours there were so far."""
        self.clock.now = moment
        if press is not None:
            await pressed(self.door, self.directory, self.firm, press)
        await self._ticked()
        await self.delivery.drain()
        return _faults() - self._before

    async def close(self) -> None:
        await self.database.close()
        self.book.close()

    async def _ticked(self) -> None:
        """What keeps house for itself is done once a day: at each moment it would cost as much as all the rest."""
        today = company_day(self.door.policy, self.clock.now)
        parts, self._ticked_on = self.ticks.parts if today != self._ticked_on else AT_EACH_MOMENT, today
        for part in parts:
            await self.ticks.part(part)

    def _seconds(self) -> float:
        return self.clock.now.timestamp()

    async def _noted(self, job: Job) -> Intent[None]:
        OUTGOING.set(job.taken.id)
        return await self._send(job)


def _faults() -> int:
    return sum(_count(one) for one in (TICK_FAULTS, DELIVERY_FAULTS))


def _count(counter: Counter) -> int:
    samples = (one for metric in counter.collect() for one in metric.samples if one.name.endswith("_total"))
    return int(sum(one.value for one in samples))
