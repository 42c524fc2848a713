"""Bad days: a locked database, two bots at once, and a SIGTERM in the middle of work, which ends the program within eight seconds (A4)."""

from __future__ import annotations

import asyncio
import json
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from time import monotonic

import pytest
from aiohttp import ClientError, StreamReader
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.chats.desk import NOT_NOW
from bot.rehearsal.slack import Fault, Person
from storage.database.store import Database
from tests.ledgers import outgoing
from tests.moments import moment
from tests.patience import at_its_own_pace
from tests.stories.at_moment import program
from tests.stories.errands import ask, card, done, ears, press, requests, send
from tests.stories.house import ANNA, AU, TARA, House
from tests.stories.on_slack import open_form
from tests.stories.places import MIXED, SLACK, Place
from tests.stories.process import Bot, Town, a_town
from tests.stories.waiting import found, until

pytestmark = pytest.mark.story


async def filled(me: Person) -> dict[str, object]:
    offered = await found(lambda: me.options("Which calls?"))
    answers = {"Why do you need it?": "complaint", "CRM request reference": "CS-1", "What is it for?": "A complaint."}
    return {**answers, "Which calls?": [offered[0]["value"]]}


@asynccontextmanager
async def locked(database_url: str) -> AsyncIterator[None]:
    """Another connection writes, and takes long."""
    other = Database(database_url)
    async with AsyncSession(other.writers) as session:
        await session.execute(text("UPDATE audit_head SET seq = seq"))
        yield
    await other.close()


async def test_the_form_opens_and_loses_nothing_while_the_database_is_locked(house: House, database_url: str) -> None:
    with at_its_own_pace():
        async with locked(database_url):
            me = await open_form(house.person(ANNA))
            [said] = await me.options("Which calls?")
            assert said["text"]["text"] == NOT_NOW.label
        answers = await filled(me)
        async with locked(database_url):
            await me.submit(answers)
            assert "This is taking longer than usual" in str(me.modal)
    assert (await me.submit({})).ok
    await house.settled()
    [request] = requests(house, ANNA)
    assert await done(house, request) == ["access.file"]


@pytest.mark.soak
async def test_a_bot_process_finishes_what_is_in_flight_when_it_is_told_to_stop(tmp_path: Path) -> None:
    """SIGTERM in the middle of a click and of a delivery: both are finished, and it exits with 0."""
    async with a_town(tmp_path, f"sqlite:///{tmp_path / 'steward.db'}", bots=1, command=program()) as town:
        request = await ask(town)
        town.workspace.faults.script([Fault("slow", method, seconds=0.6) for method in ("users.info", "chat.update")])
        click = asyncio.create_task(town.somebody(TARA).press(card(town, TARA, request), "Approve"))
        await until(lambda: len(town.workspace.faults.unused) == 1, "the click is under way")
        assert await town.bots[0].stop() == 0
        await click
        rows = await town.database.read(outgoing)
        assert [row.id for row in rows if row.leased_until] == []
        assert await done(town, request) == ["access.file", "access.approve"]


@pytest.mark.soak
@pytest.mark.parametrize("place", [SLACK, MIXED], ids=["slack", "mixed"])
async def test_p7_the_same_with_two_bots_on_one_postgresql(tmp_path: Path, postgresql_url: str, place: Place) -> None:
    """Every click, form and look at the page goes to the other bot than the one before."""
    async with a_town(tmp_path, postgresql_url, 2, place) as town:
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
        assert (card(town, ANNA, request).buttons, card(town, TARA, request).buttons) == (
            ["Details", "Ask again"],
            ["Details"],
        )
        await town_is_sound(town)


async def town_is_sound(town: Town) -> None:
    verdict = await town.database.read(lambda store: store.audit.verify())
    assert verdict.fault == ""
    town.sound()
    assert [line for bot in town.bots for line in bot.said.splitlines() if '"level": "error"' in line] == []


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


async def test_a_bot_that_is_told_to_stop_while_someone_listens_ends_in_time(tmp_path: Path) -> None:
    """Their audio ends at once, since it could go on for an hour; it took 22 seconds."""
    await asyncio.to_thread(a_long_call, tmp_path / "calls")
    async with a_town(tmp_path, f"sqlite:///{tmp_path / 'steward.db'}", bots=1, command=program()) as town:
        request = await ask(town, crm="CS-20000", typed="CS-20000")
        await press(town, TARA, request, "Approve")
        async with ears(town, request) as anna:
            [recording] = [one["id"] for one in (await anna.told("access"))["recordings"]]
            async with anna.get(f"{recording}/audio") as audio:
                assert audio.status == 200
                hearing = asyncio.create_task(_heard(audio.content))
                await asyncio.sleep(0.5)
                assert await leaves(town.bots[0]) == 0
                assert await hearing < 2 * 8000 * 600


async def _heard(audio: StreamReader) -> int:
    heard = 0
    with suppress(ClientError):
        while some := await audio.readany():
            heard += len(some)
    return heard
