"""What the clock asks for, part by part: whatever fails, fails alone, is logged and counted, and is tried again later."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import Literal, NamedTuple

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from bot.chats.directory import Directory
from bot.clockwork.trusted_clock import PARTS_WAIT, WAIT
from bot.measures import TICK_FAULTS, WORK_FAULTS
from bot.ports import Unavailable
from bot.retention.recording_sync import RecordingSync
from bot.setbacks import Setbacks, Work
from bot.web.listening import forget_late_codes
from handlers import DUE, MATTERS, keeping, matter_of
from handlers.acting import CLOCK
from handlers.door import Door
from handlers.keeping import untidy
from handlers.rules.access import company_day
from storage.database.store import DatabaseDown, Store
from storage.deadlines import Deadline
from storage.vouching import row_alone

log = structlog.get_logger()
AT_ONCE = 100
PAUSE = 5.0  # seconds until it starts again


class Ticks:
    """All that is done by the clock. `seconds` counts and never goes back; `more` is done after the rest, by name.

    What can't be undone is only done while the clock is `trusted`.
    """

    def __init__(
        self, door: Door, register: RecordingSync, directories: Mapping[str, Directory],
        seconds: Callable[[], float] = time.monotonic,
        more: Mapping[str, Work] = MappingProxyType({}), trusted: Callable[[], bool] = lambda: True,
    ) -> None:  # fmt: skip
        self.door, self.register, self.directories, self.seconds = door, register, directories, seconds
        self.trusted = trusted
        self._setbacks = Setbacks(seconds)
        self._checked: tuple[date, tuple[int, int], frozenset[str], tuple[int, int]] | None = None
        self._unchecked: dict[str, None] = {}
        self._by_hand: frozenset[_State] = frozenset()
        self._unreadable: frozenset[str] = frozenset()
        self._work: Mapping[str, Work] = {
            "deadlines": self._deadlines, "deciders": self._deciders, "accounts": self._accounts,
            "recordings": self.register.sync, "asked for": self.register.identify, "tidying": self._tidying, "rows": self._rows,
            "codes": partial(forget_late_codes, door),
            **more,
        }  # fmt: skip
        for name in self._work:
            TICK_FAULTS.labels(name)  # begins at 0: Prometheus sees no increase of what it did not see before
        self._one_at_a_time = {name: asyncio.Lock() for name in self._work}
        self._got_on = dict.fromkeys(self._work, seconds())
        self.parts: Mapping[str, Callable[[], Awaitable[None]]] = {
            name: partial(self.part, name) for name in self._work
        }

    def age(self, part: str = "deadlines") -> float:
        """Seconds since a part last got on."""
        return self.seconds() - self._got_on[part]

    def ages(self) -> dict[str, float]:
        """The same of each part, by name: one that hangs, or fails each time, grows older."""
        return {name: self.age(name) for name in self._work}

    async def tick(self) -> None:
        """Every part once, one after the other; raises nothing."""
        for name in self._work:
            await self.part(name)

    async def part(self, name: str) -> None:
        """One part; raises nothing."""
        async with self._one_at_a_time[name]:
            try:
                if name not in PARTS_WAIT or self.trusted():
                    await self._work[name]()
            except (DatabaseDown, Unavailable) as error:
                log.warning("tick.later", part=name, why=str(error))
            except Exception as error:
                TICK_FAULTS.labels(name).inc()
                log.exception("tick.fault", part=name, error=type(error).__name__)
            else:
                self._got_on[name] = self.seconds()

    async def _deadlines(self) -> None:
        """Do everything whose time has come, late or not. What is of an unknown kind waits for the version that knows it."""
        last, found = None, set[_State]()
        while due := await self._due(last):
            by_hand = await self.door.database.read(partial(self._put_by_hand, due=due))
            found |= by_hand
            for one in due:
                if _state(one) in by_hand:
                    continue
                work = partial(self.door.enter, DUE[one.kind](one.subject), CLOCK, due=one.key)
                await self._setbacks.alone("deadlines", one.key, work)
                self._got_on["deadlines"] = self.seconds()
            last = due[-1]
        if found - self._by_hand:
            log.error("deadlines.by_hand", deadlines=sorted(one.key for one in found - self._by_hand))
        self._by_hand = frozenset(found)

    def _put_by_hand(self, store: Store, due: Sequence[Deadline]) -> set[_State]:
        """Those that somebody changed or put in by hand, asked once for each state: they wait until they are put right."""
        states = {row_alone(Deadline, kind=one.kind, subject=one.subject): _state(one) for one in due}
        known = self._by_hand.intersection(states.values())
        asked = {row for row, one in states.items() if one not in known}
        astray = store.not_as_left(self.door.keys.log_seal, asked)
        return {*known, *(states[row] for row in astray)}

    async def _due(self, after: Deadline | None) -> list[Deadline]:
        now, kinds = self.door.now(), DUE.keys() - (() if self.trusted() else WAIT)
        return await self.door.database.read(lambda store: store.deadlines.due(now, kinds, AT_ONCE, after))

    async def _deciders(self) -> None:
        """With each of the company's days, with each change of absences, outages and of who is there, and at the start: whether
        those who were asked still decide, and what was drawn is still to be reviewed.

        What nobody may decide is looked at each time: anyone who is there again may.
        """
        policy = self.door.policy
        today, people = company_day(policy, self.door.now()), policy.roles.everybody() | set(policy.customers.handlers)
        # Before what waits is read, so that an absence that comes in between is looked at with the next tick.
        seen = await self.door.database.read(
            lambda store: (
                today,
                store.absences.revision(),
                store.people.there(people),
                store.outages.revision(),
            )
        )
        if seen != self._checked and await self._all_found("waiting"):
            self._checked = seen
        await self._all_found("stuck")
        for matter in list(self._unchecked):
            work = partial(self.door.enter, matter_of(matter).recheck(matter), CLOCK)
            if await self._setbacks.alone("deciders", f"recheck:{matter}", work):
                del self._unchecked[matter]

    async def _all_found(self, which: Literal["waiting", "stuck"]) -> bool:
        """Whether every kind of matter could be looked through; one that can't be keeps no other from it."""
        looks = [
            await self._setbacks.alone("deciders", f"{which}:{kind.prefix}", partial(self._find, getattr(kind, which)))
            for kind in MATTERS
        ]
        return all(looks)

    async def _find(self, look: Callable[[Store], Sequence[str]]) -> None:
        self._unchecked |= dict.fromkeys(await self.door.database.read(look))

    async def _accounts(self) -> None:
        """Whether listeners are still members, by each platform's word."""
        for platform, directory in self.directories.items():
            await self._setbacks.alone("accounts", f"accounts:{platform}", directory.look_again)

    async def _rows(self) -> None:
        """What of the database can't be read, and is left out of everything else."""
        found = frozenset(await self.door.database.look_through())
        for row in sorted(found - self._unreadable):
            log.error("row.unreadable", row=row)
        self._unreadable = found

    async def _tidying(self) -> None:
        now = self.door.now()
        if await self.door.database.read(lambda store: untidy(store, now)):
            await self.door.enter(keeping.tidy(), CLOCK)


class _State(NamedTuple):
    """A deadline as it was read."""

    key: str
    due_at: datetime


def _state(one: Deadline) -> _State:
    return _State(one.key, one.due_at)


class Again(BaseTrigger):  # type: ignore[misc]
    """So long after now, and never at a time that was missed: a wall clock that steps ahead by years makes no backlog."""

    def __init__(self, every: timedelta) -> None:
        self.every = every

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """As APScheduler asks for it."""
        return now + self.every


class Clock:
    """Calls each of `parts` every so many seconds, none of them twice at once; keeps nothing on disk.

    APScheduler waits for a moment of the wall clock. Where that is stepped back, the moment lies further ahead than it
    ever should, which is looked at as often by the event loop's clock, and the call is made at once.
    """

    def __init__(self, parts: Mapping[str, Callable[[], Awaitable[None]]], seconds: float) -> None:
        self._every = timedelta(seconds=seconds)
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        logging.getLogger("apscheduler.executors.default").addFilter(_is_a_fault)
        for name, part in parts.items():
            self._scheduler.add_job(
                part, Again(self._every), id=name, max_instances=1, misfire_grace_time=None, next_run_time=_now()
            )
        self._watching: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Call each part at once, and from then on; within a running loop."""
        self._scheduler.start()
        self._watch()

    def stop(self) -> None:
        """Call nothing more; a call under way is cancelled."""
        if self._watching is not None:
            self._watching.cancel()
            self._scheduler.shutdown(wait=False)

    def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        self._watching = loop.call_later(self._every.total_seconds(), self._watch)
        now = _now()
        for job in self._scheduler.get_jobs():
            if job.next_run_time > now + self._every:
                job.modify(next_run_time=now)


def _is_a_fault(record: logging.LogRecord) -> bool:
    """What APScheduler tells of a part that failed; one that was cancelled was only stopped."""
    return record.exc_info is None or not isinstance(record.exc_info[1], asyncio.CancelledError)


def _now() -> datetime:
    return datetime.now(UTC)


async def unending(name: str, work: Callable[[], Awaitable[object]]) -> None:
    """Do it until it ends by itself or is cancelled; `name` is in the log and in the metrics."""
    while True:
        try:
            await work()
        except Exception as error:
            WORK_FAULTS.labels(name).inc()
            log.exception("work.ended", work=name, error=type(error).__name__)
            await asyncio.sleep(PAUSE)
        else:
            return
