"""The clock: APScheduler as a ticker and nothing more; what is due stands in the database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from handlers import DUE
from handlers.access.intents import Recheck
from handlers.door import CLOCK, Door
from handlers.tidying import Tidy, untidy


def ticker(tick: Callable[[], Awaitable[None]], seconds: float) -> AsyncIOScheduler:
    """A scheduler that calls `tick` every so many seconds, never twice at once, and keeps nothing on disk."""
    scheduler = AsyncIOScheduler(timezone="UTC")
    scheduler.add_job(tick, "interval", seconds=seconds, max_instances=1, coalesce=True, misfire_grace_time=None)
    return scheduler


async def act_on_due(door: Door) -> int:
    """Do everything whose time has come, late or not, and return how much it was."""
    done = 0
    while due := await door.database.read(
        lambda store: [(one.kind, one.subject) for one in store.outbox.due(door.now(), 100)]
    ):
        for kind, subject in due:
            await door.enter(DUE[kind](subject), CLOCK)
        done += len(due)
    await _tidy(door)
    return done


async def recheck(door: Door) -> None:
    """See whether those who were asked still decide: absences begin with a day, offices change with the policy."""
    for request in await door.database.read(lambda store: store.requests.open_ids()):
        await door.enter(Recheck(request), CLOCK)


async def _tidy(door: Door) -> None:
    now = door.now()
    if await door.database.read(lambda store: untidy(store, now)):
        await door.enter(Tidy(), CLOCK)
