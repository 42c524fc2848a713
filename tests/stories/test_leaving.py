"""A4: SIGTERM ends the program within eight seconds, whoever listens, and whether anybody answers or not."""

from __future__ import annotations

import asyncio
import json
import wave
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from time import monotonic

import pytest
from aiohttp import ClientError, StreamReader

from tests.moments import moment
from tests.silence import a_line
from tests.stories.at_moment import program
from tests.stories.errands import ask, ears, press
from tests.stories.house import ANNA, AU, TARA
from tests.stories.process import Bot, a_town

pytestmark = pytest.mark.story
IN_TIME = 8.0  # seconds


async def leaves(bot: Bot) -> int:
    """Ask it to stop; its exit code, which must come in time."""
    began = monotonic()
    code = await bot.stop()
    assert monotonic() - began < IN_TIME, bot.said
    assert "stopping.forced" not in bot.said
    return code


def a_long_call(folder: Path) -> None:
    """A call of ten minutes, which nobody hears to its end here."""
    folder.mkdir()
    with wave.open(str(folder / "long.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(2 * 8000 * 600))
    told = {
        "line": AU, "direction": "incoming", "caller": "+61 412 345 699", "department": "customer_success",
        "operator": {"name": "Bram Tolliver", "email": "bram.tolliver@fernhill.example"}, "duration": 600.0,
        "started": (moment() - timedelta(hours=2)).isoformat(), "crm": "CS-20000",
    }  # fmt: skip
    (folder / "long.json").write_text(json.dumps(told))


@pytest.mark.parametrize(
    "takes", [True, pytest.param(False, marks=pytest.mark.soak)], ids=["takes it", "takes nothing more"]
)
async def test_with_somebody_who_listens(tmp_path: Path, takes: bool) -> None:
    """Their audio ends at once, since it could go on for an hour; it took 22 seconds."""
    await asyncio.to_thread(a_long_call, tmp_path / "calls")
    async with a_town(tmp_path, f"sqlite:///{tmp_path / 'steward.db'}", bots=1, command=program()) as town:
        request = await ask(town, crm="CS-20000", typed="CS-20000")
        await press(town, TARA, request, "Approve")
        async with ears(town, request) as anna:
            [recording] = [one["id"] for one in (await anna.told("access"))["recordings"]]
            async with anna.get(f"{recording}/audio") as audio:
                assert audio.status == 200
                hearing = asyncio.create_task(_heard(audio.content)) if takes else None
                await asyncio.sleep(0.5)
                assert await leaves(town.bots[0]) == 0
                if hearing is not None:
                    assert await hearing < 2 * 8000 * 600


async def _heard(audio: StreamReader) -> int:
    heard = 0
    with suppress(ClientError):
        while some := await audio.readany():
            heard += len(some)
    return heard


@pytest.mark.soak
async def test_with_a_silent_database(tmp_path: Path, postgresql_url: str) -> None:
    async with a_line(postgresql_url) as (line, url), a_town(tmp_path, url, bots=1, command=program()) as town:
        await ask(town)
        line.fall_silent(for_new_ones=True)
        click = asyncio.create_task(town.somebody(ANNA).arrive())
        await asyncio.sleep(1.0)
        await leaves(town.bots[0])
        click.cancel()
        await asyncio.gather(click, return_exceptions=True)
        line.mend()
