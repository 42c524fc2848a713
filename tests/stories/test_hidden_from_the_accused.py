"""P13: an accused person sees the same home, search, Details, metrics, export and clock with a report and without one."""

import re
from typing import Any

import pytest
from prometheus_client import generate_latest

from tests.stories.errands import Client, ask, card, home
from tests.stories.house import ANNA, HELENA, RUTH, House
from tests.stories.test_in_confidence import FIELDS, handled, opened_by
from tests.stories.waiting import found

pytestmark = pytest.mark.story
OWN = re.compile(
    r"^(?:process_|python_|steward_ack|steward_last_|steward_oldest_|steward_connections|# |.*kind=\"home\"|.*_timestamp_)"
)
"""What counts the presses and requests themselves, or is an age, which moves with each look."""


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


async def test_p13_with_and_without_a_report_the_accused_sees_the_same(house: House, client: Client) -> None:
    request = await ask(house)
    for one in (HELENA, RUTH):
        await home(house, one)
    await house.steward.tick()
    await house.settled()
    before = await seen(house, HELENA, request)

    fields = dict(FIELDS.findall(await client.get("/report")))
    told = {"what": "They played a call to friends.", **fields, "conflicts": "head"}
    assert "Your report is filed" in await client.post("/report", **told)
    await handled(client, await opened_by(house, client, RUTH))
    await house.steward.tick()
    await house.settled()
    after = await seen(house, HELENA, request)
    assert {name: told for name, told in after.items() if told != before[name]} == {}
