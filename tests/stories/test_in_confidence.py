"""P13, with the whole program and real HTTP: a report is filed, read, acknowledged, asked about, answered and closed."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientResponse, ClientSession, DummyCookieJar
from prometheus_client import generate_latest
from structlog.testing import capture_logs

from bot.rehearsal.teams.chats import Message as TeamsMessage
from tests.stories import places
from tests.stories.conftest import a_sound_house
from tests.stories.house import ANNA, HELENA, RUTH, House
from tests.stories.places import object_id
from tests.stories.waiting import until

pytestmark = pytest.mark.story
CANARY = "k4narienv0gel"
ALERT = "A confidential report has come in."
FIELDS = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


class Client:
    """A browser without scripts and without a screen."""

    def __init__(self, house: House, http: ClientSession) -> None:
        self.url, self.http, self.cookies = house.url, http, dict[str, str]()

    async def get(self, path: str) -> str:
        return await self._read(await self.http.get(self.url + path, cookies=self.cookies, allow_redirects=False))

    async def post(self, path: str, **told: str) -> str:
        headers = {"Origin": self.url, "Sec-Fetch-Site": "same-origin"}
        answer = await self.http.post(
            self.url + path, data=told, headers=headers, cookies=self.cookies, allow_redirects=False
        )
        return await self._read(answer)

    async def _read(self, answer: ClientResponse) -> str:
        self.cookies |= {name: one.value for name, one in answer.cookies.items()}
        if answer.status == 303:
            return await self.get(answer.headers["Location"].partition("#")[0])
        text = await answer.text()
        assert answer.status == 200, (answer.status, text)
        return text


@pytest_asyncio.fixture
async def client(house: House) -> AsyncIterator[Client]:
    async with ClientSession(cookie_jar=DummyCookieJar()) as http:
        yield Client(house, http)


@pytest_asyncio.fixture
async def in_teams(tmp_path: Path, sqlite_url: str) -> AsyncIterator[House]:
    async with a_sound_house(tmp_path, sqlite_url, places.TEAMS) as opened:
        await opened.arrive((ANNA, RUTH, HELENA))
        yield opened


def receipt_of(shown: str) -> str:
    found = re.search(r"(?:[2-9A-HJ-NP-Z]{4} ){7}[2-9A-HJ-NP-Z]{4}", re.sub(r"</?span>", "", shown))
    assert found, shown
    return found.group()


async def opened(house: House, client: Client, address: str) -> str:
    """What the page does on a press: the code goes by POST."""
    assert address.startswith(f"{house.url}/report/handle#")
    return await client.post("/report/handle/open", code=address.partition("#")[2])


async def handled(client: Client, page: str) -> None:
    """Everything on the page that a person can do with it, in its order, up to the closing."""
    found = re.search(r">(B-[2-9A-HJ-NP-Z]{8})<", page)
    assert found, page
    path = f"/report/handle/{found.group(1)}"
    page = await client.post(f"{path}/acknowledge")
    assert "acknowledged" in page
    await client.post(f"{path}/ask", words=f"Which day? {CANARY}")
    await client.post(f"{path}/note", words=f"Rota {CANARY}")
    await client.post(f"{path}/step", number="1", taken="yes")
    await client.post(f"{path}/gather", words="CS-10442")
    await client.post(f"{path}/outcome", reference=f"HR {CANARY}", words=f"Settled {CANARY}")
    page = await client.post(f"{path}/close", words=f"Thank you {CANARY}")
    assert "closed" in page


async def unsaid(house: House) -> None:
    """Not one word of it left the bot, but for the pages: no call, no metric, no entry, no row that can be read."""
    told = json.dumps([[str(call) for call in house.workspace.calls], [str(one) for one in house.tenant.calls]])
    assert CANARY not in told
    assert CANARY not in generate_latest().decode()
    assert CANARY not in json.dumps(await house.audit())


@pytest.fixture
def lines() -> Iterator[list[Any]]:
    with capture_logs() as found:
        yield found


async def test_p13_in_slack_from_the_dialog_to_the_closing(house: House, client: Client, lines: list[Any]) -> None:
    anna = house.person(ANNA)
    assert (await anna.command(f"/recording-breach {CANARY}")).ok
    await until(lambda: anna.modal and anna.modal["submit"], "the form")
    assert CANARY not in str(anna.modal)
    filled = {
        "what": f"Helena played it. {CANARY}",
        "when": CANARY,
        "which": CANARY,
        "concerned": CANARY,
        "named": "named",
    }
    offered = await anna.options("Should any of these people not see it?", "helena")
    assert (await anna.submit({**filled, "conflicts": [offered[0]["value"]]})).ok
    assert CANARY not in str(anna.modal)
    receipt = receipt_of(str(anna.modal))
    await anna.close(everything=True)

    ruth = house.person(RUTH)
    await until(lambda: any(ALERT in one.text for one in ruth.dm), "Ruth is told")
    await house.settled()
    assert not [one for one in house.person(HELENA).dm if "onfident" in str(one)]
    [alert] = [one for one in ruth.dm if ALERT in one.text]
    assert (await ruth.press(alert, "Acknowledge")).ok
    await until(lambda: any("read it first" in one.text for one in ruth.dm), "it counts only after opening")
    assert (await ruth.press(alert, "Details")).ok
    await until(lambda: ruth.modal and "Open the page" in str(ruth.modal), "the link")
    await handled(client, await opened(house, client, ruth.link("modal", "Open the page")))

    await until(
        lambda: any("reply to your confidential report" in one.text for one in anna.dm), "Anna hears that there is news"
    )
    seen = await client.post("/report/follow", receipt=receipt)
    assert f"Which day? {CANARY}" in seen
    assert f"Thank you {CANARY}" in seen
    assert "Rota" not in seen
    await unsaid(house)
    assert CANARY not in str(lines)


async def test_p13_in_teams_a_link_leads_to_the_page_and_nothing_stands_in_the_chat(in_teams: House) -> None:
    house = in_teams
    anna, ruth = (house.tenant.person(object_id(one)) for one in (ANNA, RUTH))
    before = {one.id for one in anna.chat}
    assert (await anna.say("recording-breach")).ok

    def answers() -> list[TeamsMessage]:
        return [one for one in anna.chat if one.id not in before and one.cards]

    await until(answers, "the card with the link")
    address = anna.link(answers()[-1], "Write a report")
    async with ClientSession(cookie_jar=DummyCookieJar()) as http:
        client = Client(house, http)
        page = await client.post("/report/start", code=address.partition("#")[2])
        fields = dict(FIELDS.findall(page))
        told = {"what": f"It was Helena. {CANARY}", "named": "named", "conflicts": "head"}
        receipt = receipt_of(await client.post("/report", **fields, **told))

        def alerts() -> list[TeamsMessage]:
            return [one for one in ruth.chat if ALERT in (one.summary or one.text or "")]

        await until(alerts, "Ruth is told")
        assert (await ruth.press(alerts()[-1], "Details")).ok
        shown = next(one for one in ruth.chat if one.id == alerts()[-1].id)
        await handled(client, await opened(house, client, ruth.link(shown, "Open the page")))
        assert f"Thank you {CANARY}" in await client.post("/report/follow", receipt=receipt)
    await unsaid(house)
