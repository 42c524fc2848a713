"""A4: each stage of leaving has its share, what it does not need goes to the next, and none keeps another from coming."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, MutableMapping
from typing import Any

import pytest

from bot.leaving import Leaving, for_certain
from tests.clocks import hurry

Logs = list[MutableMapping[str, Any]]


async def _takes(seconds: float) -> None:
    await asyncio.sleep(seconds)


def _stages(*stages: tuple[str, float, float]) -> list[float]:
    """When each stage ended, of stages by name, seconds that it would take, and seconds that it keeps for others."""
    ends: list[float] = []

    async def leave() -> None:
        loop = asyncio.get_running_loop()
        leaving = Leaving(7.0, loop.time)
        for name, takes, keep in stages:
            await leaving.stage(name, lambda takes=takes: _takes(takes), keep)  # type: ignore[misc]
            ends.append(loop.time())

    hurry(leave())
    return ends


def test_what_one_does_not_need_the_next_ones_have() -> None:
    assert _stages(("a", 1.0, 5.0), ("b", 3.5, 1.0), ("c", 99.0, 0.0)) == pytest.approx([1.0, 4.5, 7.0], abs=0.1)


def test_one_that_hangs_is_cut_short_and_the_next_ones_have_theirs(logs: Logs) -> None:
    assert _stages(("a", 99.0, 5.0), ("b", 99.0, 1.0), ("c", 0.5, 0.0)) == pytest.approx([2.0, 6.0, 6.5], abs=0.1)
    assert [(one["event"], one["stage"]) for one in logs] == [("stopping.cut_short", "a"), ("stopping.cut_short", "b")]


def test_one_that_does_not_end_when_it_is_told_to_keeps_no_other_from_coming(logs: Logs) -> None:
    """Whoever waits for a silent server may not: the stage waited on, and the program was ended by force (A4)."""

    async def leave() -> float:
        loop, over = asyncio.get_running_loop(), asyncio.Event()

        async def stubborn() -> None:
            try:
                await asyncio.sleep(99)
            finally:
                await over.wait()

        leaving = Leaving(7.0, loop.time)
        await leaving.stage("a", stubborn, keep=5.0)
        await leaving.stage("b", lambda: _takes(0.5))
        over.set()
        return loop.time()

    assert hurry(leave()) == pytest.approx(2.5, abs=0.1)
    assert [(one["event"], one["stage"]) for one in logs] == [("stopping.cut_short", "a")]


def test_one_that_breaks_keeps_no_other_from_coming(logs: Logs) -> None:
    async def leave() -> str:
        await Leaving().stage("a", _breaks)
        return "came"

    assert hurry(leave()) == "came"
    assert [(one["event"], one["error"]) for one in logs] == [("stopping.fault", "ZeroDivisionError")]


async def _breaks() -> None:
    raise ZeroDivisionError


def test_whatever_hangs_the_process_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a thread of its own, since a disk that hangs holds threads that asyncio waits for."""
    ended: list[int] = []
    made: list[Callable[[], None]] = []

    class Timer:
        daemon = False

        def __init__(self, seconds: float, work: Callable[[], None]) -> None:
            assert seconds <= 8.0
            made.append(work)

        def start(self) -> None:
            assert self.daemon, "nobody waits for it"

    monkeypatch.setattr(threading, "Timer", Timer)
    monkeypatch.setattr(os, "_exit", ended.append)
    for_certain()
    [work] = made
    work()
    assert ended == [1]
