"""A2: the clock goes on whatever the wall clock does, and each part of its work goes on without the others."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial
from itertools import pairwise

import apscheduler.schedulers.base
import pytest

import bot.clockwork.ticks
from bot.clockwork.ticks import Clock
from tests.clocks import hurry

EVERY = 20.0
START = datetime(2026, 11, 24, 3, tzinfo=UTC)


class WallClock(datetime):
    """A wall clock that goes with the loop's, and is wrong by `wrong`."""

    wrong = timedelta(0)

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return (START + timedelta(seconds=asyncio.get_running_loop().time()) + cls.wrong).astimezone(tz)


@pytest.fixture(autouse=True)
def wall(monkeypatch: pytest.MonkeyPatch) -> type[WallClock]:
    monkeypatch.setattr(WallClock, "wrong", timedelta(0))
    monkeypatch.setattr(apscheduler.schedulers.base, "datetime", WallClock)
    monkeypatch.setattr(bot.clockwork.ticks, "datetime", WallClock)
    return WallClock


class Calls:
    """When which part was called, by the loop's clock."""

    def __init__(self) -> None:
        self.at: dict[str, list[float]] = {}

    async def part(self, name: str, takes: float = 0.0) -> None:
        self.at.setdefault(name, []).append(asyncio.get_running_loop().time())
        await asyncio.sleep(takes)


async def _ticking(calls: Calls, *steps: timedelta) -> None:
    clock = Clock({"due": partial(calls.part, "due")}, EVERY)
    clock.start()
    for step in (timedelta(0), *steps):
        WallClock.wrong += step
        await asyncio.sleep(3 * EVERY)
    clock.stop()
    stopped = len(calls.at["due"])
    await asyncio.sleep(3 * EVERY)
    assert len(calls.at["due"]) == stopped, "nothing is called after its end"


def test_it_calls_at_once_and_then_regularly() -> None:
    hurry(_ticking(calls := Calls()))
    assert calls.at["due"] == pytest.approx([0, 20, 40], abs=0.1)


def test_a_wall_clock_that_steps_back_and_on_stops_nothing() -> None:
    hurry(_ticking(calls := Calls(), -timedelta(hours=1), timedelta(hours=1)))
    assert max(after - before for before, after in pairwise(calls.at["due"])) <= 3 * EVERY


async def _one_takes_long(calls: Calls) -> None:
    clock = Clock({"slow": partial(calls.part, "slow", 3600.0), "due": partial(calls.part, "due")}, EVERY)
    clock.start()
    await asyncio.sleep(6 * EVERY)
    clock.stop()


def test_a_part_that_takes_long_is_called_once_and_holds_up_no_other() -> None:
    hurry(_one_takes_long(calls := Calls()))
    assert (len(calls.at["slow"]), len(calls.at["due"])) == (1, 6)


def test_a_part_that_fails_is_told_all_the_same(caplog: pytest.LogCaptureFixture) -> None:
    async def failing() -> None:
        raise RuntimeError("x")

    async def failed() -> None:
        clock = Clock({"failing": failing}, EVERY)
        clock.start()
        await asyncio.sleep(1)
        clock.stop()

    hurry(failed())
    assert [one.levelname for one in caplog.records] == ["ERROR"]
