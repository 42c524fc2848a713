"""The call in progress at the sample company, which ends when the clock leaps."""

import asyncio
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.rehearsal.live_call import LONGEST, PAUSE, OngoingCall
from tests.clocks import hurry

FIRST_OF_A_MONTH = datetime(2026, 12, 1, 2, tzinfo=UTC)


def told(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(one.read_text()) for one in sorted(folder.glob("*.json"))]


def test_it_rings_off_where_the_companys_clock_leaps_past_its_end(tmp_path: Path) -> None:
    """P10: on the first of a month that is the only call of this month, and the next draw wants one."""
    now = FIRST_OF_A_MONTH

    async def story() -> None:
        nonlocal now
        call = OngoingCall(tmp_path, lambda: now)
        call.end_overlong()  # before there is any
        task = asyncio.create_task(call.run())
        await asyncio.sleep(7.5)
        now += timedelta(seconds=LONGEST - 1)
        call.end_overlong()
        assert told(tmp_path) == []
        now += timedelta(days=30)
        call.end_overlong()
        [over] = told(tmp_path)
        assert (over["started"], over["duration"]) == ("2026-12-01T13:00:00+11:00", 7.0)
        await asyncio.sleep(PAUSE + 2)
        [next_one] = told(tmp_path / ".live")
        assert next_one["started"] == "2026-12-31T13:14:59+11:00"
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    hurry(story())
