"""The main job, from the command to hearing the call, through real HTTP: in Slack, in Teams, and across both."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from aiohttp import ClientError, ClientSession

from tests.stories.errands import ask, card, done, ears, exchange, link, press, press_in_manage, send
from tests.stories.house import ANNA, TARA, House

pytestmark = pytest.mark.story
IN_SLACK = ("slack-sqlite", pytest.param("slack-postgresql", marks=pytest.mark.soak))


@pytest.fixture
def house(anywhere: House) -> House:
    return anywhere


async def approved(house: House) -> str:
    """A request of Anna's that Tara has approved."""
    request = await ask(house)
    await press(house, TARA, request, "Approve")
    return request


@pytest.mark.parametrize("ground", IN_SLACK, indirect=True)
async def test_p7_from_the_question_to_the_call(house: House) -> None:
    await from_the_question_to_the_call(house)


@pytest.mark.parametrize("ground", ["teams-sqlite", "mixed-sqlite"], indirect=True)
async def test_p7_so_it_goes_in_teams_and_from_slack_to_teams(house: House) -> None:
    await from_the_question_to_the_call(house)


async def from_the_question_to_the_call(house: House) -> None:
    """P7: asked, questioned, answered, approved, heard."""
    request = await ask(house)
    assert card(house, ANNA, request).offers == ["Nudge", "Withdraw"]
    assert card(house, TARA, request).offers == ["Approve", "Deny", "Ask a question"]
    assert "Anna Quill is asking you" in card(house, TARA, request).news

    await send(house, TARA, request, "Ask a question", "Which invoice is it about?")
    assert "Which invoice is it about?" in card(house, ANNA, request).words
    await send(house, ANNA, request, "Answer", "The one of March.")
    assert "The one of March." in card(house, TARA, request).words

    await press(house, TARA, request, "Approve")
    assert card(house, TARA, request).offers == []
    assert "approved by you" in card(house, TARA, request).words
    assert card(house, ANNA, request).offers == ["Listen", "More time", "Withdraw"]
    wanted = ["access.file", "access.question", "access.answer", "access.approve"]
    assert await done(house, request) == wanted
    async with ears(house, request) as anna:
        [recording] = [one["id"] for one in (await anna.told("access"))["recordings"]]
        assert await anna.status(f"{recording}/audio", Range="bytes=0-99") == 206


@pytest.mark.parametrize("ground", ["slack-sqlite", "teams-sqlite"], indirect=True)
async def test_p7_a_nudge_and_more_time(house: House) -> None:
    """P7: the approver is reminded once a day, and gives seven more days with one press."""
    request = await ask(house)
    for _ in range(2):
        await press(house, ANNA, request, "Nudge")
    *_, told = house.somebody(ANNA).whispers()
    assert told.startswith("You have already sent a reminder today. You can send another ")
    await press(house, TARA, request, "Approve")
    await press(house, ANNA, request, "More time")
    assert card(house, TARA, request).offers == ["Approve", "Deny"]
    assert "Anna Quill is asking you for more time" in card(house, TARA, request).news
    await press(house, TARA, request, "Approve")
    end = house.clock.now().astimezone(ZoneInfo("Australia/Sydney")) + timedelta(days=14)
    assert f"{end:%a} {end.day} {end:%b}" in card(house, ANNA, request).words
    assert card(house, TARA, request).offers == []
    assert await done(house, request) == [
        "access.file",
        "access.nudge",
        "access.approve",
        "access.more",
        "access.extend",
    ]


async def test_p7_the_page_opens_once_and_plays_with_seeking(house: House) -> None:
    """P7, P11: code, exchange by POST, cookie, ranges, waveform, and a record of what was heard."""
    request = await approved(house)
    async with ClientSession() as http:
        address = await link(house, request)
        async with http.get(address) as page:
            assert page.status == 200
            assert "no-store" in page.headers["Cache-Control"]
            assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert (await exchange(http, address)).status == 200
        assert (await exchange(http, address)).status == 403
    async with ears(house, request) as anna:
        assert {"HttpOnly", "SameSite=Strict"} <= {part.strip() for part in anna.set_cookie.split(";")}
        access = await anna.told("access")
        assert (access["person"], access["approved_by"]) == ("Anna Quill", "Tara Lindqvist")
        [recording] = [one["id"] for one in access["recordings"]]
        async with anna.get(f"{recording}/audio") as whole:
            sound = await whole.read()
            assert (whole.status, whole.headers["Accept-Ranges"], len(sound)) == (200, "bytes", 322_604)
            assert "attachment" not in whole.headers["Content-Disposition"]
        async with anna.get(f"{recording}/audio", Range="bytes=1000-1999") as part:
            assert (part.status, await part.read()) == (206, sound[1000:2000])
            assert part.headers["Content-Range"] == "bytes 1000-1999/322604"
        async with anna.get(f"{recording}/audio", Range="bytes=-100") as tail:
            assert (tail.status, await tail.read()) == (206, sound[-100:])
        assert await anna.status(f"{recording}/audio", Range="bytes=999999-") == 416
        assert len((await anna.told(f"{recording}/peaks"))["peaks"]) > 100
        assert (await anna.heard(recording, 0.0, 5.5))[0] == 200
        assert await anna.status(f"{int(recording) + 1}/audio") == 403
        [entry] = [one for one in await house.audit() if one["action"] == "listening.part"]
        assert (entry["subject"], entry["detail"]["to_ms"], entry["detail"]["request"]) == (anna.grant, 5500, request)
        served = [one["detail"] for one in await house.audit() if one["action"] == "listening.audio"]
        assert [(one["from_ms"], one["to_ms"]) for one in served] == [(0, 20000), (62, 124), (19994, 20000)]


async def test_p7_a_withdrawal_cuts_the_stream_and_everything_after_it(house: House, tmp_path: Path) -> None:
    """P7: access that is taken away stops within 5 seconds, also in the middle of a call."""
    with (tmp_path / "calls" / "call-0.wav").open("ab") as sound:
        sound.truncate(64 * 1024 * 1024)
    await house.steward.tick()
    request = await approved(house)
    async with ears(house, request) as anna:
        [recording] = [one["id"] for one in (await anna.told("access"))["recordings"]]
        async with anna.get(f"{recording}/audio") as stream:
            got = len(await stream.content.read(65536))
            await press_in_manage(house, TARA, "Withdraw")
            with pytest.raises(ClientError):
                async with asyncio.timeout(5):
                    while more := await stream.content.read(65536):
                        got += len(more)
            assert got < 64 * 1024 * 1024
        for tail in ("access", f"{recording}/audio", f"{recording}/peaks"):
            assert await anna.status(tail) == 403
        status, told = await anna.heard(recording, 0, 1)
        assert (status, told["ended"]) == (403, True)
    assert "access withdrawn" in card(house, ANNA, request).words
    assert (card(house, ANNA, request).offers, card(house, TARA, request).offers) == (["Ask again"], [])
