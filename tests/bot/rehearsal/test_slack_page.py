"""The page's interface: nonsense is a sentence, and a dialog is in the browser that opened it."""

import pytest

pytestmark = pytest.mark.asyncio

YES = {"type": "button", "action_id": "yes", "value": "1", "text": {"type": "plain_text", "text": "Yes"}}
CARD = [{"type": "actions", "block_id": "decide", "elements": [YES]}]
ANNA = "/rehearsal/api/people/UANNA"


async def at(town, browser, path, **body):
    """What the page in this browser asks, or, with a body, does."""
    way = town.client.session.post if body else town.client.session.get
    more = {"json": body} if body else {}
    async with way(town.workspace.public_url + path, headers={"X-Browser": browser}, **more) as response:
        return await response.json()


def opens_a_form(town):
    view = {"type": "modal", "title": {"type": "plain_text", "text": "Ask"}, "blocks": CARD}

    @town.bolt.command("/hello")
    async def hello(ack, body, client):
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=view)


async def test_a_dialog_stands_in_the_browser_that_opened_it_though_another_is_the_same_person(town, heard):
    opens_a_form(town)
    for browser in ("desktop", "phone"):
        await at(town, browser, f"{ANNA}/say", channel="CSUPPORT", text="/hello")
    seen = {one: (await at(town, one, f"{ANNA}/views"))["modal"]["id"] for one in ("desktop", "phone")}
    assert seen["desktop"] != seen["phone"]
    assert (await at(town, "tablet", f"{ANNA}/views"))["modal"] is None
    other = await at(town, "phone", f"{ANNA}/close", view_id=seen["desktop"])
    assert other == {"ok": False, "error": "This form is no longer open."}
    assert await at(town, "desktop", f"{ANNA}/close", view_id=seen["desktop"]) == {"ok": True}
    assert (await at(town, "desktop", f"{ANNA}/views"))["modal"] is None
    assert (await at(town, "phone", f"{ANNA}/views"))["modal"]["id"] == seen["phone"]
