"""What was typed in Teams stays, whoever redraws cards meanwhile; what Teams tells twice is done once (P7)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bot.rehearsal.teams import Person, words
from bot.rehearsal.teams.activities import installation, roster_change
from bot.teams import platform as adapter
from bot.teams.platform import NOT_NOW
from bot.teams.turn import SHARED
from handlers import COMMANDS
from handlers.telling import known
from tests.each import each
from tests.handlers.builders import audit, ledger
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
@BOTH
async def test_p7_the_form_comes_beneath_the_home_and_its_way_back_stays(street: Street, old: bool) -> None:
    await street.asked()
    home = street.home("tara")
    await street.press("tara", home, "Details", old_client=old)
    details = street.again(home, "tara")
    await street.press("tara", details, "Deny", old_client=old)
    assert told(street.again(home, "tara")) == told(details)
    assert told(details).splitlines()[-1] == "Back"
    assert first(told(street.form("tara"))) == "Deny this request"


@pytest.mark.soak
async def test_p7_a_stray_copy_is_brought_up_to_date_when_a_form_is_asked_for_on_it(street: Street) -> None:
    request = await street.asked()
    card, own = street.card("tara", request), street.tara.own
    own.messages.append(replace(card, id="777"))
    await street.press("anna", street.card("anna", request), "Withdraw")
    await street.press("tara", street.tara.chat[-1], "Deny")
    street.tara.reopen()
    stray = next(one for one in street.tara.chat if one.id == "777")
    assert first(told(stray)) == "↩️ Access request · withdrawn"


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


async def test_a_message_is_not_remembered_for_ever(street: Street) -> None:
    now = [0.0]
    street.front.adapter = adapter.TeamsAdapter(street.front.chat, street.front.adapter.desk, lambda: now[0])
    await street.say("anna", "what?")
    before = len(street.anna.chat)
    for seconds, more in ((599.0, 0), (601.0, 1)):
        now[0] = seconds
        await street.tenant.wire.repeat(street.tenant.wire.sent[-1], 5)
        await street.settled()
        assert len(street.anna.chat) == before + more


@pytest.mark.soak
async def test_activities_without_an_id_are_each_their_own(street: Street) -> None:
    request, before = await street.asked(), len(street.anna.chat)
    for _ in range(2):
        await street.invoke("anna", "", None, type="message", text="recording-request", id=None)
    assert titles(street.anna)[before:] == ["Ask for a recording"] * 2
    for verb in ("approve", "end"):
        await street.execute("tara", {"verb": verb, "value": request}, id=None)
    done = [one[1] for one in await audit(street.company, request) if one[2] == "done"]
    assert done[-2:] == ["access.approve", "access.withdraw"]


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


async def test_p9_a_longer_form_comes_back_whole(street: Street) -> None:
    form, values = await opened(street), await given(street, reason="legal_claim")
    await street.anna.press(form, "Send", values)
    more = {"matter": "Claim 12", "basis": "Police ref 9", "audience": "nobody"}
    await locked(street, dialog(street.anna), more)
    assert typed_in(dialog(street.anna).card) == {
        **values,
        "recordings": values["recordings"][0],
        **more,
        "concerned": "",
    }


async def test_p7_a_dialog_that_takes_too_long_comes_back_and_asks_once(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    form, values = await opened(street), await given(street)
    monkeypatch.setattr(adapter, "PATIENCE", 0.0)
    await street.anna.press(form, "Send", values)
    await street.settled()
    monkeypatch.undo()
    assert typed_in(dialog(street.anna).card)["purpose"] == ANSWERS["purpose"]
    await street.anna.press(dialog(street.anna), "Send")
    assert (dialog(street.anna).title, len(await filed(street))) == ("Sent", 1)


async def test_p7_a_refusal_of_no_field_stands_above_what_was_typed_in_a_dialog(street: Street) -> None:
    form, values = await opened(street), await given(street)
    street.tenant.change(IDS["anna"], "guest")
    street.directory.forget(IDS["anna"])
    await street.anna.press(form, "Send", values)
    again = dialog(street.anna)
    assert words(again.card["body"][0]).startswith("⚠️ You are a guest here"), "above the whole form"
    assert typed_in(again.card)["purpose"] == ANSWERS["purpose"]


async def test_p7_one_account_in_another_spelling_is_the_same_account(street: Street) -> None:
    name = {"id": street.tenant.mri(IDS["anna"]), "aadObjectId": IDS["anna"].upper()}
    who: dict[str, Any] = {"from": name}
    before = len(street.anna.chat)
    await street.invoke("anna", "", None, type="message", text="home", **who)
    assert titles(street.anna)[before:] == [HOME]
    assert not await street.directory.knows(IDS["anna"].upper())


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


async def test_p7_what_happens_to_the_bot_in_a_group_changes_nothing_in_ones_own_chat(street: Street) -> None:
    place = street.tenant.talk.find(CHANNEL)
    await street.invoke("tara", "", None, place, type="installationUpdate", action="remove")
    assert (await street.directory.reference(IDS["tara"]))["scope"] == "personal"


@each("text", ["recording request", "Recording request.", "“recording-request”", "/recording request!"])
async def test_p7_the_word_is_understood_as_people_write_it(street: Street, text: str) -> None:
    [form] = await street.say("anna", text)
    assert first(form) == "Ask for a recording"


@each("text", ["hi!", "Home.", "“home”", "Hello, ", "help?", "…start"])
async def test_the_home_is_understood_as_people_write_it(street: Street, text: str) -> None:
    [home] = await street.say("anna", text)
    assert first(home) == HOME


async def test_marks_alone_are_no_words(street: Street) -> None:
    assert await street.say("anna", "...") == [
        f"{known(COMMANDS)}\nAsk for a recording\nReport in confidence\nA caller declines\nHome"
    ]


@each("text", ["hi there", "good morning", "re-home"])
async def test_other_words_are_other_words(street: Street, text: str) -> None:
    [said] = await street.say("anna", text)
    assert first(said) == "In your own words"


async def test_p7_a_place_that_others_read_is_one_by_its_name_too(street: Street) -> None:
    """A conversation that calls itself personal under a group's name."""
    place = {"id": f"{SHARED}x@thread.v2", "conversationType": "personal", "tenantId": street.tenant.tenant_id}
    answer = await street.execute("anna", {"verb": "home"}, conversation=place)
    assert answer.json["value"] == adapter.IN_PRIVATE
    assert (await street.directory.reference(IDS["anna"]))["conversation"] == street.anna.own.id


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
