"""Takes effects from the outbox and sees to it that each is done, or that somebody hears why not."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

import structlog

from bot.chats.directory import Directory
from bot.delivery.outcomes import failed, put_aside, unwritable
from bot.delivery.people import ToPeople
from bot.measures import DELIVERIES, DELIVERY_FAULTS, OUTAGES
from bot.ports import Unavailable
from handlers import delivering
from handlers.acting import DELIVERY
from handlers.delivering import Aside, Job
from handlers.door import Door
from handlers.handling import Intent
from storage.database.store import DatabaseDown

log = structlog.get_logger()
AT_ONCE = 8
GAP = 0.004  # seconds between two cards: eight that are drawn at once would hold up whoever asks meanwhile
LONGEST_REST = 5.0  # seconds after a fault
LINE_UP = 300.0  # seconds


@dataclass(slots=True)
class Status:
    """When the worker was last answered by the outbox (by `Delivery.seconds`), and how often it was not since."""

    last_turn: float
    faults: int = 0


class Delivery:
    """One worker; any number of processes may each run one, since a claim is a lease.

    `poll` is in seconds; `seconds` counts and never goes back.
    """

    def __init__(
        self, door: Door, directories: Iterable[Directory], poll: float = 1.0, seconds: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self.door, self.poll, self.seconds = door, poll, seconds
        self.to_people = ToPeople(door, directories)
        self.status = Status(seconds())
        self._wake = asyncio.Event()
        self._in_hand: dict[asyncio.Task[None], str] = {}
        self._stopped = asyncio.Event()
        self._taking = asyncio.Lock()
        self._again_first = False
        self._line_up_at = seconds()

    def wake(self) -> None:
        """Something was queued in this process; look at once."""
        self._wake.set()

    async def run(self) -> None:
        """Deliver until told to stop, whatever happens."""
        while not self._stopped.is_set():
            try:
                await self._turn()
            except Exception as error:  # what must never end outlives every fault, and says so
                DELIVERY_FAULTS.labels("take").inc()
                log.exception("delivery.broken", error=type(error).__name__)
                self.status.faults += 1
            if self.status.faults:
                await self._rest(min(2.0**self.status.faults / 4, LONGEST_REST))

    async def _turn(self) -> None:
        await asyncio.sleep(GAP)
        async with self._taking:
            taken = 0 if self._stopped.is_set() else await self._take(GAP)
        if not taken:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), self.poll)
        self._wake.clear()

    async def _rest(self, seconds: float) -> None:
        """Wait, but not when told to stop."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopped.wait(), seconds)

    async def stop(self) -> None:
        """Take nothing new and finish what is in flight, or is being taken: it would be sent, and nobody would write that down."""
        self._stopped.set()
        self.wake()
        async with self._taking:
            await self.landed()

    async def landed(self) -> None:
        """Wait until nothing is in flight."""
        while self._in_hand:
            await asyncio.wait(set(self._in_hand))

    async def drain(self) -> int:
        """Deliver everything that is due now, then return how much it was."""
        done = 0
        while taken := await self._take():
            done += taken
            await self.landed()
        return done

    async def _take(self, gap: float = 0.0) -> int:
        room = AT_ONCE - len(self._in_hand)
        jobs = await self._claimed(room) if room > 0 else []
        for job in jobs:
            await asyncio.sleep(gap)
            task = asyncio.create_task(self._do(job))
            self._in_hand[task] = job.taken.id
            task.add_done_callback(self._finished)
        return len(jobs)

    async def _claimed(self, room: int) -> list[Job | Aside]:
        try:
            await self._line_up()
            claim = delivering.claim(room, frozenset(self._in_hand.values()), again_first=self._again_first)
            jobs = await self.door.enter(claim, DELIVERY)
        except DatabaseDown as error:
            if not self.status.faults:
                log.warning("delivery.no_database", why=str(error))
            self.status.faults += 1
            return []
        self.status.last_turn, self.status.faults = self.seconds(), 0
        if jobs:
            self._again_first = not self._again_first
        return jobs

    async def _line_up(self) -> None:
        if self.seconds() >= self._line_up_at:
            await self.door.enter(delivering.line_up(), DELIVERY)
            self._line_up_at = self.seconds() + LINE_UP

    def _finished(self, task: asyncio.Task[None]) -> None:
        del self._in_hand[task]
        self.wake()
        if not task.cancelled() and (error := task.exception()):
            DELIVERY_FAULTS.labels("do").inc()
            log.error("delivery.broken", error=type(error).__name__, exc_info=error)

    async def _do(self, job: Job | Aside) -> None:
        outcome = put_aside(job, self.door.now()) if isinstance(job, Aside) else await self._tried(job)
        DELIVERIES.labels(job.taken.kind, outcome.handler.do.__name__.strip("_")).inc()
        await self._write(outcome)

    async def _tried(self, job: Job) -> Intent[None]:
        job = replace(job, began=self.door.now())
        try:
            return await self.to_people.send(job)
        except Exception as error:  # noqa: BLE001  whatever it was, it is this effect's alone
            if isinstance(error, Unavailable) and error.outage:
                OUTAGES.labels(error.code).inc()
                log.error("delivery.outage", code=error.code)
            return failed(job, error, self.door.now())

    async def _write(self, outcome: Intent[None]) -> None:
        """Write what became of it until it is written; while it is not, the effect stays in hand, and is not sent again."""
        for pause in _longer_and_longer():
            try:
                await self.door.enter(outcome, DELIVERY)
            except DatabaseDown:
                if self._stopped.is_set():
                    log.warning("delivery.unwritten", outgoing=outcome.subject)
                    return
                await self._rest(pause)
            except Exception as error:
                DELIVERY_FAULTS.labels("write").inc()
                log.exception("delivery.unwritable", error=type(error).__name__, outgoing=outcome.subject)
                if (plainer := unwritable(outcome)) is None:
                    return
                outcome = plainer
            else:
                return


def _longer_and_longer() -> Iterator[float]:
    """Pauses, in seconds."""
    pause = 0.25
    while True:
        yield pause
        pause = min(2 * pause, LONGEST_REST)
