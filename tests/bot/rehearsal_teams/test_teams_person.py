"""What a person does in Teams and sees then: buttons, forms, dialogs, typeahead, message extensions."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from aiohttp import web

from bot.rehearsal.teams import UNREACHABLE, words

from .street import (
    ANNA,
    CALLS,
    GROUP,
    REASON,
    SAID,
    TARA,
    WHY,
    Json,
    Street,
    answer,
    button,
    card,
    carrying,
    never,
    results,
    submit,
    text,
)

pytestmark = pytest.mark.asyncio


async def test_approve_is_an_invoke_whose_card_stands_in_place_of_the_old_one(street: Street) -> None:
    shown = await street.send(
        street.tara, card(text("Waiting"), actions=[button("Approve", "access.approve", request="r1")])
    )
    street.answers["adaptiveCard/action"] = answer(card(text("Approved")))
    assert (await street.tara.press(shown, "Approve")).ok
    (heard,) = street.heard
    assert heard["type"] == "invoke" and heard["replyToId"] == shown.id and heard["from"]["aadObjectId"] == TARA
    action = {"type": "Action.Execute", "title": "Approve", "verb": "access.approve", "data": {"request": "r1"}}
    assert heard["value"] == {"action": action, "trigger": "manual"}
    assert words(street.tara.chat[0].card) == "Approved"
    street.tara.reopen()
    assert "Waiting" in words(street.tara.chat[0].card), "an answer alone does not change the message"
    assert street.tenant.problems == []


async def test_the_bots_own_update_goes_over_an_answers_card(street: Street) -> None:
    shown = await street.send(street.tara, card(actions=[button("Approve")]))
    street.answers["adaptiveCard/action"] = answer(card(text("One moment")))
    await street.tara.press(shown, "Approve")
    await street.api("PUT", f"/{shown.conversation}/activities/{shown.id}", carrying(card(text("Approved"))))
    assert words(street.tara.chat[0].card) == "Approved"


async def test_in_a_group_an_answers_card_is_for_the_one_who_pressed(street: Street) -> None:
    await street.api("POST", f"/{GROUP}/activities", carrying(card(text("Open"), actions=[button("Go")])))
    street.answers["adaptiveCard/action"] = answer(card(text("Yours")))
    await street.anna.press(street.tenant.seen(ANNA, GROUP)[0], "Go")
    assert words(street.tenant.seen(ANNA, GROUP)[0].card) == "Yours"
    assert "Open" in words(street.tenant.seen(TARA, GROUP)[0].card)


async def test_words_and_errors_come_back_to_the_person(street: Street) -> None:
    shown = await street.send(street.tara, card(actions=[button("Approve")]))
    street.answers["adaptiveCard/action"] = answer("Thank you", SAID)
    assert (await street.tara.press(shown, "Approve")).said == "Thank you"
    failure = {"code": "Refused", "message": "You asked for this yourself."}
    street.answers["adaptiveCard/action"] = answer(failure, "application/vnd.microsoft.error", 400)
    outcome = await street.tara.press(shown, "Approve")
    assert not outcome.ok and outcome.error == "You asked for this yourself."
    assert street.tenant.problems == []


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"statusCode": 200, "type": SAID},
        {"statusCode": "200", "type": SAID, "value": "x"},
        answer({"type": "AdaptiveCard", "version": "1.6"}),
        answer(card(text("x" * 29000))),
        answer("words"),
        answer("", SAID),
        answer("words", SAID, 500),
        answer({"message": "no code"}, "application/vnd.microsoft.error", 400),
        web.Response(status=501),
        web.Response(text="OK"),
        web.Response(text="{", content_type="application/json"),
        web.Response(),
    ],
)
async def test_an_answer_that_teams_cannot_show_is_unable_to_reach_app(street: Street, wrong: Any) -> None:
    shown = await street.send(street.tara, card(text("Waiting"), actions=[button("Approve")]))
    street.answers["adaptiveCard/action"] = wrong
    outcome = await street.tara.press(shown, "Approve")
    assert (outcome.ok, outcome.error) == (False, UNREACHABLE)
    assert street.tenant.problems[0].startswith("adaptiveCard/action: ")
    assert "Waiting" in words(street.tara.chat[0].card)


async def test_an_answer_that_comes_too_late_is_unable_to_reach_app(street: Street) -> None:
    shown = await street.send(street.tara, card(actions=[button("Approve")]))
    street.tenant.invoke_seconds = 0.05
    street.answers["adaptiveCard/action"] = never
    assert (await street.tara.press(shown, "Approve")).error == UNREACHABLE
    assert "longer than 0.05 seconds" in street.tenant.problems[0]


async def test_an_old_client_takes_the_fallback_as_a_message_with_a_value(street: Street) -> None:
    shown = await street.send(street.tara, card(WHY, actions=[button("Approve", request="r1")]))
    await street.tara.press(shown, "Approve", {"why": "ok"}, old_client=True)
    (heard,) = street.heard
    assert heard["type"] == "message" and "text" not in heard and heard["replyToId"] == shown.id
    assert heard["value"] == {"verb": "yes", "request": "r1", "why": "ok"}


async def test_a_form_on_a_card_is_checked_before_it_is_sent(street: Street) -> None:
    shown = await street.send(
        street.anna, card(WHY, REASON, actions=[button("Send"), {**submit("Back"), "associatedInputs": "None"}])
    )
    street.answers["adaptiveCard/action"] = answer(card(text("Sent")))
    assert (await street.anna.press(shown, "Send")).errors == {"why": "Say why."}
    assert (await street.anna.fill(shown, {"why": "x" * 21}, "Send")).errors == {"why": "Say why."}
    assert street.heard == []
    assert (await street.anna.press(shown, "Back")).ok and street.heard[0]["value"] == {}
    assert (await street.anna.fill(shown, {"Why": "To learn", "reason": "A complaint"}, "Send")).ok
    assert street.heard[1]["value"]["action"]["data"] == {"why": "To learn", "reason": "complaint"}


async def test_what_stands_in_a_form_is_sent_where_nothing_else_is_filled(street: Street) -> None:
    fields: list[Json] = [
        {**WHY, "value": "As before"}, REASON, {"type": "Input.Date", "id": "day"},
        {"type": "Input.Toggle", "id": "sure", "title": "Sure"},
        {"type": "Input.Number", "id": "count", "min": 1, "max": 3},
    ]  # fmt: skip
    shown = await street.send(street.anna, card(*fields, actions=[submit("Send")]))
    await street.anna.press(shown, "Send")
    assert street.heard[0]["value"] == {"why": "As before", "sure": "false"}
    await street.anna.fill(shown, {"day": date(2026, 5, 4), "sure": True, "count": 2}, "Send")
    assert street.heard[1]["value"] == {"why": "As before", "day": "2026-05-04", "sure": "true", "count": "2"}
    assert "count" in (await street.anna.fill(shown, {"count": 4}, "Send")).errors


async def test_what_is_not_on_the_screen_cannot_be_used(street: Street) -> None:
    hidden = {"type": "Container", "isVisible": False, "items": [{"type": "ActionSet", "actions": [submit("Hidden")]}]}
    shown = await street.send(street.anna, card(REASON, hidden, actions=[submit("Send")]))
    for act in (
        street.anna.press(shown, "Hidden"),
        street.anna.press(shown, "Send", which=1),
        street.anna.fill(shown, {"other": "x"}, "Send"),
        street.anna.fill(shown, {"reason": "curiosity"}, "Send"),
        street.anna.search("reason", "x"),
        street.anna.search("other", "x"),
    ):
        with pytest.raises(LookupError):
            await act
    assert street.heard == []


async def test_a_card_that_a_button_opens_sends_its_own_inputs_and_those_around_it(street: Street) -> None:
    inner = {"type": "AdaptiveCard", "body": [WHY], "actions": [button("Approve")]}
    shown = await street.send(
        street.tara, card(REASON, actions=[{"type": "Action.ShowCard", "title": "Approve", "card": inner}])
    )
    street.answers["adaptiveCard/action"] = answer("ok", SAID)
    await street.tara.fill(shown, {"why": "Fine", "reason": "complaint"}, "Approve")
    assert street.heard[0]["value"]["action"]["data"] == {"why": "Fine", "reason": "complaint"}


async def test_typeahead_asks_the_bot_and_only_what_it_offered_can_be_chosen(street: Street) -> None:
    shown = await street.send(street.anna, card(CALLS, actions=[submit("Send")]))
    street.answers["application/search"] = results(("Tue 09:10", "c1"), ("Tue 11:00", "c2"))
    assert [one["value"] for one in await street.anna.search("Which calls", "tue")] == ["c1", "c2"]
    query = {"queryText": "tue", "queryOptions": {"skip": 0, "top": 15}, "dataset": "recordings"}
    assert street.heard[0]["name"] == "application/search" and street.heard[0]["value"] == query
    await street.anna.fill(shown, {"calls": ["c1", "Tue 11:00"]}, "Send")
    assert street.heard[1]["value"] == {"calls": "c1,c2"}
    with pytest.raises(LookupError):
        await street.anna.fill(shown, {"calls": ["c9"]}, "Send")


@pytest.mark.parametrize(
    "wrong",
    [results(*[("x", str(n)) for n in range(16)]), results(("x", "a,b")), results(("", "a")), {"type": "other"}, []],
)
async def test_results_that_teams_would_not_offer(street: Street, wrong: Any) -> None:
    await street.send(street.anna, card(CALLS))
    street.answers["application/search"] = wrong
    assert await street.anna.search("calls", "x") == []
    assert street.tenant.problems[0].startswith("application/search: ")


async def test_without_the_app_there_is_no_command(street: Street) -> None:
    await street.anna.uninstall()
    assert not (await street.anna.action_command("recording-request", GROUP)).ok
    assert [one["type"] for one in street.heard] == ["installationUpdate"]


async def test_a_deactivated_person_presses_nothing(street: Street) -> None:
    shown = await street.send(street.tara, card(actions=[button("Approve")]))
    street.tenant.change(TARA, "deactivated")
    assert not (await street.tara.press(shown, "Approve")).ok and street.heard == []


async def test_a_card_of_a_conversation_that_a_reinstall_replaced_is_gone(street: Street) -> None:
    shown = await street.send(street.tara, card(actions=[button("Approve")]))
    await street.tara.uninstall()
    await street.tara.install()
    assert street.tara.chat == []
    with pytest.raises(LookupError):
        await street.tara.press(shown, "Approve")


async def test_a_deleted_messages_button_still_reaches_the_bot(street: Street) -> None:
    shown = await street.send(street.tara, card(actions=[button("Approve")]))
    await street.api("DELETE", f"/{shown.conversation}/activities/{shown.id}")
    street.answers["adaptiveCard/action"] = answer(card(text("x")))
    assert (await street.tara.press(shown, "Approve")).error == "This message has been deleted."
    assert len(street.heard) == 1


async def test_a_button_that_is_switched_off_and_one_that_teams_does_not_play(street: Street) -> None:
    off, odd = {**button("Approve"), "isEnabled": False}, submit("Say", msteams={"type": "imBack", "value": "x"})
    shown = await street.send(street.tara, card(actions=[off, odd]))
    assert not (await street.tara.press(shown, "Approve")).ok
    assert (await street.tara.press(shown, "Say")).error == UNREACHABLE
    assert street.heard == []


async def test_a_link_sends_nothing_and_an_old_client_shows_no_button_without_a_fallback(street: Street) -> None:
    link = {"type": "Action.OpenUrl", "title": "Listen", "url": "https://x.example"}
    bare = {"type": "Action.Execute", "title": "Approve", "verb": "yes"}
    shown = await street.send(street.tara, card(actions=[link, bare]))
    with pytest.raises(LookupError):
        await street.tara.press(shown, "Listen")
    with pytest.raises(LookupError):
        await street.tara.press(shown, "Approve", old_client=True)
    assert street.heard == []


async def test_a_hidden_button_can_be_pressed_where_another_shows_it_and_hidden_inputs_are_sent(street: Street) -> None:
    hidden = {
        "type": "Container",
        "id": "more",
        "isVisible": False,
        "items": [{**WHY, "value": "kept"}, {"type": "ActionSet", "actions": [submit("Hidden")]}],
    }
    toggle = {"type": "Action.ToggleVisibility", "title": "More", "targetElements": ["more"]}
    shown = await street.send(street.tara, card(hidden, actions=[toggle]))
    assert (await street.tara.press(shown, "Hidden")).ok and street.heard[0]["value"] == {"why": "kept"}


async def test_a_field_takes_only_what_its_rule_lets_through(street: Street) -> None:
    ref = {"type": "Input.Text", "id": "ref", "regex": "^[A-Z]{3}$"}
    shown = await street.send(street.tara, card(ref, REASON, actions=[submit("Send")]))
    assert "ref" in (await street.tara.fill(shown, {"ref": "abc"}, "Send")).errors
    with pytest.raises(LookupError):
        await street.tara.fill(shown, {"reason": ["complaint", "complaint"]}, "Send")
    assert (await street.tara.fill(shown, {"ref": "ABC", "reason": None}, "Send")).ok
    assert street.heard[0]["value"] == {"ref": "ABC"}
