"""A2: the clock goes on, each part of its work goes on without the others, and a tick with nothing new asks next to nothing."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from pathlib import Path

import apscheduler.schedulers.base
import pytest

import bot.clockwork.ticks
from bot.app import Steward
from bot.clockwork.ticks import UNKNOWN, Ticks
from bot.clockwork.ticks import Clock as TickClock
from bot.recorders import looking
from bot.settings.config import Given, read_policy
from storage.database.store import Database
from tests.clocks import hurry, ticks
from tests.handlers.builders import Clock, Company, approved, ask, meet_everybody
from tests.handlers.test_statements import asked
from tests.keys import KEY
from tests.moments import NOW
from tests.stories.house import ROOT, sample_calls

EVERY = 20.0


START = datetime(2026, 11, 24, 3, tzinfo=UTC)


class WallClock(datetime):
    """A wall clock that goes with the loop's, and is wrong by `wrong`."""

    wrong = timedelta(0)

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return (START + timedelta(seconds=asyncio.get_running_loop().time()) + cls.wrong).astimezone(tz)


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> type[WallClock]:
    monkeypatch.setattr(WallClock, "wrong", timedelta(0))
    monkeypatch.setattr(apscheduler.schedulers.base, "datetime", WallClock)
    monkeypatch.setattr(bot.clockwork.ticks, "datetime", WallClock)
    return WallClock


class Calls(Ticks):
    """Parts that only note when they were called, by the loop's clock; `slow` takes an hour."""

    def __init__(self) -> None:
        self.at: dict[str, list[float]] = {"slow": [], "due": []}
        self._going: dict[str, asyncio.Task[None]] = {}

    async def _parts_to_wake(self) -> list[tuple[str, int]]:
        return [(name, UNKNOWN) for name in self.at]

    async def part(self, name: str, entries: int = UNKNOWN) -> None:
        self.at[name].append(asyncio.get_running_loop().time())
        await asyncio.sleep(3600.0 * (name == "slow"))


async def _ticking(calls: Calls, *steps: timedelta) -> None:
    clock = TickClock(calls, EVERY)
    clock.start()
    for step in (timedelta(0), *steps):
        WallClock.wrong += step
        await asyncio.sleep(3 * EVERY - 1)
    clock.stop()
    stopped = len(calls.at["due"])
    await asyncio.sleep(3 * EVERY)
    assert len(calls.at["due"]) == stopped, "nothing is called after its end"


@pytest.mark.usefixtures("wall")
def test_each_part_is_called_at_once_and_then_regularly_and_one_that_takes_long_holds_up_no_other() -> None:
    """And once the clock stops, nothing is called any more."""
    hurry(_ticking(calls := Calls()))
    assert calls.at == {"slow": pytest.approx([0], abs=0.1), "due": pytest.approx([0, 20, 40], abs=0.1)}


@pytest.mark.usefixtures("wall")
def test_a_wall_clock_that_steps_back_and_on_stops_nothing() -> None:
    hurry(_ticking(calls := Calls(), -timedelta(hours=1), timedelta(hours=1)))
    assert max(after - before for before, after in pairwise(calls.at["due"])) <= 3 * EVERY


async def _idle(steward: Steward, company: Company) -> list[str]:
    """What a tick asks in which nobody does anything, after all was looked at."""
    for _ in range(3):
        await steward.tick()
        await steward.proof.finish()
    with asked(company.database) as idle:
        await steward.tick()
    return idle


async def test_an_idle_tick_asks_the_same_few_things_whatever_is_stored(
    database: Database, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {"database_url": sqlite_url, "recordings_url": f"file://{tmp_path}", "secret_key": KEY}
    clock = Clock()
    steward = Steward(Given.model_validate(told), read_policy(ROOT / "policy.yaml"), clock)
    steward.build()
    await steward.open()
    steward.clock.confirm()
    await steward.policy_of_the_day.look()
    company = Company(steward.door, clock, await meet_everybody(steward.door))
    empty = await _idle(steward, company)
    sample_calls(tmp_path, NOW, 30)
    await steward.tick()
    for number in range(1, 30):
        await (approved if number % 2 else ask)(company, company.anna, calls=(number, number + 1), crm=f"CS-{number}")
    later = time.monotonic() + 2 * looking.AN_HOUR
    monkeypatch.setattr(steward.recorder, "_seconds", lambda: later)  # long after the last call was recorded
    await steward.tick()
    lived_in = await _idle(steward, company)
    await steward.stop()
    assert empty == lived_in
    assert len(lived_in) == 3, "\n\n".join(lived_in)


async def test_a_part_looks_again_when_the_log_has_grown_when_it_said_so_and_after_a_while(company: Company) -> None:
    clock, looks = ticks(company), list[timedelta]()

    async def look() -> object:
        looks.append(company.clock.now - NOW)
        return company.clock.now + timedelta(minutes=2) if len(looks) == 1 else None

    clock._work = {"deciders": look}
    for minutes, wanted in ((0, 1), (1, 1), (1, 2), (1, 2), (14, 3), (0, 3)):
        company.clock.pass_(minutes=minutes)
        await clock.tick()
        assert len(looks) == wanted, looks
    await ask(company, company.anna)
    await clock.tick()
    assert len(looks) == 4
