"""Takes effects from the outbox and does them: retries, back-off, and a ledger of what reached whom."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

import structlog

from bot.directory import Directory
from bot.measures import DELIVERIES, OUTAGES
from bot.ports import Absent, Chat, Posted, Unavailable, Unreachable
from handlers import home, shown
from handlers.access.intents import Reroute
from handlers.cards import Card, Line, Small
from handlers.delivering import Claim, Delivered, Fail, Hung, Job, Postpone, Shown
from handlers.door import DELIVERY, Act, Door, Visitor
from storage.records import Copy, Person
from storage.store import DatabaseDown

T = TypeVar("T")
log = structlog.get_logger()
AT_ONCE = 16
WHILE_BUSY = 1  # people who wait for an answer come first; a card may come a moment later
STEPS, STEP = 5, 0.02  # seconds
MOST_ATTEMPTS = 12
LONGEST_WAIT = 300.0  # seconds
AGAIN = Small("Sent again after an interruption. If you see it twice, use this one.")


class Delivery:
    """One worker; any number of processes may each run one, since a claim is a lease.

    `poll` is in seconds; `busy` says that people wait for answers, so that cards are sent one at a time.
    """

    def __init__(
        self, door: Door, chat: Chat, directory: Directory, poll: float = 1.0, busy: Callable[[], bool] = bool
    ) -> None:
        self.door, self.chat, self.directory, self.poll, self.busy = door, chat, directory, poll, busy
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
            if not await self._take():
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), self.poll)
            self._wake.clear()

    async def _stand_back(self) -> None:
        """Let whoever waits for an answer go first, but not for ever."""
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

    async def _take(self) -> int:
        room = (WHILE_BUSY if self.busy() else AT_ONCE) - len(self._jobs)
        try:
            jobs = await self.door.enter(Claim(room), DELIVERY) if room > 0 else []
        except DatabaseDown:
            return 0
        for job in jobs:
            task = asyncio.create_task(self._do(job))
            self._jobs.add(task)
            task.add_done_callback(self._finished)
        return len(jobs)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._jobs.discard(task)
        self.wake()
        if not task.cancelled() and (error := task.exception()):
            log.error("delivery.broken", error=type(error).__name__, exc_info=error)

    async def _do(self, job: Job) -> None:
        outcome: Delivered | Postpone | Fail | Reroute
        try:
            outcome = await self._attempt(job)
        except Unavailable as error:
            outcome = self._later(job, error)
        except Unreachable as error:
            outcome = self._give_up(job, error.code)
        except Absent as error:
            outcome = (
                Delivered(job.outgoing.id, "superseded")
                if job.outgoing.kind == "stray"
                else self._give_up(job, str(error))
            )
        except Exception as error:  # a fault of ours on one card must not hold up the person's others for ever
            log.exception("delivery.fault", error=type(error).__name__, kind=job.outgoing.kind)
            outcome = self._later(job, Unavailable("fault"))
        DELIVERIES.labels(job.outgoing.kind, type(outcome).__name__.lower()).inc()
        await self.door.enter(outcome, DELIVERY)

    async def _attempt(self, job: Job) -> Delivered:
        row, person = job.outgoing, job.person
        address, job = await self._address(job)
        match row.kind:
            case "show":
                return await self._show(job, address)
            case "stray":
                return await self._stray(job)
            case "tell":
                await self.chat.post(address, Card((Line(row.payload["words"]),), row.payload["words"]), person.zone)
            case "whisper":
                await self.chat.whisper(address, row.payload["words"])
            case _:
                await self.chat.home(address, await self._read(job, home.home), person.zone)
        return Delivered(row.id, "sent")

    async def _address(self, job: Job) -> tuple[str, Job]:
        """Where to reach the person; a platform may take a message for somebody who has left, and nobody reads it."""
        if job.person.slack_id is None:
            profile = await self.chat.find(job.person.email)
            await self.directory.meet(profile)
            return profile.platform_id, replace(job, person=await self._person(job.person.id))
        visitor = await self.directory.visitor(job.person.slack_id)
        if visitor.standing != "member":
            raise Unreachable(visitor.standing)
        return job.person.slack_id, job

    async def _person(self, person_id: int) -> Person:
        return await self.door.database.read(lambda store: store.people.get(person_id))

    async def _show(self, job: Job, address: str) -> Delivered:
        row, zone = job.outgoing, job.person.zone
        now_shown, copy = await self._read(
            job, lambda act: (_shown(act, job), act.store.outbox.copy(row.payload["matter"], job.person.id))
        )
        if now_shown is None or (copy is not None and copy.revision >= row.payload["revision"]):
            return Delivered(row.id, "superseded")
        if copy is not None:
            with suppress(Absent):
                await self.chat.redraw(Posted(copy.conversation, copy.message), now_shown.card, zone)
                return Delivered(row.id, "updated", _hung(copy, now_shown))
        card = replace(now_shown.card, parts=(*now_shown.card.parts, AGAIN)) if _uncertain(job) else now_shown.card
        posted = await self.chat.post(address, card, zone)
        return Delivered(
            row.id, "sent", Hung(self.chat.platform, posted.conversation, posted.message, now_shown.revision)
        )

    async def _stray(self, job: Job) -> Delivered:
        payload = job.outgoing.payload
        now_shown = await self._read(job, lambda act: _shown(act, job))
        if now_shown is not None:
            await self.chat.redraw(Posted(payload["conversation"], payload["message"]), now_shown.card, job.person.zone)
        return Delivered(job.outgoing.id, "updated")

    async def _read(self, job: Job, ask: Callable[[Act], T]) -> T:
        who = Visitor(f"{self.chat.platform}:{job.person.slack_id}", job.person.id)
        now, policy = self.door.now(), self.door.policy
        try:
            return await self.door.database.read(lambda store: ask(Act(store, policy, now, who)))
        except DatabaseDown as error:
            raise Unavailable("database") from error

    def _later(self, job: Job, error: Unavailable) -> Postpone | Fail | Reroute:
        if error.outage:
            OUTAGES.labels(error.code).inc()
            log.error("delivery.outage", code=error.code)
        elif job.outgoing.attempts >= MOST_ATTEMPTS:
            return self._give_up(job, f"gave_up_{error.code}")
        wait = max(error.retry_after or 0.0, min(2.0 ** min(job.outgoing.attempts, 10) / 2, LONGEST_WAIT))
        return Postpone(job.outgoing.id, error.code, self.door.now() + timedelta(seconds=wait), free=error.outage)

    def _give_up(self, job: Job, code: str) -> Fail | Reroute:
        log.warning("delivery.unreachable", person=job.person.id, code=code, kind=job.outgoing.kind)
        if job.outgoing.kind == "show":
            return Reroute(job.outgoing.payload["matter"], job.person.id, code, job.outgoing.id)
        return Fail(job.outgoing.id, code)


def _shown(act: Act, job: Job) -> Shown | None:
    return shown(act, job.outgoing.payload["matter"], job.person.id)


def _hung(copy: Copy, now_shown: Shown) -> Hung:
    return Hung(copy.platform, copy.conversation, copy.message, now_shown.revision)


def _uncertain(job: Job) -> bool:
    """A try that ended without a word from the platform (or without us) may have posted the card all the same."""
    code = job.outgoing.code
    return job.outgoing.attempts > 1 and (code in ("", "timeout", "no_connection") or code.startswith("http_5"))
