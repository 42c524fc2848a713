"""Takes effects from the outbox and sees to it that each is done, or that somebody hears why not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import replace

import structlog

from bot.delivery.outcomes import Outcome, failed, put_aside
from bot.delivery.people import ToPeople
from bot.directory import Directory
from bot.measures import DELIVERIES, OUTAGES
from bot.ports import Unavailable
from handlers.delivering import Aside, Claim, Job
from handlers.door import DELIVERY, Door
from storage.store import DatabaseDown

log = structlog.get_logger()
AT_ONCE = 8
WHILE_BUSY = 1  # people who wait for an answer come first; a card may come a moment later
GAP = 0.004  # seconds between two cards: eight that are drawn at once would hold up whoever asks meanwhile
STEPS, STEP = 5, 0.02  # seconds


class Delivery:
    """One worker; any number of processes may each run one, since a claim is a lease.

    `poll` is in seconds; `busy` says that people wait for answers, so that cards are sent one at a time.
    """

    def __init__(
        self, door: Door, directories: Iterable[Directory], poll: float = 1.0, busy: Callable[[], bool] = bool
    ) -> None:
        self.door, self.poll, self.busy = door, poll, busy
        self.to_people = ToPeople(door, directories)
        self._wake = asyncio.Event()
        self._jobs: set[asyncio.Task[None]] = set()
        self._stopping = False

    def wake(self) -> None:
        """Something was queued in this process; look at once."""
        self._wake.set()

    async def run(self) -> None:
        """Deliver until told to stop."""
        while not self._stopping:
            await self._stand_back()
            if not await self._take(self._stand_back):
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), self.poll)
            self._wake.clear()

    async def _stand_back(self) -> None:
        """Let whoever waits for an answer go first, but not for ever."""
        await asyncio.sleep(GAP)
        for _ in range(STEPS):
            if self.busy():
                await asyncio.sleep(STEP)

    async def stop(self) -> None:
        """Take nothing new and finish what is in flight."""
        self._stopping = True
        self.wake()
        await self.landed()

    async def landed(self) -> None:
        """Wait until nothing is in flight."""
        while self._jobs:
            await asyncio.wait(set(self._jobs))

    async def drain(self) -> int:
        """Deliver everything that is due now, then return how much it was."""
        done = 0
        while taken := await self._take():
            done += taken
            await self.landed()
        return done

    async def _take(self, pause: Callable[[], Awaitable[None]] | None = None) -> int:
        room = (WHILE_BUSY if self.busy() else AT_ONCE) - len(self._jobs)
        try:
            jobs = await self.door.enter(Claim(room), DELIVERY) if room > 0 else []
        except DatabaseDown:
            return 0
        for job in jobs:
            if pause is not None:
                await pause()
            task = asyncio.create_task(self._do(job))
            self._jobs.add(task)
            task.add_done_callback(self._finished)
        return len(jobs)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._jobs.discard(task)
        self.wake()
        if not task.cancelled() and (error := task.exception()):
            log.error("delivery.broken", error=type(error).__name__, exc_info=error)

    async def _do(self, job: Job | Aside) -> None:
        outcome = put_aside(job, self.door.now()) if isinstance(job, Aside) else await self._tried(job)
        DELIVERIES.labels(job.taken.kind, type(outcome).__name__.lower()).inc()
        await self.door.enter(outcome, DELIVERY)

    async def _tried(self, job: Job) -> Outcome:
        job = replace(job, began=self.door.now())
        try:
            return await self.to_people.send(job)
        except Exception as error:  # noqa: BLE001  whatever it was, it is this effect's alone
            if isinstance(error, Unavailable) and error.outage:
                OUTAGES.labels(error.code).inc()
                log.error("delivery.outage", code=error.code)
            return failed(job, error, self.door.now())
