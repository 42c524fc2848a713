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
from bot.measures import DELIVERIES, DELIVERY_FAULTS, OUTAGES, let_answers_go_first
from bot.ports import Absent, PageOpen, Unavailable, Unreachable
from handlers import delivering
from handlers.acting import DELIVERY, LEASE, Awaited, Digest, Intent, Show, Warn
from handlers.delivering import NOBODY, Broken, Job
from handlers.door import Door
from handlers.matters import asking, showing
from handlers.rules import Refused
from storage.database.store import DatabaseDown

log = structlog.get_logger()
AT_ONCE = 8  # effects
SHARE_COMMIT = 0.02  # seconds for which an outcome waits for others, to share their commit
MOST_OF_A_LEASE = 8.0  # seconds: what begins later might be sent after its lease has passed
LONGEST_REST = 5.0  # seconds after a fault


class Delivery:
    """Takes effects that are due from the outbox, carries them out, and stores what became of each.

    Any number of processes may run one each, since a claim is a lease. `poll` is in seconds; `seconds` counts and never
    goes back. An effect is *in flight* from its claim until its outcome is stored. An idle worker *takes over* effects
    that this process is just queuing: they are queued already claimed, so the worker needn't look for them.
    """

    def __init__(
        self, door: Door, directories: Iterable[Directory], poll: float = 1.0, seconds: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self.door, self.poll, self.seconds = door, poll, seconds
        self.to_people = ToPeople(door, directories)
        self.last_turn, self.faults = seconds(), 0  # when the outbox last answered, and the failures since
        self._wake = asyncio.Event()
        self._in_flight: dict[asyncio.Task[None], list[str]] = {}
        self._stopped = asyncio.Event()
        self._taking = asyncio.Lock()
        self._again_first = False  # whether effects that waited before come before new ones: every other time
        # Ids of effects taken over; whether it has agreed to take over what is being queued; whether others may be due.
        self._taken_over, self._offered, self._due = list[str](), False, True
        self._outcomes, self._settling = list[Intent[Any]](), cast("asyncio.Task[None] | None", None)

    def wake(self, taken_over: Sequence[str] = ()) -> None:
        """Look at once, because something was queued in this process.

        With the ids of effects that were `taken_over`, it carries out those without looking for more.
        """
        self._taken_over += taken_over
        if taken_over:
            self._offered = False
        else:
            self._due = True
        self._wake.set()

    def takes_over(self, number: int) -> bool:
        """Agree to take over so many effects that are being queued; False if the worker is busy or they are too many.

        The door asks while it commits; the next call of `wake` names them.
        """
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
                self._due = True
            if self.faults:
                await self._wait_or_stop(min(2.0**self.faults / 4, LONGEST_REST))

    async def _take_turn(self) -> None:
        """Begin what is due, then wait for more; people who are being answered go first."""
        await let_answers_go_first()
        async with self._taking:
            taken = 0 if self._stopped.is_set() else await self._take_due()
        if not taken or not (self._due or self._taken_over):
            try:
                await asyncio.wait_for(self._wake.wait(), self.poll)
            except TimeoutError:
                self._due = True
        self._wake.clear()

    async def _wait_or_stop(self, seconds: float) -> None:
        """Wait so many seconds, or until told to stop."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopped.wait(), seconds)

    async def stop(self) -> None:
        """Start nothing new, and finish what is in flight: otherwise it would be sent and not recorded."""
        self._stopped.set()
        self.wake()
        async with self._taking:
            if self._taken_over:  # no one else sends those before their lease has passed
                await self._take_due()
            await self.wait_until_idle()

    async def wait_until_idle(self) -> None:
        """Wait until no effect is in flight."""
        while self._in_flight:
            await asyncio.wait(set(self._in_flight))

    async def drain(self) -> int:
        """Deliver everything that is due now, then return how much it was."""
        done, self._due = 0, True
        while taken := await self._take_due():
            done += taken
            await self.wait_until_idle()
            self._due = True
        return done

    async def _take_due(self) -> int:
        """Claim effects and begin to carry them out; return how many were claimed."""
        room = AT_ONCE - len(self._in_flight)
        jobs = await self._claim_jobs(room) if room > 0 or self._taken_over else []
        for group in _group_by_lane(jobs):
            task = asyncio.create_task(self._do_jobs(group))
            self._in_flight[task] = [one.taken.id for one in group]
            task.add_done_callback(self._after_job)
        return len(jobs)

    async def _claim_jobs(self, room: int) -> list[Job | Broken]:
        """Return the jobs taken over, or else claim up to `room` of the due ones; empty if the database is down."""
        jobs, taken_over = list[Job | Broken](), self._taken_over
        self._taken_over = []
        if not (taken_over or self._due):  # the outbox isn't asked, so it isn't known to answer
            return []
        try:
            if taken_over:
                jobs = await self.door.look(DELIVERY, partial(delivering.effects_taken_over, ids=taken_over))
            elif due := await self._find_due(room):
                jobs = await self.door.enter(delivering.claim_effects(due), DELIVERY)
        except DatabaseDown as error:
            if not self.faults:
                log.warning("delivery.no_database", why=str(error))
            self.faults += 1
            self._due = True
            return []
        self.last_turn, self.faults = self.seconds(), 0
        if jobs and not taken_over:
            self._due, self._again_first = True, not self._again_first
        return jobs

    async def _find_due(self, room: int) -> list[str]:
        """Return ids of due effects, without those still in flight though their lease has ended."""
        self._due = self._offered = False
        now = self.door.now()
        due = await self.door.database.read(
            lambda store: store.outbox.due(now, LEASE, AT_ONCE, again_first=self._again_first)
        )
        return [one for one in due if not self._is_in_flight(one)][:room]

    def _is_in_flight(self, outgoing: str) -> bool:
        return any(outgoing in ids for ids in self._in_flight.values())

    def _after_job(self, task: asyncio.Task[None]) -> None:
        """Forget a task that has ended, look for more work, and log its fault if it failed."""
        del self._in_flight[task]
        self._wake.set()
        if not task.cancelled() and (error := task.exception()):
            DELIVERY_FAULTS.labels("do").inc()
            log.error("delivery.broken", error=type(error).__name__, exc_info=error)

    async def _do_jobs(self, jobs: Sequence[Job | Broken]) -> None:
        """Carry out one person's jobs in order, and store their outcomes in one commit.

        After a failure, when time runs out, or before a second change of the same card, the others go back to the outbox.
        """
        outcomes, deadline, shown = list[Intent[Any]](), self.seconds() + MOST_OF_A_LEASE, set[str]()
        for job in jobs:
            all_sent = all(one.handler is delivering.note_delivered for one in outcomes)
            same_card = _card_of(job) in shown  # its message isn't stored yet
            shown.add(_card_of(job))
            if outcomes and not (all_sent and self.seconds() < deadline and not same_card):
                outcomes.append(delivering.put_back(job.taken.id))
                continue
            outcomes.append(
                set_aside_unreadable(job, self.door.now())
                if isinstance(job, Broken)
                else await self._try_job(job, outcomes)
            )
            DELIVERIES.labels(job.taken.kind, outcomes[-1].action.removeprefix("delivery.")).inc()
        self._outcomes += outcomes
        if self._settling is None or self._settling.done():
            self._settling = asyncio.create_task(self._store_outcomes())
        await self._settling

    async def _store_outcomes(self) -> None:
        """Wait a moment for other outcomes, then store all of them, so that they share a commit."""
        await asyncio.sleep(SHARE_COMMIT)
        outcomes, self._outcomes, self._settling = self._outcomes, [], None
        await asyncio.gather(*map(self._write_outcome, outcomes))

    async def _try_job(self, job: Job, before: Sequence[Intent[Any]]) -> Intent[Any]:
        """Carry out one job, after jobs of the same lane with the outcomes `before`; return the outcome to store. Never raises."""
        job = replace(job, began=self.door.now(), shown=before[-1].given.get("reference") if before else None)
        try:
            return await self.to_people.send(job)
        except Exception as error:  # noqa: BLE001  whatever it was, it is this effect's alone
            if isinstance(error, Unavailable) and error.outage:
                OUTAGES.labels(error.code).inc()
                log.error("delivery.outage", code=error.code)
            return outcome_of_failure(job, error, self.door.now())

    async def _write_outcome(self, outcome: Intent[Any]) -> None:
        """Store one outcome, trying until it works; until then the effect stays in flight and isn't sent again.

        An outcome that can't be stored at all is replaced by a plainer one, or logged.
        """
        for pause in _growing_pauses():
            try:
                next_in_lane = await self.door.enter(outcome, DELIVERY)
            except DatabaseDown:
                if self._stopped.is_set():
                    log.warning("delivery.unwritten", outgoing=outcome.subject)
                    return
                await self._wait_or_stop(pause)
            except Exception as error:
                DELIVERY_FAULTS.labels("write").inc()
                log.exception("delivery.unwritable", error=type(error).__name__, outgoing=outcome.subject)
                if (plainer := plainer_outcome(outcome)) is None:
                    return
                outcome = plainer
            else:
                # What comes next in the lane may be due now, unless it's in flight already.
                if outcome.handler is not delivering.note_delivered or not (
                    next_in_lane is None or self._is_in_flight(next_in_lane)
                ):
                    self.wake()
                return


def _card_of(job: Job | Broken) -> str:
    """Return the matter whose card the job shows; for any other job its own id."""
    return job.effect.matter if isinstance(job, Job) and isinstance(job.effect, Show) else job.taken.id


def _group_by_lane(jobs: Iterable[Job | Broken]) -> list[list[Job | Broken]]:
    """Group jobs by person and lane; the jobs of a group are carried out in order, groups side by side."""
    groups: dict[tuple[object, ...], list[Job | Broken]] = {}
    for job in jobs:
        taken = job.taken
        groups.setdefault((taken.person_id, taken.lane) if taken.lane else (taken.id,), []).append(job)
    return list(groups.values())


def _growing_pauses() -> Iterator[float]:
    """Yield growing pauses, in seconds."""
    pause = 0.25
    while True:
        yield pause
        pause = min(2 * pause, LONGEST_REST)


LONGEST_WAIT = 300.0  # seconds
AWAITED_WAIT = 30.0  # seconds, if the person who just asked for it is watching the screen
DOUBTFUL_WAIT = 20.0  # seconds before a card is sent again that may be there already
LONG = timedelta(minutes=5)  # by then someone may have corrected the row
# Codes of faults that pass.
PASSING = ("", "ratelimited", "timeout", "no_connection", "unreadable_answer", "database", "no_team")
# Platforms' own codes for trouble of theirs that has nothing to do with the person or the card.
ILL = (
    "internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org", "rate_limited",
    "message_limit_exceeded",
)  # fmt: skip


def outcome_of_failure(job: Job, error: Exception, now: datetime) -> Intent[Any]:
    """Return the outcome to store after this error: try again later, give up, or nothing more to do."""
    match error:
        case Unavailable():
            return _try_later(job, error, now)
        case Unreachable(code=code):
            return give_up(job, code)
        case PageOpen():
            return delivering.note_delivered(job.taken.id, "superseded", "")
        case Absent():
            return give_up(job, str(error))
        case _:  # a fault of ours on one card must not hold up the person's others for ever
            log.error("delivery.fault", error=type(error).__name__, kind=job.taken.kind, exc_info=error)
            return _try_later(job, Unavailable("fault"), now)


def set_aside_unreadable(job: Broken, now: datetime) -> Intent[Any]:
    """Log a job that can't be read, and return its outcome: failed, or tried again later if only its person's row is unreadable."""
    may_recover = job.code == NOBODY
    log.error("delivery.put_off" if may_recover else "delivery.set_aside", outgoing=job.taken.id, code=job.code)
    if may_recover:
        return delivering.postpone_effect(job.taken.id, job.code, now + LONG, free=True)
    return delivering.note_failed(job.taken.id, job.code)


def give_up(job: Job, code: str) -> Intent[Any]:
    """Return the outcome if this person can't be reached: a card or alarm goes to the next person, anything else has failed.

    The cards of a morning message that failed are then sent one by one.
    """
    log.warning("delivery.unreachable", person=job.person.id, code=code, kind=job.taken.kind)
    if isinstance(job.effect, Show):
        return _rerouted(job, job.effect.matter, code)
    if isinstance(job.effect, Warn):
        return asking.warn_next(job.taken.id, job.effect.alarm, code)
    return delivering.note_failed(job.taken.id, code, job.effect.reminders if isinstance(job.effect, Digest) else ())


def _rerouted(job: Job, matter: str, code: str) -> Intent[Any]:
    """Return the outcome that asks the next person to decide; if the matter's kind is unknown, that the effect failed."""
    try:
        return showing.kind_of(matter).reroute(matter, job.person.id, code, job.taken.id, job.began)
    except Refused:
        return delivering.note_failed(job.taken.id, code)


def plainer_outcome(outcome: Intent[Any]) -> Intent[Any] | None:
    """Return what to store if this outcome can't be: one that changes only the effect's row; None if this one is like that."""
    if outcome.handler in (delivering.note_failed, delivering.put_back):
        return None
    return delivering.note_failed(outcome.given["outgoing"], outcome.given.get("code", "not_recorded"))


def _try_later(job: Job, error: Unavailable, now: datetime) -> Intent[Any]:
    """Return the outcome after a passing fault: try again later, or give up after the last attempt, unless the platform is at fault.

    A try that was `free` isn't counted as an attempt.
    """
    attempts = job.taken.attempts
    if not error.tried:
        # The word of the last try stays: it may have posted the card all the same.
        until = now + timedelta(seconds=error.retry_after or 1.0)
        return delivering.postpone_effect(job.taken.id, job.taken.code, until, free=True)
    if not error.outage and attempts >= MOST_ATTEMPTS and not _is_platform_fault(error.code):
        return give_up(job, f"gave_up_{error.code}")
    least = DOUBTFUL_WAIT if isinstance(job.effect, Show) and error.code in DOUBTFUL else 0.0
    longest = AWAITED_WAIT if isinstance(job.effect, Awaited) else LONGEST_WAIT
    backing_off = min(2.0 ** min(attempts, 10) / 2, longest)
    wait = max(error.retry_after or 0.0, backing_off, least)
    return delivering.postpone_effect(job.taken.id, error.code, now + timedelta(seconds=wait), free=error.outage)


def _is_platform_fault(code: str) -> bool:
    """Return True if the platform fails rather than the card or the person; such a card waits as long as it takes."""
    return code in PASSING or code in ILL or code.startswith(("http_5", "login_"))
