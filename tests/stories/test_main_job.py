"""The main job, from the command to hearing the call, through real HTTP: in Slack, also by Socket Mode alone, in Teams, and across both."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import ClientError, ClientSession

from tests.stories.conftest import a_sound_house
from tests.stories.errands import ask, card, done, ears, exchange, link, press, press_in_manage, send
from tests.stories.house import ANNA, MIXED, SLACK, TARA, TEAMS, House

pytestmark = pytest.mark.story
LARGE = 64 * 1024 * 1024  # bytes


PLACES = {"slack": SLACK, "teams": TEAMS, "from slack to teams": MIXED, "slack by sockets": SLACK}


@pytest_asyncio.fixture(params=PLACES)
async def anywhere(request: pytest.FixtureRequest, tmp_path: Path, sqlite_url: str) -> AsyncIterator[House]:
    sockets = request.param == "slack by sockets"
    async with a_sound_house(tmp_path, sqlite_url, PLACES[request.param], sockets=sockets) as opened:
        yield opened


async def test_p7_from_the_question_to_the_call(anywhere: House) -> None:
    """P7: asked, questioned, answered, approved, heard."""
    house = anywhere
    request = await ask(house)
    assert card(house, ANNA, request).offers == ["Nudge", "Withdraw"]
    assert card(house, TARA, request).offers == ["Approve", "Deny", "Ask a question"]
    assert "Anna Quill is asking to hear" in card(house, TARA, request).news

    await send(house, TARA, request, "Ask a question", "Which invoice is it about?")
    assert "Which invoice is it about?" in card(house, ANNA, request).words
    await send(house, ANNA, request, "Answer", "The one of March.")
    assert "The one of March." in card(house, TARA, request).words

    await press(house, TARA, request, "Approve")
    assert card(house, TARA, request).offers == []
    assert "You approved" in card(house, TARA, request).words
    assert card(house, ANNA, request).offers == ["Listen", "More time", "Withdraw"]
    wanted = ["access.file", "access.question", "access.answer", "access.approve"]
    assert await done(house, request) == wanted
    async with ears(house, request) as anna:
        [recording] = [one["id"] for one in (await anna.told("access"))["recordings"]]
        assert await anna.status(f"{recording}/audio", Range="bytes=0-99") == 206
    await house.steward.tick()
    assert "Open the player" not in house.somebody(ANNA).front().words


async def test_p7_p11_the_page_opens_once_seeks_and_stops_with_access(house: House, tmp_path: Path) -> None:
    """P7, P11: a link works once, what was heard is on record, and access that is taken away stops within 5 seconds."""
    with (tmp_path / "calls" / "call-0.wav").open("ab") as sound:
        sound.truncate(LARGE)
    await house.steward.tick()
    request = await ask(house)
    await press(house, TARA, request, "Approve")
    async with ClientSession() as http:
        address = await link(house, request)
        assert [(await exchange(http, address)).status for _ in range(2)] == [200, 403]
    async with ears(house, request) as anna:
        access = await anna.told("access")
        assert (access["person"], access["approved_by"]) == ("Anna Quill", "Tara Lindqvist")
        [recording] = [one["id"] for one in access["recordings"]]
        async with anna.get(f"{recording}/audio", Range="bytes=1000-1999") as part:
            told = (part.status, part.headers["Content-Range"], len(await part.read()))
            assert told == (206, f"bytes 1000-1999/{LARGE}", 1000)
        assert await anna.status(f"{int(recording) + 1}/audio") == 403
        assert (await anna.heard(recording, 0.0, 5.5))[0] == 200
        [entry] = [one for one in await house.audit() if one["action"] == "listening.part"]
        assert (entry["subject"], entry["detail"]["to_ms"], entry["detail"]["request"]) == (anna.grant, 5500, request)
        async with anna.get(f"{recording}/audio") as stream:
            got = len(await stream.content.read(65536))
            await press_in_manage(house, TARA, "Withdraw")
            with pytest.raises(ClientError):
                async with asyncio.timeout(5):
                    while more := await stream.content.read(65536):
                        got += len(more)
            assert got < LARGE
        assert [await anna.status(tail) for tail in ("access", f"{recording}/audio", f"{recording}/peaks")] == [403] * 3
    assert "access withdrawn" in card(house, ANNA, request).words
