"""What was typed in Teams stays, whoever redraws cards meanwhile; what Teams tells twice is done once (P7)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.rehearsal.teams import Person, words
from bot.rehearsal.teams.activities import installation, roster_change
from bot.teams.platform import NOT_NOW
from tests.each import each
from tests.handlers.builders import ledger
from tests.handlers.changing import change

from .street import ANSWERS, CHANNEL, IDS, Street, shown, told
from .test_dialogs import SENT, dialog, given, opened
from .test_presses import BOTH, filed, first, inputs_of
from .test_trouble import away

HOME = "📋 Call recordings · nothing waits for you"


def titles(person: Person) -> list[str]:
    return [first(told(one)) for one in person.chat]


def typed_in(drawn: Any) -> dict[str, str]:
    return {one["id"]: one.get("value", "") for one in drawn["body"] if str(one["type"]).startswith("Input.")}


@pytest.mark.soak
@BOTH
@each(("button", "title"), [("Deny", "Deny this request"), ("Ask a question", "Ask the requester")])
async def test_p7_no_redrawn_card_takes_away_what_is_typed(street: Street, old: bool, button: str, title: str) -> None:
    """The requester withdraws while the approver types: the card says so, and the form still stands."""
    request = await street.asked()
    card = street.card("tara", request)
    await street.press("tara", card, button, old_client=old)
    form = street.form("tara")
    assert (first(told(form)), form.id == card.id) == (title, False)
    await street.press("anna", street.card("anna", request), "Withdraw")
    street.tara.reopen()
    assert first(told(street.again(card, "tara"))) == "↩️ Access request · withdrawn"
    assert told(street.again(form, "tara")) == told(form)
    await street.press("tara", form, told(form).splitlines()[-2], {"words": "A long text."}, old_client=old)
    refused = told(street.again(form, "tara"))
    assert (title in refused, "⚠️ This request was already withdrawn" in refused) == (True, True)
    [typed] = inputs_of(street.again(form, "tara"))
    assert typed["value"] == "A long text."


@pytest.mark.soak
async def test_p7_whoever_holds_no_copy_gets_no_form_about_it(street: Street) -> None:
    request = await street.asked()
    await street.moved_in("bram")
    assert shown(await street.execute("bram", {"verb": "deny", "value": request})) == "I can't find this request."
    assert titles(street.person("bram")) == [HOME]


@pytest.mark.soak
async def test_p7_a_press_that_the_client_sends_again_brings_one_form(street: Street) -> None:
    request = await street.asked()
    before = len(street.tara.chat)
    await street.press("tara", street.card("tara", request), "Deny")
    for _ in range(2):
        await street.tenant.wire.repeat(street.tenant.wire.sent[-1], 5)
    assert titles(street.tara)[before:] == ["Deny this request"]


@each("text", ["recording-request", "what?", "home"])
async def test_a_message_that_teams_tells_twice_is_answered_once(street: Street, text: str) -> None:
    before = len(street.anna.chat)
    await street.say("anna", text)
    await street.tenant.wire.repeat(street.tenant.wire.sent[-1], 5)
    await street.settled()
    assert len(street.anna.chat) == before + 2
    await street.say("anna", text)
    assert len(street.anna.chat) == before + 4


async def test_p7_a_form_comes_once_even_where_another_process_has_read_the_message(street: Street) -> None:
    await street.say("anna", "recording-request")
    street.front.adapter._read.clear()
    before = len(street.anna.chat)
    await street.tenant.wire.repeat(street.tenant.wire.sent[-1], 5)
    await street.settled()
    assert len(street.anna.chat) == before


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


async def test_p7_a_refusal_of_no_field_stands_above_what_was_typed_in_a_dialog(street: Street) -> None:
    form, values = await opened(street), await given(street)
    street.tenant.change(IDS["anna"], "guest")
    street.directory.forget(IDS["anna"])
    await street.anna.press(form, "Send", values)
    again = dialog(street.anna)
    assert words(again.card["body"][0]).startswith("⚠️ You are a guest here"), "above the whole form"
    assert typed_in(again.card)["purpose"] == ANSWERS["purpose"]


async def test_p7_whoever_may_not_act_hears_nothing_of_an_install_or_a_new_version(street: Street) -> None:
    gus = street.person("gus")
    for _ in range(2):
        await gus.install()
        await gus.upgrade()
    await street.settled()
    assert gus.chat == []
    assert ["not open to this account" in one for one in await street.say("gus", "home")] == [True]


async def test_the_home_comes_back_with_the_app_in_the_same_conversation(street: Street) -> None:
    """And once: Teams tells of one install by two activities, which come at the same time."""
    tara, tenant = street.tara, street.tenant
    for homes in (2, 3):
        assert (await tara.uninstall()).ok
        tenant.talk.install(tenant.member(tara.id), fresh=False)
        member, own = tenant.member(tara.id), tara.own
        change = roster_change(tenant, member, own, added=[tenant.bot_id])
        await asyncio.gather(tenant.tell(change), tenant.tell(installation(tenant, member, own, "add")))
        await street.settled()
        assert (titles(tara), await homes_opened(street, "tara")) == ([HOME] * homes, homes)


async def homes_opened(street: Street, short: str) -> int:
    """How often somebody's home was opened; the delivery would make one of two that come together."""
    rows = await ledger(street.company, street.company.people[short])
    return len([one for one in rows if one.kind == "home" and one.payload["fresh"]])


@each(
    "told_of",
    [{"type": "installationUpdate", "action": "remove"}, {"type": "conversationUpdate"}],
)
async def test_p7_whoever_took_the_bot_away_is_sent_nothing_there(street: Street, logs: Any, told_of: Any) -> None:
    """And is asked to add it where he or she meets it elsewhere."""
    removed: dict[str, Any] = {} if "action" in told_of else {"membersRemoved": [{"id": street.tenant.bot_id}]}
    before = len(street.tara.chat)
    await street.invoke("tara", "", None, **told_of, **removed)
    request = await street.asked()
    assert len(street.tara.chat) == before
    assert first(told(street.card("deven", request))).endswith("waiting for you")
    group = street.tenant.talk.find(CHANNEL)
    answer = await street.invoke("tara", "composeExtension/fetchTask", {"commandId": "recordingRequest"}, group)
    assert "Please add me to your own chats first." in answer.json["task"]["value"]
    assert [one for one in logs if one["log_level"] == "error" and "teams" in one["event"]] == []


@each("text", ["hi!", "Home.", "“home”", "Hello, ", "help?", "…start"])
async def test_the_home_is_understood_as_people_write_it(street: Street, text: str) -> None:
    [home] = await street.say("anna", text)
    assert first(home) == HOME


@pytest.mark.soak
@BOTH
async def test_p7_an_approval_of_calls_that_changed_shows_the_card_afterwards(street: Street, old: bool) -> None:
    """The button says beside the request which change it has seen."""
    request = await street.asked()
    assert await change(street.company, operator_name="Somebody Else") == [request]
    await street.settled()
    card = street.card("tara", request)
    assert (await street.press("tara", card, "Approve", old_client=old)).said == ""
    assert "I can't find this request." not in street.said("tara")
    assert first(told(street.again(card, "tara"))) == "✅ Access request · approved by you"
