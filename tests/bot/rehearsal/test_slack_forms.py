"""Modals as a person fills them: what is not sent, and what is not updated."""

from datetime import date

import pytest
from slack_sdk.errors import SlackApiError

pytestmark = pytest.mark.asyncio


def words(text):
    return {"type": "plain_text", "text": text}


def option(value):
    return {"text": words(value.upper()), "value": value}


def field(name, element, **more):
    return {"type": "input", "block_id": name, "label": words(name), "element": {"action_id": name, **element}, **more}


FIELDS = [
    field("reason", {"type": "static_select", "options": [option("a"), option("b")]}),
    field("calls", {"type": "multi_external_select", "min_query_length": 2, "max_selected_items": 2}),
    field("note", {"type": "plain_text_input", "min_length": 3, "max_length": 5}, optional=True),
    field("day", {"type": "datepicker", "initial_date": "2026-11-24"}),
]


def modal(blocks=None, **more):
    view = {"type": "modal", "title": words("Ask"), "submit": words("Send"), "callback_id": "form"}
    return view | {"blocks": FIELDS if blocks is None else blocks, **more}


async def opened(town, **more):
    trigger = town.workspace.tickets.trigger("UANNA")
    return (await town.client.views_open(trigger_id=trigger, view=modal(**more)))["view"]


GOOD = {"reason": "b", "calls": ["041", "042"], "note": "four", "day": date(2026, 11, 25)}


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"reason": None}, {"reason": "Please complete this required field."}),
        ({"calls": []}, {"calls": "Please complete this required field."}),
        ({"calls": ["040", "041", "042"]}, {"calls": "Please choose at most 2."}),
        ({"note": "xy"}, {"note": "Please enter at least 3 characters."}),
        ({"note": "sixsix"}, {"note": "Please enter at most 5 characters."}),
        ({"reason": option("z")}, {"reason": "Please choose from the list."}),
        ({"calls": [option("999")]}, {"calls": "Please choose from the list."}),
        ({"day": None}, {"day": "Please complete this required field."}),
    ],
)
async def test_slacks_own_client_sends_no_incomplete_form(town, heard, change, errors):
    await opened(town)
    await town.anna.options("calls", "04")
    heard.clear()
    outcome = await town.anna.submit(GOOD | change)
    assert (outcome.ok, outcome.errors, list(heard)) == (False, errors, [])
    assert (await town.anna.submit(GOOD)).ok


async def test_update_needs_an_open_view_and_the_latest_hash(town, heard):
    async def error(**more):
        with pytest.raises(SlackApiError) as failure:
            await town.client.views_update(view=modal(), **more)
        return failure.value.response["error"]

    first = await opened(town)
    second = (await town.client.views_update(view_id=first["id"], view=modal()))["view"]
    assert await error(view_id=first["id"], hash=first["hash"]) == "hash_conflict"
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        await town.client.api_call("views.update", json={"view": modal()})
    assert (await town.client.views_update(view_id=first["id"], hash=second["hash"], view=modal()))["ok"]
    await town.anna.close()
    assert await error(view_id=first["id"]) == "not_found"
