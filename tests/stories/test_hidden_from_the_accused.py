"""P13: an accused person sees the same home, search, Details, metrics, export and clock with a report and without one."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession, DummyCookieJar
from prometheus_client import generate_latest

from tests.stories.errands import ask, card, home
from tests.stories.house import ANNA, HELENA, RUTH, House
from tests.stories.places import MILES
from tests.stories.test_in_confidence import ALERT, Client, handled, opened
from tests.stories.waiting import found, until

pytestmark = pytest.mark.story
TITLES = {HELENA: "head", RUTH: "human_resources"}
OWN = re.compile(
    r"^(?:process_|python_|steward_ack|steward_last_|steward_oldest_|steward_connections|# |.*kind=\"home\"|.*_timestamp_)"
)
"""What counts the presses and requests themselves, or is an age, which moves with each look."""


@pytest_asyncio.fixture
async def client(house: House) -> AsyncIterator[Client]:
    async with ClientSession(cookie_jar=DummyCookieJar()) as http:
        yield Client(house, http)


async def seen(house: House, uid: str, request: str) -> dict[str, Any]:
    """All that a person can look at, as far as it can be compared."""
    me, looked = house.person(uid), await home(house, uid)
    offered = await found(lambda: me.options("lookup:recordings")) if me.modal else []
    metrics = [line for line in generate_latest().decode().splitlines() if not OWN.match(line)]
    # That somebody looked at home is delivered, and on record.
    log = [row for row in await house.audit() if "home" not in f"{row['action']} {row['subject']} {row['detail']}"]
    log = [{name: told for name, told in row.items() if name not in ("marks", "hash", "prev")} for row in log]
    return {
        "home": looked.words, "buttons": looked.buttons, "search": offered, "metrics": metrics, "log": log,
        "card": card(house, ANNA, request).words, "said": [one.text for one in me.dm],
        "next": await house.steward.database.read(lambda store: str(store.deadlines.next())),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("accused", "handler"),
    [
        pytest.param((HELENA,), RUTH, id="head"),
        pytest.param((RUTH,), HELENA, id="manager", marks=pytest.mark.soak),
        pytest.param((HELENA, RUTH), MILES, id="both", marks=pytest.mark.soak),
    ],
)
async def test_p13_with_and_without_a_report_the_accused_sees_the_same(
    house: House, client: Client, accused: tuple[str, ...], handler: str
) -> None:
    request = await ask(house)
    for one in (*accused, handler):
        await home(house, one)
    await house.steward.tick()
    await house.settled()
    before = {one: await seen(house, one, request) for one in accused}

    page = await client.get("/report")
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    told = [
        ("what", "They played a call to friends."),
        *fields.items(),
        *(("conflicts", TITLES[one]) for one in accused),
    ]
    answer = await client.http.post(house.url + "/report", data=told, headers={"Origin": house.url})
    assert "Your report is filed" in await answer.text()
    reader = house.person(handler)
    await until(lambda: any(ALERT in one.text for one in reader.dm), "the handlers are told")
    [alert] = [one for one in reader.dm if ALERT in one.text]
    assert (await reader.press(alert, "Details")).ok
    await until(lambda: reader.modal and "Open the page" in str(reader.modal), "the link")
    await handled(client, await opened(house, client, reader.link("modal", "Open the page")))
    await house.steward.tick()
    await house.settled()
    for one in accused:
        after = await seen(house, one, request)
        assert {name: told for name, told in after.items() if told != before[one][name]} == {}
