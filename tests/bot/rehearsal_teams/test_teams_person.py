"""What a person does in Teams and sees then: typeahead, dialogs, and wrong answers."""

from typing import Any

import pytest
from aiohttp import web

from bot.rehearsal.teams import UNREACHABLE, Dialog, Person, words

from .street import CALLS, REASON, SAID, Street, answer, button, card, results, submit, task, text

pytestmark = pytest.mark.asyncio


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
