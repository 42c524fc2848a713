"""P7 in Teams: what a form was opened for still stands in it after an error and after another answer."""

from __future__ import annotations

from tests.bot.teams.street import CLAIM, Street, told
from tests.handlers.builders import call, register

FOUND = "3 calls were found for “0412 345”. They stand first in the list."


async def test_p7_what_was_looked_for_is_told_and_stands_first_until_the_form_is_sent(street: Street) -> None:
    calls = street.company.calls
    await register(
        street.company.door, *(call(1, native_id=f"new-{one}", caller="+61299999999", crm="") for one in range(9))
    )
    await street.say("anna", "recording-request 0412 345")
    form = street.form("anna")
    assert FOUND in told(form)
    await street.press("anna", form, "Send", {"reason": "complaint", "recordings": [], "purpose": "", "crm": ""})
    form = street.form("anna")
    assert "Please" in told(form)
    assert FOUND in told(form)
    assert [one in str(form.cards) for one in (f"'value': '{calls[0]}'", f"'value': '{calls[2]}'")] == [True, True]
    values = {"reason": CLAIM["reason"], "recordings": [str(calls[0])], "purpose": "To hear it.", "crm": "CS-1"}
    await street.press("anna", form, "Send", values)
    form = street.form("anna")
    assert FOUND in told(form)
    assert "Legal basis" in told(form)
