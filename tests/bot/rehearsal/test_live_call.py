"""The call that goes on in the sample company: it rings off where the clock leaps, and no two sound alike to the byte."""

import asyncio
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.rehearsal.calls import scripts
from bot.rehearsal.live_call import LONGEST, PAUSE, OngoingCall, titled
from tests.clocks import hurry

FIRST_OF_A_MONTH = datetime(2026, 12, 1, 2, tzinfo=UTC)


def told(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(one.read_text()) for one in sorted(folder.glob("*.json"))]


async def goes_on(call: OngoingCall, seconds: float) -> asyncio.Task[None]:
    task = asyncio.create_task(call.run())
    await asyncio.sleep(seconds)
    return task


async def ends(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def test_it_rings_off_where_the_companys_clock_leaps_past_its_end(tmp_path: Path) -> None:
    """P10: on the first of a month that is the only call of this month, and the next draw wants one."""
    now = FIRST_OF_A_MONTH

    async def story() -> None:
        nonlocal now
        call = OngoingCall(tmp_path, lambda: now)
        call.leapt()  # before there is any
        task = await goes_on(call, 7.5)
        now += timedelta(seconds=LONGEST - 1)
        call.leapt()
        assert told(tmp_path) == []
        now += timedelta(days=30)
        call.leapt()
        [over] = told(tmp_path)
        assert (over["started"], over["duration"]) == ("2026-12-01T13:00:00+11:00", 7.0)
        await asyncio.sleep(PAUSE + 2)
        [next_one] = told(tmp_path / ".live")
        assert next_one["started"] == "2026-12-31T13:14:59+11:00"
        await ends(task)

    hurry(story())


def test_a_title_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    audio = scripts()[0].audio.read_bytes()
    again = titled(titled(audio, "one"), "another")
    assert again == titled(audio, "another")
    assert (again.count(b"ID3"), b"another" in again, b"one" in again[:30]) == (1, True, False)
    bare = audio[audio.index(b"\xff") :]
    assert titled(bare, "one").endswith(bare)
