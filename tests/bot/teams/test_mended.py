"""What was typed in Teams stays, whichever cards are redrawn meanwhile; what Teams tells twice is done once (P7)."""

from typing import Any

import pytest

from bot.rehearsal.teams import words
from bot.teams.platform import NOT_NOW
from tests.each import each

from .street import Street, told
from .test_dialogs import SENT, dialog, given, opened
from .test_presses import BOTH, filed, first, inputs_of
from .test_teams_chat import away


def typed_in(drawn: Any) -> dict[str, str]:
    return {one["id"]: one.get("value", "") for one in drawn["body"] if str(one["type"]).startswith("Input.")}


@pytest.mark.soak
@BOTH
@each(("button", "title"), [("Deny", "Deny this request"), ("Ask a question", "Ask the requester")])
async def test_p7_no_redrawn_card_takes_away_what_is_typed(street: Street, old: bool, button: str, title: str) -> None:
    """The requester withdraws while the approver types: the card says so, and the form is still there."""
    request = await street.asked()
    card = street.card("tara", request)
    await street.press("tara", card, button, old_client=old)
    form = street.form("tara")
    assert (told(form).partition("\n")[0], form.id == card.id) == (title, False)
    await street.press("anna", street.card("anna", request), "Withdraw")
    street.tara.reopen()
    assert first(told(street.again(card, "tara"))) == "↩️ withdrawn"
    assert told(street.again(form, "tara")) == told(form)
    await street.press("tara", form, told(form).splitlines()[-2], {"words": "A long text."}, old_client=old)
    refused = told(street.again(form, "tara"))
    assert (title in refused, "⚠️ This request was already withdrawn" in refused) == (True, True)
    [typed] = inputs_of(street.again(form, "tara"))
    assert typed["value"] == "A long text."


@each("text", ["recording-request", "what?", "home"])
async def test_a_message_that_teams_tells_twice_is_answered_once(street: Street, text: str) -> None:
    before = len(street.anna.chat)
    await street.say("anna", text)
    await street.tenant.wire.repeat(street.tenant.wire.sent[-1], 5)
    await street.settled()
    assert len(street.anna.chat) == before + 2
    await street.say("anna", text)
    assert len(street.anna.chat) == before + 4


async def locked(street: Street, form: Any, values: Any) -> Any:
    """Send the dialog's form while the database takes nothing."""
    back = away(street.company.database)
    outcome = await street.anna.press(form, "Send", values)
    back()
    return outcome


async def test_p7_a_dialog_keeps_what_was_typed_while_the_database_is_away(street: Street) -> None:
    form, values = await opened(street), await given(street)
    assert (await locked(street, form, values)).ok
    again = dialog(street.anna)
    assert (again.title, words(again.card["body"][0])) == ("Ask for a recording", f"⚠️ {NOT_NOW}")
    assert typed_in(again.card) == {**values, "recordings": values["recordings"][0]}
    await street.anna.press(again, "Send")
    assert (words(dialog(street.anna).card), len(await filed(street))) == (SENT, 1)
