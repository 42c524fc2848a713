"""A day on which three erasures are unusual, for the tests of what stops and who agrees."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from handlers.acting import Visitor
from handlers.policy import Policy
from handlers.policy.terms import Breaker
from handlers.stopped_runs.intents import Agree
from storage.database.store import Store
from storage.tables.erasures import Erasure, StoppedRun
from tests.erasing import Archive
from tests.handlers.builders import POLICY, UK, words_for
from tests.moments import NOW

MOMENT = datetime(2027, 11, 24, 3, tzinfo=UTC)  # twelve months after NOW; 14:00 in Sydney
EVENING = datetime(2027, 11, 24, 12, 59, tzinfo=UTC)  # 23:59 in Sydney


def small(policy: Policy = POLICY) -> Policy:
    """The policy of a company where three erasures a day may be unusual."""
    breaker = Breaker(least=2, percent=30, times_usual=5)
    return policy.model_copy(update={"retention": policy.retention.model_copy(update={"breaker": breaker})})


async def three(archive: Archive) -> list[int]:
    """Three calls of one day: two that have their moment at once, and one in the evening."""
    calls = [await archive.record(name, audio=name.encode()) for name in ("one", "two")]
    archive.until(NOW, hours=3)
    return [*calls, await archive.record("late", NOW + timedelta(hours=2), line=UK, audio=b"late")]


async def stopped(archive: Archive) -> StoppedRun:
    """The only run that stopped."""
    [run] = await runs(archive)
    return run


async def told(archive: Archive, who: Visitor) -> list[str]:
    """What somebody is told, but for the calls of the builders, which this recorder never had."""
    return [one for one in await words_for(archive.company, who) if "vanished" not in one]


async def runs(archive: Archive) -> list[StoppedRun]:
    """All of them, the oldest first."""
    query = StoppedRun.asked_at, StoppedRun.highest
    return await archive.company.database.read(lambda store: store.session.query(StoppedRun).order_by(*query).all())


async def states(archive: Archive) -> list[str]:
    """How each erasure stands, by call."""

    def read(store: Store) -> list[str]:
        return [one.state for one in store.session.query(Erasure).order_by(Erasure.recording_id)]

    return await archive.company.database.read(read)


async def two_a_day(archive: Archive, days: int) -> None:
    """On so many of the days before `MOMENT`, two calls were erased."""

    def erased(store: Store) -> None:
        for back in range(1, days + 1):
            for place in (0, 1):
                at, name = MOMENT - timedelta(days=back), f"E-{back}-{place}"
                told: dict[str, Any] = dict.fromkeys(("moment", "closed_at", "next_at", "erased_at"), at)
                call = archive.company.calls[place]
                store.erasures.begin(Erasure(id=name, recording_id=call, why="retention", state="erased", **told))

    await archive.company.database.write(erased)


async def at_the_moment(archive: Archive) -> str:
    """Three calls' day has come, and it stopped; the run's id."""
    await three(archive)
    archive.until(MOMENT)
    await archive.tick()
    return (await stopped(archive)).id


async def agree(archive: Archive, run: str, *people: Visitor) -> None:
    """These agree, one after the other."""
    for one in people:
        await archive.company.door.enter(Agree(run), one)
