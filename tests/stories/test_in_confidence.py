"""P13, with the whole program and real HTTP: a report is filed, read, acknowledged, asked about, answered and closed."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from prometheus_client import generate_latest
from structlog.testing import capture_logs

from bot.rehearsal.slack import Message
from tests.stories.errands import Client
from tests.stories.house import ANNA, HELENA, RUTH, House
from tests.stories.waiting import until

pytestmark = pytest.mark.story
CANARY = "k4narienv0gel"
ALERT = "A confidential report has come in."
FIELDS = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


async def alerted(house: House, uid: str) -> Message:
    """The message that tells a reader that there is a report."""
    await until(lambda: any(ALERT in one.text for one in house.person(uid).dm), "the reader is told")
    [alert] = [one for one in house.person(uid).dm if ALERT in one.text]
    return alert


async def opened_by(house: House, client: Client, uid: str) -> str:
    """A reader presses Details, and the page behind its link sends the code by POST."""
    reader = house.person(uid)
    assert (await reader.press(await alerted(house, uid), "Details")).ok
    await until(lambda: reader.modal and "Open the page" in str(reader.modal), "the link")
    address = reader.link("modal", "Open the page")
    assert address.startswith(f"{house.url}/report/handle#")
    return await client.post("/report/handle/open", code=address.partition("#")[2])


async def handled(client: Client, page: str) -> None:
    """Everything on the page that a person can do with it, in its order, up to the closing."""
    found = re.search(r">(B-[2-9A-HJ-NP-Z]{8})<", page)
    assert found, page
    path = f"/report/handle/{found.group(1)}"
    assert "acknowledged" in await client.post(f"{path}/acknowledge")
    await client.post(f"{path}/ask", words=f"Which day? {CANARY}")
    await client.post(f"{path}/note", words=f"Rota {CANARY}")
    await client.post(f"{path}/step", number="1", taken="yes")
    await client.post(f"{path}/gather", words="CS-10442")
    await client.post(f"{path}/outcome", reference=f"HR {CANARY}", words=f"Settled {CANARY}")
    assert "closed" in await client.post(f"{path}/close", words=f"Thank you {CANARY}")


@pytest.fixture
def lines() -> Iterator[list[Any]]:
    with capture_logs() as found:
        yield found


async def test_p13_from_the_dialog_to_the_closing(house: House, client: Client, lines: list[Any]) -> None:
    """And not one word of it leaves the bot, but for the pages: no call, no metric, no entry, no line of the log."""
    anna = house.person(ANNA)
    assert (await anna.command(f"/recording-breach {CANARY}")).ok
    await until(lambda: anna.modal and anna.modal["submit"], "the form")
    told = dict.fromkeys(("when", "which", "concerned"), CANARY) | {"what": f"Helena played it. {CANARY}"}
    offered = await anna.options("Should any of these people not see it?", "helena")
    assert (await anna.submit({**told, "named": "named", "conflicts": [offered[0]["value"]]})).ok
    assert CANARY not in str(anna.modal)
    receipt = re.search(r"(?:[2-9A-HJ-NP-Z]{4} ){7}[2-9A-HJ-NP-Z]{4}", str(anna.modal))
    assert receipt
    await anna.close(everything=True)

    alert = await alerted(house, RUTH)
    await house.settled()
    assert not [one for one in house.person(HELENA).dm if "onfident" in str(one)]
    assert (await house.person(RUTH).press(alert, "Acknowledge")).ok
    await until(
        lambda: any("read it first" in one.text for one in house.person(RUTH).dm), "it counts only after opening"
    )
    await handled(client, await opened_by(house, client, RUTH))

    await until(
        lambda: any("reply to your confidential report" in one.text for one in anna.dm), "Anna hears that there is news"
    )
    seen = await client.post("/report/follow", receipt=receipt.group())
    assert [words in seen for words in (f"Which day? {CANARY}", f"Thank you {CANARY}", "Rota")] == [True, True, False]
    left = (str(house.workspace.calls), generate_latest().decode(), json.dumps(await house.audit()), str(lines))
    assert [one for one in left if CANARY in one] == []
