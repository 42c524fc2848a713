"""What failed lately is remembered as long as somebody asks for it, and no longer."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from bot.setbacks import FIRST_WAIT, LONGEST_WAIT, Setbacks
from tests.clocks import Seconds

Logs = list[MutableMapping[str, Any]]


async def fails() -> None:
    raise ValueError


async def test_what_failed_and_is_not_asked_for_again_is_forgotten(logs: Logs) -> None:
    seconds = Seconds()
    setbacks = Setbacks(seconds)
    for number in range(100):
        await setbacks.alone("deciders", f"recheck:R-{number}", fails)
    seconds.now += FIRST_WAIT + LONGEST_WAIT
    await setbacks.alone("deciders", "recheck:R-NEW", fails)
    assert list(setbacks._failed) == ["recheck:R-NEW"]
    assert [one["tries"] for one in logs] == [1] * 101


async def test_what_is_asked_for_with_each_tick_is_remembered(logs: Logs) -> None:
    seconds = Seconds()
    setbacks = Setbacks(seconds)
    for _ in range(24 * 60):
        await setbacks.alone("deadlines", "access.end:R-NEVER", fails)
        seconds.now += 60.0
    assert [one["tries"] for one in logs] == [*range(1, len(logs) + 1)]
    assert 24 <= len(logs) <= 24 + 8
