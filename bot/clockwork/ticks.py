"""The clock's work, part by part: a part that fails stops no other, is logged and counted, and is tried again later.

A tick asks the database one thing: how far the log goes. All that a part looks at is in rows that the log vouches for,
so nothing is new to it until the log has grown, or the time for which it asked has come. So an idle tick costs the same
however much is stored.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import chain
from types import MappingProxyType
from typing import NamedTuple, cast

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from bot.chats.directory import Directory
from bot.clockwork.trusted_clock import WAITING_DEADLINES, WAITING_PARTS
from bot.measures import NEXT_TICK, TICK_FAULTS, WORK_FAULTS, Setbacks, Work, let_answers_go_first
from bot.ports import Unavailable
from bot.retention.recording_sync import RecordingSync
from handlers import DUE, MATTERS, keeping
from handlers.acting import CLOCK
from handlers.door import Door
from handlers.matters.showing import kind_of
from storage.database.store import DatabaseDown, Store
from storage.deadlines import Deadline

log = structlog.get_logger()
AT_ONCE = 100  # deadlines that are read at once
PAUSE = 5.0  # seconds until work that failed starts again
EACH_TICK = frozenset({"accounts", "recordings", "clock", "proof", "journal", "pages"})
"""Parts that look at more than the database: chats, the recording system, the clock, the journal, open pages."""
RARELY = frozenset({"rows", "tidying", "words", "policy", "digest"})
"""Parts that don't depend on new log entries: they run every quarter of an hour."""
UNKNOWN = -1  # for how many entries the log has, if the database can't say
A_WHILE = timedelta(
    minutes=15
)  # every time zone is a multiple of that away from UTC, so no part is late for a local morning


class _Asleep(NamedTuple):
    """How long the log was when a part last ran, in which quarter of an hour, and when it wants to run again."""

    entries: int
    quarter: datetime
    until: datetime | None


class Ticks:
    """Runs the clock's work, part by part. `seconds` counts and never goes back; `more` are further parts, by name.

    A part may return when (aware) it must run again even if the log hasn't grown. What can't be undone is done only while
    the clock is `trusted`.
    """

    def __init__(
        self, door: Door, register: RecordingSync, directories: Mapping[str, Directory],
        seconds: Callable[[], float] = time.monotonic,
        more: Mapping[str, Work] = MappingProxyType({}), trusted: Callable[[], bool] = lambda: True,
    ) -> None:  # fmt: skip
        self.door, self.register, self.directories, self.seconds = door, register, directories, seconds
        self.trusted = trusted
        self._setbacks = Setbacks(seconds)
        # What the deciders were last rechecked for, and the matters still to recheck, in order.
        self._checked: tuple[date, list[tuple[int, int]], frozenset[int]] | None = None
        self._unchecked: dict[str, None] = {}
        self._altered: frozenset[_State] = frozenset()  # deadlines that someone changed by hand
        self._unreadable: frozenset[str] = frozenset()
        # The digest is made first, so that it comes with the reminders of the same moment.
        self._work: Mapping[str, Work] = {
            **{name: work for name, work in more.items() if name == "digest"}, "deadlines": self._do_deadlines, "deciders": self._recheck_deciders, "accounts": self._recheck_accounts,
            "asked for": self.register.identify_and_settle, "recordings": self.register.look, "tidying": self._tidy_up, "rows": self._note_unreadable_rows,
            **more,
        }  # fmt: skip
        for name in self._work:
            TICK_FAULTS.labels(name)  # begins at 0: Prometheus sees no increase of what it did not see before
        self._one_at_a_time = {name: asyncio.Lock() for name in self._work}
        self._succeeded_at = dict.fromkeys(self._work, seconds())
        self._asleep: dict[str, _Asleep] = {}
        self._running: dict[str, asyncio.Task[None]] = {}

    def age(self, part: str = "deadlines") -> float:
        """Return the seconds since a part last succeeded."""
        return self.seconds() - self._succeeded_at[part]

    def ages(self) -> dict[str, float]:
        """Return the seconds since each part last succeeded, by name."""
        return {name: self.age(name) for name in self._work}

    async def begin(self) -> None:
        """Start every part that may find work; one that is still running isn't started again, and delays no other."""
        for name, entries in await self._parts_to_wake():
            if name not in self._running or self._running[name].done():
                self._running[name] = asyncio.create_task(self.run_part(name, entries))

    def stop(self) -> None:
        """Cancel what is under way."""
        for one in self._running.values():
            one.cancel()

    async def tick(self) -> None:
        """Run every part that may find work, in order. Never raises."""
        for name, entries in await self._parts_to_wake():
            await self.run_part(name, entries)

    async def _parts_to_wake(self) -> list[tuple[str, int]]:
        """Return the parts that may find work now, with the length of the log; all of them if the database can't say."""
        try:
            entries, _ = await self.door.database.read(lambda store: store.audit.head())
        except DatabaseDown:
            return [(name, UNKNOWN) for name in self._work]
        now, woken = self.door.now(), list[tuple[str, int]]()
        for name in self._work:
            if self._may_find(name, now, entries):
                woken.append((name, entries))
            else:
                self._succeeded_at[name] = self.seconds()
        return woken

    def _may_find(self, name: str, now: datetime, entries: int) -> bool:
        """Return True if this part may find work: with each tick, each quarter of an hour, at its time, or when the log has grown."""
        last = self._asleep.get(name)
        if last is None or name in EACH_TICK or _quarter_hour(now) != last.quarter:
            return True
        return (last.until is not None and last.until <= now) or (name not in RARELY and entries != last.entries)

    async def run_part(self, name: str, entries: int = UNKNOWN) -> None:
        """Run one part, and note that it has seen the log up to this entry. Never raises."""
        async with self._one_at_a_time[name]:
            quarter, until = _quarter_hour(self.door.now()), cast("object", NEXT_TICK)
            try:
                if name not in WAITING_PARTS or self.trusted():
                    until = await self._work[name]()
            except (DatabaseDown, Unavailable) as error:
                log.warning("tick.later", part=name, why=str(error))
            except Exception as error:
                TICK_FAULTS.labels(name).inc()
                log.exception("tick.fault", part=name, error=type(error).__name__)
            else:
                self._succeeded_at[name] = self.seconds()
            self._asleep[name] = _Asleep(entries, quarter, until if isinstance(until, datetime) else None)

    async def _do_deadlines(self) -> datetime | None:
        """Do everything that is due, in order; return when the next deadline is, None without one.

        A deadline of an unknown kind waits for a version that knows it.
        """
        last, altered = None, set[_State]()
        while due := await self._due_deadlines(last):
            altered_now = await self.door.database.read(partial(self._find_altered, due=due))
            altered |= altered_now
            due_kinds = (row.due(self.door.now(), self._kinds()) for row in due if _state_of(row) not in altered_now)
            for one in sorted(chain.from_iterable(due_kinds)):
                work = partial(self.door.enter, DUE[one.kind](one.subject), CLOCK, due=one.key)
                await self._setbacks.alone("deadlines", one.key, work)
                self._succeeded_at["deadlines"] = self.seconds()
            last = due[-1]
        if altered - self._altered:
            log.error("deadlines.by_hand", deadlines=sorted(one.subject for one in altered - self._altered))
        self._altered = frozenset(altered)
        coming = await self.door.database.read(lambda store: store.deadlines.next())
        return coming.due_at if coming is not None else None

    def _find_altered(self, store: Store, due: Sequence[Deadline]) -> set[_State]:
        """Return those that were changed or added by hand, which the log shows; they wait until they are corrected."""
        states = {("deadlines", one.subject): _state_of(one) for one in due}
        known = self._altered.intersection(states.values())
        unchecked = {row for row, one in states.items() if one not in known}
        changed = store.changed_since_written(self.door.keys.log_seal, unchecked)
        return {*known, *(states[row] for row in changed)}

    async def _due_deadlines(self, after: Deadline | None) -> list[Deadline]:
        """Return the next deadlines that are due, following `after`."""
        now = self.door.now()
        return await self.door.database.read(lambda store: store.deadlines.due(now, AT_ONCE, after))

    def _kinds(self) -> AbstractSet[str]:
        """Return the kinds of deadlines that may be done; while the clock isn't trusted, only those that can be undone."""
        return DUE.keys() - (() if self.trusted() else WAITING_DEADLINES)

    async def _recheck_deciders(self) -> datetime | None:
        """Check whether the people asked can still decide, and whether draws still need their reviews.

        Done at the start, each company day, and when absences, outages or the people who are there change. Matters that no
        one may decide are checked each time, since a person who is back may decide them.
        """
        policy = self.door.policy
        today = policy.company_day(self.door.now())
        # Read before the waiting matters, so that an absence entered in between is checked with the next tick.
        circumstances, stuck = await self.door.database.read(
            lambda store: (
                (today, store.entered.revision(), store.people.there(store.people.resolve(policy.named).values())),
                store.matters.stuck(),
            )
        )
        if circumstances != self._checked and await self._find_waiting():
            self._checked = circumstances
        self._unchecked |= dict.fromkeys(stuck)
        for matter in list(self._unchecked):
            await let_answers_go_first()
            if await self._setbacks.alone("deciders", f"recheck:{matter}", partial(self._recheck_matter, matter)):
                del self._unchecked[matter]
        return NEXT_TICK if self._unchecked or circumstances != self._checked else None

    async def _find_waiting(self) -> bool:
        """Note all waiting matters for a check; False if some kind couldn't be read, which delays no other."""
        looks = [
            await self._setbacks.alone("deciders", f"waiting:{kind.prefix}", partial(self._find_matters, kind.waiting))
            for kind in MATTERS
        ]
        return all(looks)

    async def _find_matters(self, look: Callable[[Store], Sequence[str]]) -> None:
        """Note the matters that `look` returns for a check."""
        self._unchecked |= dict.fromkeys(await self.door.database.read(look))

    async def _recheck_matter(self, matter: str) -> None:
        """Ask the people who decide a matter now, and tell those who no longer do."""
        await self.door.enter(kind_of(matter).recheck(matter), CLOCK)

    async def _recheck_accounts(self) -> None:
        """Check with each platform that listeners are still members."""
        for platform, directory in self.directories.items():
            await self._setbacks.alone("accounts", f"accounts:{platform}", directory.look_again)

    async def _note_unreadable_rows(self) -> None:
        """Log the rows that can't be read; everything else passes them over."""
        unreadable = frozenset(await self.door.database.look_through())
        for row in sorted(unreadable - self._unreadable):
            log.error("row.unreadable", row=row)
        self._unreadable = unreadable

    async def _tidy_up(self) -> None:
        """Delete keys of work done and codes of links that are past their use."""
        now = self.door.now()
        if await self.door.database.read(lambda store: keeping.has_leftovers(store, now)):
            await self.door.enter(keeping.forget_leftovers(), CLOCK)


class _State(NamedTuple):
    """The deadlines of a subject as they were read."""

    subject: str
    due_at: datetime | None
    moments: str
    done: str


def _state_of(one: Deadline) -> _State:
    """Return what is compared to see whether a row changed since it was last checked."""
    return _State(one.subject, one.due_at, f"{one.moments}", f"{one.done}")


def _quarter_hour(now: datetime) -> datetime:
    """Return the beginning of the quarter of an hour that `now` is in."""
    return now - (now - datetime.min.replace(tzinfo=now.tzinfo)) % A_WHILE


class Again(BaseTrigger):  # type: ignore[misc]
    """An APScheduler trigger: a fixed time after now, never a missed time, so a clock that jumps ahead makes no backlog."""

    def __init__(self, every: timedelta) -> None:
        self.every = every

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """Return when the job is due next; APScheduler calls it."""
        return now + self.every


class Clock:
    """Calls `ticks.begin` every so many seconds, never twice at once, by APScheduler; its jobs are not stored.

    APScheduler waits for a moment of the wall clock, which is too far off if that clock is set back. The event loop's own
    clock therefore checks equally often, and then makes the call at once.
    """

    def __init__(self, ticks: Ticks, seconds: float) -> None:
        self.ticks, self._every = ticks, timedelta(seconds=seconds)
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        logging.getLogger("apscheduler.executors.default").addFilter(_is_a_fault)
        self._scheduler.add_job(
            ticks.begin, Again(self._every), max_instances=1, misfire_grace_time=None, next_run_time=_utc_now()
        )
        self._watching: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Tick at once and from then on; call within a running loop."""
        self._scheduler.start()
        self._watch_the_wall_clock()

    def stop(self) -> None:
        """Call nothing more, and cancel what is under way."""
        if self._watching is not None:
            self._watching.cancel()
            self._scheduler.shutdown(wait=False)
        self.ticks.stop()

    def _watch_the_wall_clock(self) -> None:
        """Bring forward a call that the wall clock has moved too far off, and check again after one interval."""
        loop = asyncio.get_running_loop()
        self._watching = loop.call_later(self._every.total_seconds(), self._watch_the_wall_clock)
        now = _utc_now()
        for job in self._scheduler.get_jobs():
            if job.next_run_time > now + self._every:
                job.modify(next_run_time=now)


def _is_a_fault(record: logging.LogRecord) -> bool:
    """Return True if a line of APScheduler's log reports a failed tick, not one that was only cancelled."""
    return record.exc_info is None or not isinstance(record.exc_info[1], asyncio.CancelledError)


def _utc_now() -> datetime:
    return datetime.now(UTC)


async def run_for_ever(name: str, work: Callable[[], Awaitable[object]]) -> None:
    """Repeat the work after each fault until it ends normally or is cancelled; `name` is for the log and the metrics."""
    while True:
        try:
            await work()
        except Exception as error:
            WORK_FAULTS.labels(name).inc()
            log.exception("work.ended", work=name, error=type(error).__name__)
            await asyncio.sleep(PAUSE)
        else:
            return
