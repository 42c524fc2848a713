"""Where Teams lets the bot write: installs and reinstalls, a blocked bot, guests and strangers, and places that others read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from bot.rehearsal.teams import Chat, Message
from bot.teams.package import command_id
from bot.teams.platform import IN_PRIVATE
from tests.stories.conftest import a_sound_house
from tests.stories.errands import ask, press
from tests.stories.house import ANNA, BRAM, FOREIGNER, GUEST, TARA, House
from tests.stories.ledger import place, state
from tests.stories.on_teams import forged, send_of
from tests.stories.places import TEAMS, object_id
from tests.stories.waiting import found

pytestmark = pytest.mark.story
TEAM = (ANNA, BRAM, TARA, GUEST, FOREIGNER)
SHARED = (
    Chat("19:group@thread.v2", [object_id(uid) for uid in TEAM], "groupChat", "Complaints"),
    Chat("19:channel@thread.tacv2", [object_id(uid) for uid in TEAM], "channel", "General"),
)


@pytest_asyncio.fixture
async def house(tmp_path: Path, sqlite_url: str) -> AsyncIterator[House]:
    """Everybody is in Teams; there are a group chat and a channel too."""
    async with a_sound_house(tmp_path, sqlite_url, TEAMS, [replace(one, messages=[]) for one in SHARED]) as opened:
        yield opened


@pytest.mark.soak
async def test_p7_nothing_private_is_ever_sent_where_others_read(house: House) -> None:
    """P7: whatever is written, pressed or sent in a group chat or a channel, by people whom the bot knows or not."""
    request = await ask(house)
    for chat in SHARED:
        await house.tenant.add_to(chat.id, object_id(ANNA))
        await everything_in_public(house, chat.id, request)
    await house.settled()
    await press(house, TARA, request, "Approve")
    assert (await place(house, ANNA, request)) == ("teams", house.tenant.person(object_id(ANNA)).own.id)
    told = [call for call in house.tenant.calls if str(call.args.get("conversation", "")).startswith("19:")]
    assert {(call.method, call.args["body"].get("text")) for call in told} == {("send", IN_PRIVATE)}
    assert [call.args["body"] for call in told if call.args["body"].get("attachments")] == []
    assert len(told) >= len(SHARED) * 8
    shared = [one for chat in SHARED for one in house.tenant.seen(object_id(ANNA), chat.id) if one.author == "bot"]
    assert {one.text for one in shared} == {IN_PRIVATE}


async def everything_in_public(house: House, chat: str, request: str) -> None:
    """Tara's press in public is read like any other, and decides nothing; a form in a dialog is hers alone."""
    seen = Message(chat, "1", "bot", "", house.clock.now())
    for uid in (ANNA, TARA, BRAM, GUEST):
        me = house.tenant.person(object_id(uid))
        for typed in ("recording-request", "home"):
            assert (await me.say(typed, chat, mention=True)).ok
        for verb in ("approve", "details", "listen", "home", "deny", "request"):
            await me.press(forged(seen, verb, request), verb)
            await me.press(forged(seen, verb, request), verb, old_client=True)
        await house.settled()
        assert me.composer == []
    assert await state(house, request) == "waiting"
    tara = house.tenant.person(object_id(TARA))
    await tara.action_command(command_id("recording-request"), chat)
    assert tara.dialog
    offered = await found(lambda: tara.search("Which calls?"))
    answers = {
        "Why do you need it?": "complaint",
        "CRM request reference": f"CS-{len(chat)}",
        "What is it for?": "A complaint.",
    }
    await tara.fill(tara.dialog, {**answers, "Which calls?": [offered[0]["value"]]}, send_of(tara.dialog))
    await house.settled()
    assert tara.composer == []
