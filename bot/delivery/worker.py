"""Takes effects from the outbox and carries out each one, or makes sure that a person hears why not."""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast

import structlog

from bot.chats.directory import Directory
from bot.delivery.people import DOUBTFUL, MOST_ATTEMPTS, ToPeople
from bot.measures import DELIVERIES, DELIVERY_FAULTS, OUTAGES, is_busy_answering
from bot.ports import Absent, PageOpen, Unavailable, Unreachable
from handlers import delivering
from handlers.acting import DELIVERY, LEASE, Awaited, Digest, Intent, Show, Warn
from handlers.delivering import NOBODY, Broken, Job
from handlers.door import Door
from handlers.matters import asking, showing
from handlers.rules import Refused
from storage.database.store import DatabaseDown

log = structlog.get_logger()
AT_ONCE = 8
GAP = 0.004  # seconds before each turn, for anyone who asks meanwhile
MOST_GAPS = 60  # before a turn, while people are being answered one after the other
TOGETHER = 0.02  # seconds for which an outcome waits for others, to share their commit
IN_TIME = 8.0  # seconds: what comes after that might be sent when its lease has passed
LONGEST_REST = 5.0  # seconds after a fault


class Delivery:
    """One worker; any number of processes may each run one, since a claim is a lease.

    `poll` is in seconds; `seconds` counts and never goes back.
    """

    def __init__(
        self, door: Door, directories: Iterable[Directory], poll: float = 1.0, seconds: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self.door, self.poll, self.seconds = door, poll, seconds
        self.to_people = ToPeople(door, directories)
        self.last_turn, self.faults = seconds(), 0  # when the outbox last answered, and how often it did not since
        self._wake = asyncio.Event()
        self._in_hand: dict[asyncio.Task[None], list[str]] = {}
        self._stopped = asyncio.Event()
        self._taking = asyncio.Lock()
        self._again_first = False
        # What it took over as that was queued; whether it said that it would; whether anything else may be due.
        self._taken_over, self._offered, self._due = list[str](), False, True
        self._outcomes, self._settling = list[Intent[Any]](), cast("asyncio.Task[None] | None", None)

    def wake(self, taken_over: Sequence[str] = ()) -> None:
        """Look at once, because something was queued in this process; or only take what was `taken_over`, if that is all."""
        self._taken_over += taken_over
        if taken_over:
            self._offered = False
        else:
            self._due = True
        self._wake.set()

    def takes_over(self, number: int) -> bool:
        """Return True if the worker has nothing to do and takes these effects, which are being queued, without looking for them."""
        busy = self._due or self._offered or self._stopped.is_set() or number > AT_ONCE
        self._offered |= not busy
        return not busy

    async def run(self) -> None:
        """Deliver until told to stop, through every fault."""
        while not self._stopped.is_set():
            try:
                await self._take_turn()
            except Exception as error:  # what must never end outlives every fault, and says so
                DELIVERY_FAULTS.labels("take").inc()
                log.exception("delivery.broken", error=type(error).__name__)
                self.faults += 1
            if self.faults:
                await self._wait_or_stop(min(2.0**self.faults / 4, LONGEST_REST))

    async def _take_turn(self) -> None:
        for _ in range(MOST_GAPS):
            await asyncio.sleep(GAP)
            if not is_busy_answering():
                break
        async with self._taking:
            taken = 0 if self._stopped.is_set() else await self._take_due()
        if not taken or not (self._due or self._taken_over):
            try:
                await asyncio.wait_for(self._wake.wait(), self.poll)
            except TimeoutError:
                self._due = True
        self._wake.clear()

    async def _wait_or_stop(self, seconds: float) -> None:
        """Wait, but not when told to stop."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopped.wait(), seconds)

    async def stop(self) -> None:
        """Take nothing new and finish what is in flight or being taken, which would be sent but not written down."""
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
        done, self._due = 0, True
        while taken := await self._take_due():
            done += taken
            await self.landed()
            self._due = True
        return done

    async def _take_due(self) -> int:
        room = AT_ONCE - len(self._in_hand)
        jobs = await self._claim_jobs(room) if room > 0 or self._taken_over else []
        for together in _chains(jobs):
            task = asyncio.create_task(self._do_jobs(together))
            self._in_hand[task] = [one.taken.id for one in together]
            task.add_done_callback(self._after_job)
        return len(jobs)

    async def _claim_jobs(self, room: int) -> list[Job | Broken]:
        jobs, ours = list[Job | Broken](), self._taken_over
        self._taken_over = []
        try:
            if ours:
                jobs = await self.door.look(DELIVERY, partial(delivering.effects_taken_over, ids=ours))
            elif self._due and (due := await self._find_due(room)):
                jobs = await self.door.enter(delivering.claim_effects(due), DELIVERY)
        except DatabaseDown as error:
            if not self.faults:
                log.warning("delivery.no_database", why=str(error))
            self.faults += 1
            self._due = True
            return []
        self.last_turn, self.faults = self.seconds(), 0
        if jobs and not ours:
            self._due, self._again_first = True, not self._again_first
        return jobs

    async def _find_due(self, room: int) -> list[str]:
        """Return what may be taken, without what is still in hand after its lease ended."""
        self._due = self._offered = False
        now = self.door.now()
        due = await self.door.database.read(
            lambda store: store.outbox.due(now, LEASE, AT_ONCE, again_first=self._again_first)
        )
        return [one for one in due if not self._has_in_hand(one)][:room]

    def _has_in_hand(self, outgoing: str) -> bool:
        return any(outgoing in those for those in self._in_hand.values())

    def _after_job(self, task: asyncio.Task[None]) -> None:
        del self._in_hand[task]
        self._wake.set()
        if not task.cancelled() and (error := task.exception()):
            DELIVERY_FAULTS.labels("do").inc()
            log.error("delivery.broken", error=type(error).__name__, exc_info=error)

    async def _do_jobs(self, jobs: Sequence[Job | Broken]) -> None:
        """Carry out jobs in order, and store all outcomes in one commit; what follows a failed one keeps waiting."""
        outcomes, until, shown = list[Intent[Any]](), self.seconds() + IN_TIME, set[str]()
        for job in jobs:
            done = all(one.handler is delivering.note_delivered for one in outcomes)
            again = _card_of(job) in shown  # where it hangs is not noted yet
            shown.add(_card_of(job))
            if outcomes and not (done and self.seconds() < until and not again):
                outcomes.append(delivering.put_back(job.taken.id))
                continue
            outcomes.append(put_aside(job, self.door.now()) if isinstance(job, Broken) else await self._try_job(job))
            DELIVERIES.labels(job.taken.kind, outcomes[-1].action.removeprefix("delivery.")).inc()
        self._outcomes += outcomes
        if self._settling is None or self._settling.done():
            self._settling = asyncio.create_task(self._settle_together())
        await self._settling

    async def _settle_together(self) -> None:
        """Write outcomes together, after a moment, so that they share a commit."""
        await asyncio.sleep(TOGETHER)
        outcomes, self._outcomes, self._settling = self._outcomes, [], None
        await asyncio.gather(*map(self._write_outcome, outcomes))

    async def _try_job(self, job: Job) -> Intent[Any]:
        job = replace(job, began=self.door.now())
        try:
            return await self.to_people.send(job)
        except Exception as error:  # noqa: BLE001  whatever it was, it is this effect's alone
            if isinstance(error, Unavailable) and error.outage:
                OUTAGES.labels(error.code).inc()
                log.error("delivery.outage", code=error.code)
            return failed(job, error, self.door.now())

    async def _write_outcome(self, outcome: Intent[Any]) -> None:
        """Write what became of it until it is written; while it is not, the effect stays in hand, and is not sent again."""
        for pause in _longer_and_longer():
            try:
                behind = await self.door.enter(outcome, DELIVERY)
            except DatabaseDown:
                if self._stopped.is_set():
                    log.warning("delivery.unwritten", outgoing=outcome.subject)
                    return
                await self._wait_or_stop(pause)
            except Exception as error:
                DELIVERY_FAULTS.labels("write").inc()
                log.exception("delivery.unwritable", error=type(error).__name__, outgoing=outcome.subject)
                if (plainer := unwritable(outcome)) is None:
                    return
                outcome = plainer
            else:
                if outcome.handler is not delivering.note_delivered or not (
                    behind is None or self._has_in_hand(behind)
                ):
                    self.wake()
                return


def _card_of(job: Job | Broken) -> str:
    return job.effect.matter if isinstance(job, Job) and isinstance(job.effect, Show) else job.taken.id


def _chains(jobs: Iterable[Job | Broken]) -> list[list[Job | Broken]]:
    """Group jobs by person and lane; each group is carried out in order."""
    chains: dict[tuple[object, ...], list[Job | Broken]] = {}
    for one in jobs:
        taken = one.taken
        chains.setdefault((taken.person_id, taken.lane) if taken.lane else (taken.id,), []).append(one)
    return list(chains.values())


def _longer_and_longer() -> Iterator[float]:
    """Yield growing pauses, in seconds."""
    pause = 0.25
    while True:
        yield pause
        pause = min(2 * pause, LONGEST_REST)


LONGEST_WAIT, AWAITED_WAIT = (
    300.0,
    30.0,
)  # seconds; the second if the person who just asked for it is watching the screen
DOUBTFUL_WAIT = 20.0  # seconds
LONG = timedelta(minutes=5)  # until a row may have been corrected
PASSING = ("", "ratelimited", "timeout", "no_connection", "unreadable_answer", "database", "no_team")
# What a platform says of itself in its own words, which name no person or card.
ILL = (
    "internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org", "rate_limited",
    "message_limit_exceeded",
)  # fmt: skip


def failed(job: Job, error: Exception, now: datetime) -> Intent[Any]:
    """Return what follows from this error, of any kind."""
    match error:
        case Unavailable():
            return _later(job, error, now)
        case Unreachable(code=code):
            return give_up(job, code)
        case PageOpen():
            return delivering.note_delivered(job.taken.id, "superseded", "")
        case Absent():
            return give_up(job, str(error))
        case _:  # a fault of ours on one card must not hold up the person's others for ever
            log.error("delivery.fault", error=type(error).__name__, kind=job.taken.kind, exc_info=error)
            return _later(job, Unavailable("fault"), now)


def put_aside(aside: Broken, now: datetime) -> Intent[Any]:
    """Set aside a job that can't be carried out, and log it; one whose person's row can't be read is tried again later."""
    may_come_right = aside.code == NOBODY
    log.error("delivery.put_off" if may_come_right else "delivery.set_aside", outgoing=aside.taken.id, code=aside.code)
    if may_come_right:
        return delivering.postpone_effect(aside.taken.id, aside.code, now + LONG, free=True)
    return delivering.note_failed(aside.taken.id, aside.code)


def give_up(job: Job, code: str) -> Intent[Any]:
    """Give up on this person: a card, an alarm or a morning message goes to the next person, anything else ends here."""
    log.warning("delivery.unreachable", person=job.person.id, code=code, kind=job.taken.kind)
    if isinstance(job.effect, Show):
        return _rerouted(job, job.effect.matter, code)
    if isinstance(job.effect, Warn):
        return asking.warn_next(job.taken.id, job.effect.alarm, code)
    return delivering.note_failed(job.taken.id, code, job.effect.reminders if isinstance(job.effect, Digest) else ())


def _rerouted(job: Job, matter: str, code: str) -> Intent[Any]:
    """Ask the next person, unless the matter's kind is unknown."""
    try:
        return showing.kind_of(matter).reroute(matter, job.person.id, code, job.taken.id, job.began)
    except Refused:
        return delivering.note_failed(job.taken.id, code)


def unwritable(outcome: Intent[Any]) -> Intent[Any] | None:
    """Return a plainer outcome to write if this one can't be written: it needs only its own row.

    None if there is none.
    """
    if outcome.handler in (delivering.note_failed, delivering.put_back):
        return None
    return delivering.note_failed(outcome.given["outgoing"], outcome.given.get("code", "not_recorded"))


def _later(job: Job, error: Unavailable, now: datetime) -> Intent[Any]:
    attempts = job.taken.attempts
    if not error.tried:
        # The word of the last try stays: it may have posted the card all the same.
        until = now + timedelta(seconds=error.retry_after or 1.0)
        return delivering.postpone_effect(job.taken.id, job.taken.code, until, free=True)
    if not error.outage and attempts >= MOST_ATTEMPTS and not _passes(error.code):
        return give_up(job, f"gave_up_{error.code}")
    least = DOUBTFUL_WAIT if isinstance(job.effect, Show) and error.code in DOUBTFUL else 0.0
    longest = AWAITED_WAIT if isinstance(job.effect, Awaited) else LONGEST_WAIT
    backing_off = min(2.0 ** min(attempts, 10) / 2, longest)
    wait = max(error.retry_after or 0.0, backing_off, least)
    return delivering.postpone_effect(job.taken.id, error.code, now + timedelta(seconds=wait), free=error.outage)


def _passes(code: str) -> bool:
    """Return True if it is the platform that fails, and not the card or the person: then the card waits, however long."""
    return code in PASSING or code in ILL or code.startswith(("http_5", "login_"))
