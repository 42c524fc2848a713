"""The clock: APScheduler calls, a clock that only goes on watches it, and what is due stands in the database."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger


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
