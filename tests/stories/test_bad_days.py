"""Bad days: two bots at once, and a SIGTERM in the middle of work, which ends the program within eight seconds (A4)."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from aiohttp import ClientError, StreamReader

from bot.rehearsal.slack import Fault
from tests.ledgers import outgoing, verdict_of
from tests.moments import moment
from tests.stories.at_moment import program
from tests.stories.errands import ask, card, done, ears, press, send
from tests.stories.house import ANNA, TARA, another_call
from tests.stories.process import Town, a_town
from tests.stories.waiting import until

pytestmark = pytest.mark.story
IN_TIME = 8.0  # seconds


async def test_a_bot_that_is_told_to_stop_finishes_what_is_in_flight_and_ends_in_time(tmp_path: Path) -> None:
    """A click and a delivery are finished, and what someone hears ends at once, since it could go on for an hour."""
    async with a_town(tmp_path, f"sqlite:///{tmp_path / 'steward.db'}", bots=1, command=program()) as town:
        long: dict[str, Any] = {"crm": "CS-20000", "duration": 600.0}
        await asyncio.to_thread(another_call, tmp_path / "calls", "long", moment() - timedelta(hours=2), **long)
        request, other = await ask(town, crm="CS-20000", typed="CS-20000"), await ask(town)
        await press(town, TARA, request, "Approve")
        async with ears(town, request) as anna:
            [recording] = [one["id"] for one in (await anna.told("access"))["recordings"]]
            async with anna.get(f"{recording}/audio") as audio:
                hearing = asyncio.create_task(_heard(audio.content))
                slow = [Fault("slow", method, seconds=0.6) for method in ("users.info", "chat.update")]
                town.workspace.faults.script(slow)
                click = asyncio.create_task(town.somebody(TARA).press(card(town, TARA, other), "Approve"))
                await until(lambda: len(town.workspace.faults.unused) == 1, "the click is under way")
                began = monotonic()
                assert await town.bots[0].stop() == 0
                assert monotonic() - began < IN_TIME, town.bots[0].said
                assert await hearing < int(audio.headers["Content-Length"])
        await click
        assert "stopping.forced" not in town.bots[0].said
        rows = await town.database.read(outgoing)
        assert [row.id for row in rows if row.leased_until] == []
        assert await done(town, other) == ["access.file", "access.approve"]


async def _heard(audio: StreamReader) -> int:
    heard = 0
    with suppress(ClientError):
        while some := await audio.readany():
            heard += len(some)
    return heard


@pytest.mark.soak
async def test_p7_the_main_job_with_two_bots_on_one_postgresql(tmp_path: Path, postgresql_url: str) -> None:
    """Every click, form and look at the page goes to the other bot than the one before."""
    async with a_town(tmp_path, postgresql_url, 2) as town:
        request = await ask(town)
        await send(town, TARA, request, "Ask a question", "Which invoice is it about?")
        await send(town, ANNA, request, "Answer", "The one of March.")
        await press(town, TARA, request, "Approve")
        async with ears(town, request) as anna:
            [recording] = [one["id"] for one in (await anna.told("access"))["recordings"]]
            for bot in (*town.bots, *town.bots):
                anna.base = bot.url
                assert await anna.status(f"{recording}/audio", Range="bytes=0-99") == 206
                assert (await anna.heard(recording, 0, 2))[0] == 200
            await town.somebody(ANNA).press(card(town, ANNA, request), "Withdraw")
            for bot in town.bots:
                anna.base = bot.url
                assert await anna.status(f"{recording}/audio") == 403
        await town.settled()
        assert (card(town, ANNA, request).offers, card(town, TARA, request).offers) == (["Ask again"], [])
        await _sound(town)


async def _sound(town: Town) -> None:
    verdict = await town.database.read(verdict_of)
    assert verdict.fault == ""
    town.sound()
    assert [line for bot in town.bots for line in bot.said.splitlines() if '"level": "error"' in line] == []
