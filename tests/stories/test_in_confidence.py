"""P13, with the whole program and real HTTP: a report is filed, read, acknowledged, asked about and closed; the accused sees what they saw before."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from prometheus_client import generate_latest
from structlog.testing import capture_logs

from bot.rehearsal.slack import Message
from tests.stories.errands import Client, ask, card, home
from tests.stories.house import ANNA, HELENA, RUTH, House
from tests.stories.on_slack import buttons
from tests.stories.waiting import until

pytestmark = pytest.mark.story
CANARY = "k4narienv0gel"
ALERT = "A confidential report has come in."
OWN = re.compile(
    r"^(?:process_|python_|steward_ack|steward_last_|steward_oldest_|steward_connections|# |.*kind=\"home\"|.*_timestamp_)"
)
"""What counts the presses and requests themselves, or is an age, which moves with each look."""


async def seen(house: House, uid: str, request: str) -> dict[str, Any]:
    """All that a person can look at, as far as it can be compared."""
    await house.steward.tick()
    await house.settled()
    looked = await home(house, uid)
    metrics = [line for line in generate_latest().decode().splitlines() if not OWN.match(line)]
    # Wait until the look at home is delivered and on record.
    log = [row for row in await house.audit() if "home" not in f"{row['action']} {row['subject']} {row['detail']}"]
    log = [{name: told for name, told in row.items() if name not in ("marks", "hash", "prev")} for row in log]
    return {
        "home": looked.words, "buttons": looked.buttons, "metrics": metrics, "log": log,
        "card": card(house, ANNA, request).words, "said": [one.text for one in house.person(uid).dm],
        "next": await house.steward.database.read(lambda store: str(store.deadlines.next())),
    }  # fmt: skip


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
    found = re.search(r"/report/handle/(B-[2-9A-HJ-NP-Z]{8})/", page)
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


async def filed(house: House) -> str:
    """As Anna, fill in the dialog, and name Helena as a person who should not see it; return the receipt."""
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
    return receipt.group()


async def test_p13_from_the_dialog_to_the_closing(house: House, client: Client, lines: list[Any]) -> None:
    """And not one word of it leaves the bot, but for the pages: no call, no metric, no entry, no line of the log."""
    request = await ask(house)
    for one in (HELENA, RUTH):
        await home(house, one)
    before = await seen(house, HELENA, request)

    receipt = await filed(house)
    alert = await alerted(house, RUTH)
    assert buttons(alert.blocks) == ["Details"], "it can be acknowledged once it was read"
    await handled(client, await opened_by(house, client, RUTH))
    anna = house.person(ANNA)
    await until(
        lambda: any("reply to your confidential report" in one.text for one in anna.dm), "Anna hears that there is news"
    )
    told = await client.post("/report/follow", receipt=receipt)
    assert [words in told for words in (f"Which day? {CANARY}", f"Thank you {CANARY}", "Rota")] == [True, True, False]
    left = (str(house.workspace.calls), generate_latest().decode(), json.dumps(await house.audit()), str(lines))
    assert [one for one in left if CANARY in one] == []
    after = await seen(house, HELENA, request)
    assert {name: told for name, told in after.items() if told != before[name]} == {}
