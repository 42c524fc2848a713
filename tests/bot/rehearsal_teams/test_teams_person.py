"""What a person does in Teams and sees then: buttons, forms, dialogs, typeahead, message extensions, and wrong answers."""

from typing import Any

import pytest
from aiohttp import web

from bot.rehearsal.teams import UNREACHABLE, Dialog, Person, words

from .street import CALLS, REASON, SAID, TARA, WHY, Street, answer, button, card, results, submit, task, text

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


async def test_what_is_not_on_the_screen_cannot_be_used(street: Street) -> None:
    shown = await street.send(street.anna, card(REASON, actions=[submit("Send")]))
    for ctx in (
        street.anna.press(shown, "Hidden"),
        street.anna.press(shown, "Send", which=1),
        street.anna.fill(shown, {"other": "x"}, "Send"),
        street.anna.fill(shown, {"reason": "curiosity"}, "Send"),
        street.anna.search("reason", "x"),
        street.anna.search("other", "x"),
    ):
        with pytest.raises(LookupError):
            await ctx
    assert street.heard == []


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


async def test_a_deactivated_person_presses_nothing(street: Street) -> None:
    shown = await street.send(street.tara, card(actions=[button("Approve")]))
    street.tenant.change(TARA, "deactivated")
    assert not (await street.tara.press(shown, "Approve")).ok and street.heard == []


def before(person: Person) -> Dialog:
    """The dialog that the person has open."""
    assert person.dialog is not None
    return person.dialog


@pytest.mark.parametrize("action", [button("Send"), submit("Send", msteams={"type": "task/fetch"})])
async def test_in_a_dialog_only_a_plain_submit_reaches_the_bot(street: Street, action: Any) -> None:
    street.answers["composeExtension/fetchTask"] = task(card(actions=[action]))
    await street.anna.action_command("recording-request")
    assert (await street.anna.press(before(street.anna), "Send")).error == UNREACHABLE
    assert len(street.heard) == 1


async def test_an_action_command_opens_the_form_with_its_typeahead_and_sends_it(street: Street) -> None:
    street.answers["composeExtension/fetchTask"] = task(card(CALLS, actions=[submit("Send")]))
    street.answers["application/search"] = results(("Tue 09:10", "c1"))
    street.answers["composeExtension/submitAction"] = web.Response()
    assert (await street.anna.action_command("recording-request")).ok
    await street.anna.search("calls", "tue")
    assert (await street.anna.fill(before(street.anna), {"calls": ["c1"]}, "Send")).ok
    fetched, _, sent = street.heard
    assert fetched["value"] == {
        "commandId": "recording-request",
        "commandContext": "compose",
        "context": {"theme": "default"},
    }
    assert sent["name"] == "composeExtension/submitAction" and sent["value"]["data"] == {"calls": "c1"}
    assert street.anna.dialog is None and street.tenant.problems == []
