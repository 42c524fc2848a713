"""Takes effects from the outbox and does them: retries, back-off, and a ledger of what reached whom."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import structlog

from bot.directory import Directory
from bot.measures import DELIVERIES, OUTAGES
from bot.ports import Absent, Posted, Unavailable, Unreachable
from bot.reaching import MOST_ATTEMPTS, Reach, Way
from handlers import home, shown
from handlers.access.intents import Reroute
from handlers.cards import Card, Line, Small
from handlers.delivering import Claim, Delivered, Fail, Hung, Job, Postpone, Shown
from handlers.door import DELIVERY, Act, Door
from handlers.effects import at_home
from storage.store import DatabaseDown, Store

log = structlog.get_logger()
AT_ONCE = 8
WHILE_BUSY = 1  # people who wait for an answer come first; a card may come a moment later
GAP = 0.004  # seconds between two cards: eight that are drawn at once would hold up whoever asks meanwhile
STEPS, STEP = 5, 0.02  # seconds
LONGEST_WAIT = 300.0  # seconds
DOUBTFUL = ("timeout", "unreadable_answer")  # the card may hang already, and each further try may hang one more
DOUBTFUL_WAIT = 20.0  # seconds
PASSING = ("", "ratelimited", "timeout", "no_connection", "unreadable_answer", "database", "no_team")
AGAIN = Small("Sent again after an interruption. If you see it twice, use this one.")


class Delivery:
    """One worker; any number of processes may each run one, since a claim is a lease.

    `poll` is in seconds; `busy` says that people wait for answers, so that cards are sent one at a time.
    """

    def __init__(
        self, door: Door, directories: Iterable[Directory], poll: float = 1.0, busy: Callable[[], bool] = bool
    ) -> None:
        self.door, self.poll, self.busy = door, poll, busy
        self.reach = Reach(door, directories)
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

    async def _do(self, job: Job) -> None:
        outcome: Delivered | Postpone | Fail | Reroute
        job = replace(job, began=self.door.now())
        try:
            outcome = await self._attempt(job)
        except Unavailable as error:
            outcome = self._later(job, error)
        except Unreachable as error:
            outcome = self._give_up(job, error.code)
        except Absent as error:
            outcome = (
                Delivered(job.outgoing.id, "superseded", "")
                if job.outgoing.kind == "stray"
                else self._give_up(job, str(error))
            )
        except Exception as error:  # a fault of ours on one card must not hold up the person's others for ever
            log.exception("delivery.fault", error=type(error).__name__, kind=job.outgoing.kind)
            outcome = self._later(job, Unavailable("fault"))
        DELIVERIES.labels(job.outgoing.kind, type(outcome).__name__.lower()).inc()
        await self.door.enter(outcome, DELIVERY)

    async def _attempt(self, job: Job) -> Delivered:
        match job.outgoing.kind:
            case "show":
                return await self._show(job)
            case "stray":
                return await self._stray(job)
            case "tell":
                return await self.reach.first(job, self._tell)
            case "whisper":
                return await self.reach.first(job, self._whisper)
            case _:
                return await self.reach.first(job, self._home)

    async def _tell(self, job: Job, way: Way) -> Delivered:
        words = job.outgoing.payload["words"]
        await way.chat.post(way.to, Card((Line(words),), words), way.zone)
        return _done(job, "sent", way)

    async def _whisper(self, job: Job, way: Way) -> Delivered:
        await way.chat.whisper(way.to, job.outgoing.payload["words"])
        return _done(job, "sent", way)

    async def _home(self, job: Job, way: Way) -> Delivered:
        matter = at_home(way.chat.platform)
        card, copy = await self.reach.store(
            lambda store: (home.home(self._act(store, way)), store.outbox.copy(matter, job.person.id))
        )
        hangs = Posted(copy.conversation, copy.message) if copy and not job.outgoing.payload.get("fresh") else None
        posted = await way.chat.home(way.to, card, way.zone, hangs)
        return _done(job, "sent", way, None if posted is None else _hung(way, matter, posted, 0))

    async def _show(self, job: Job) -> Delivered:
        """Edit the person's copy where it hangs; where there is none, or none any more, post one."""
        matter, person = job.outgoing.payload["matter"], job.person.id
        copy = await self.reach.store(lambda store: store.outbox.copy(matter, person))
        if copy is not None and copy.revision >= job.outgoing.payload["revision"]:
            return Delivered(job.outgoing.id, "superseded", copy.platform)
        if copy is not None and copy.platform in self.reach.directories:
            with suppress(Absent, Unreachable):
                way = await self.reach.way(job, copy.platform)
                return await self._redrawn(job, way, Posted(copy.conversation, copy.message))
        return await self.reach.first(job, self._posted)

    async def _redrawn(self, job: Job, way: Way, posted: Posted) -> Delivered:
        matter = job.outgoing.payload["matter"]
        now_shown = await self._shown(job, way)
        if now_shown is None:
            return Delivered(job.outgoing.id, "superseded", way.chat.platform)
        await way.chat.redraw(way.to, posted, now_shown.card, way.zone)
        return _done(job, "updated", way, _hung(way, matter, posted, now_shown.revision))

    async def _posted(self, job: Job, way: Way) -> Delivered:
        now_shown = await self._shown(job, way)
        if now_shown is None:
            return Delivered(job.outgoing.id, "superseded", way.chat.platform)
        card = replace(now_shown.card, parts=(*now_shown.card.parts, AGAIN)) if _uncertain(job) else now_shown.card
        posted = await way.chat.post(way.to, card, way.zone)
        return _done(job, "sent", way, _hung(way, job.outgoing.payload["matter"], posted, now_shown.revision))

    async def _stray(self, job: Job) -> Delivered:
        payload = job.outgoing.payload
        way = await self.reach.way(job, payload.get("platform") or next(iter(job.accounts), ""))
        now_shown = await self._shown(job, way)
        if now_shown is not None:
            posted = Posted(payload["conversation"], payload["message"])
            await way.chat.redraw(way.to, posted, now_shown.card, way.zone)
        return _done(job, "updated", way)

    async def _shown(self, job: Job, way: Way) -> Shown | None:
        matter, person = job.outgoing.payload["matter"], job.person.id
        return await self.reach.store(lambda store: shown(self._act(store, way), matter, person))

    def _act(self, store: Store, way: Way) -> Act:
        return Act(store, self.door.policy, self.door.now(), way.reader)

    def _later(self, job: Job, error: Unavailable) -> Postpone | Fail | Reroute:
        if error.outage:
            OUTAGES.labels(error.code).inc()
            log.error("delivery.outage", code=error.code)
        elif job.outgoing.attempts >= MOST_ATTEMPTS and not _passes(error.code):
            return self._give_up(job, f"gave_up_{error.code}")
        least = DOUBTFUL_WAIT if job.outgoing.kind == "show" and error.code in DOUBTFUL else 0.0
        backing_off = min(2.0 ** min(job.outgoing.attempts, 10) / 2, LONGEST_WAIT)
        wait = max(error.retry_after or 0.0, backing_off, least)
        return Postpone(job.outgoing.id, error.code, self.door.now() + timedelta(seconds=wait), free=error.outage)

    def _give_up(self, job: Job, code: str) -> Fail | Reroute:
        log.warning("delivery.unreachable", person=job.person.id, code=code, kind=job.outgoing.kind)
        if job.outgoing.kind == "show":
            return Reroute(job.outgoing.payload["matter"], job.person.id, code, job.outgoing.id, job.began)
        return Fail(job.outgoing.id, code)


def _done(job: Job, state: str, way: Way, hung: Hung | None = None) -> Delivered:
    return Delivered(job.outgoing.id, state, way.chat.platform, hung)


def _hung(way: Way, matter: str, posted: Posted, revision: int) -> Hung:
    return Hung(matter, way.chat.platform, posted.conversation, posted.message, revision)


def _passes(code: str) -> bool:
    """Whether it is the platform that fails, and not the card or the person: then the card waits, however long."""
    return code in PASSING or code.startswith(("http_5", "login_"))


def _uncertain(job: Job) -> bool:
    """A try that ended without a word from the platform (or without us) may have posted the card all the same."""
    code = job.outgoing.code
    return job.outgoing.attempts > 1 and (code in ("", "no_connection", *DOUBTFUL) or code.startswith("http_5"))
