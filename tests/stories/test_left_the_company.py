"""B6 of the trials: somebody leaves the company while listening, or at a report's page, and no event tells us of it (P7, P13)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import ClientResponse, ClientSession, DummyCookieJar

from tests.stories.errands import Ears, ask, card, ears, press
from tests.stories.house import ANNA, RUTH, TARA, House, a_house
from tests.stories.places import object_id
from tests.stories.test_in_confidence import ALERT
from tests.stories.waiting import until

pytestmark = pytest.mark.story
WORDS = "Somebody played it to friends."


@pytest.fixture
def house(anywhere: House) -> House:
    return anywhere


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Minutes pass in tenths of a second, for looks at listeners only."""
    for name, seconds in {"listeners.LOOK": 0.2, "listeners.AGAIN": 0.1, "chats.directory.DECIDING": 0.1}.items():
        monkeypatch.setattr(f"bot.{name}", seconds)


def leaves(house: House, uid: str) -> None:
    """The account is switched off, and the event of it is lost."""
    if house.somebody(uid).platform == "slack":
        house.workspace.members[uid] = replace(house.workspace.member(uid), standing="deactivated")
    else:
        house.tenant.members[object_id(uid)] = replace(house.tenant.member(object_id(uid)), standing="deactivated")


async def refused(anna: Ears) -> bool:
    return await anna.status("access") == 403


async def test_b6_whoever_has_left_hears_nothing_within_a_minute(house: House) -> None:
    request = await ask(house)
    await press(house, TARA, request, "Approve")
    async with ears(house, request) as anna:
        assert await anna.status("access") == 200
        leaves(house, ANNA)
        await until(lambda: refused(anna), "the page is closed to her")
        assert (await anna.told("access"))["sentence"] == "You have no access to these calls."


@pytest.mark.soak
async def test_b6_whoever_handles_a_report_and_has_left_reads_and_writes_nothing_within_a_minute(house: House) -> None:
    """P13: it may be the one who was sent away for what it says."""
    async with ClientSession(cookie_jar=DummyCookieJar()) as http:

        async def ask(path: str, cookie: str = "", **told: str) -> ClientResponse:
            sent = {"Cookie": cookie, "Origin": house.url}
            method = "POST" if told else "GET"
            return await http.request(method, house.url + path, data=told or None, headers=sent, allow_redirects=False)

        await ask("/report", what=WORDS, once="1")
        ruth = house.somebody(RUTH)
        [alert] = await until(
            lambda: [one for one in (*ruth.lines(), *ruth.cards("")) if ALERT in one.news], "Ruth is told"
        )
        code = (await ruth.link(alert, "Details", "Open the page")).partition("#")[2]
        opened = await ask("/report/handle/open", code=code)
        page, cookie = opened.headers["Location"], opened.headers["Set-Cookie"].partition(";")[0]
        assert WORDS in await (await ask(page, cookie)).text()
        leaves(house, RUTH)

        async def gone() -> bool:
            return (await ask(page, cookie)).status == 403

        await until(gone, "the page is closed to her")
        assert (await ask(f"{page}/note", cookie, words="From outside.")).status == 403


@pytest.mark.soak
async def test_b6_while_the_platform_says_nothing_nobody_listens_on_for_ever(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.listeners.SURE", 1.0)
    async with a_house(tmp_path, sqlite_url) as house:
        request = await ask(house)
        await press(house, TARA, request, "Approve")
        assert card(house, ANNA, request).buttons[0] == "Listen"
        async with ears(house, request) as anna:
            house.workspace.faults.mode = "failing"
            assert await anna.status("access") == 200
            await until(lambda: _unsure(anna), "it stops")
            house.workspace.faults.mode = "ok"
            await until(lambda: _open(anna), "it goes on")


async def _unsure(anna: Ears) -> bool:
    async with anna.get("access") as answer:
        return answer.status == 503 and (await answer.json())["stop"] is True


async def _open(anna: Ears) -> bool:
    return await anna.status("access") == 200
