"""Signed presses and filled forms in Teams, and the card that is shown afterwards (P7, P9)."""

import asyncio
import itertools
import re
from typing import Any

import pytest

from bot.rehearsal.teams import Message
from bot.rehearsal.teams.actions import inputs, spots
from bot.rehearsal.teams.outbound import Sent
from bot.teams.filling import LESS
from tests.handlers.builders import approved, ask, audit

from .street import CLAIM, IDS, Street, shown, told

BOTH = pytest.mark.parametrize("old", [False, True], ids=["execute", "submit"])
SENT = "Ask for a recording\nSent "


async def filed(street: Street) -> list[str]:
    """Requests that were filed."""
    rows = await street.company.database.read(lambda store: list(store.audit.exported()))
    return [str(one["subject"]) for one in rows if one["action"] == "access.file" and one["outcome"] == "done"]


def last_press(street: Street) -> Sent:
    """The last press as it went to the bot."""
    return next(one for one in reversed(street.tenant.wire.sent) if one.activity.get("name") == "adaptiveCard/action")


def first(text: str) -> str:
    """The sign and the state of a card's first line, or who decided whose request."""
    line = text.partition("\n")[0]
    return f"{line.partition(' ')[0]} {line.rpartition(' · ')[2]}" if " · " in line else line.partition(" request")[0]


@BOTH
async def test_p7_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(street: Street, old: bool) -> None:
    form = await street.blank()
    typed = await street.filled(form, crm="   CS-1", purpose="\u00a0\u00a0 ")
    data = {"verb": "send", "form": "access", **typed, "recordings": typed["recordings"][0], "about": "S-1"}
    await answered(street, form, data, old=old)
    seen = street.again(form, "anna")
    inputs = {one["id"]: one.get("value", "") for one in inputs_of(seen)}
    assert inputs == {name: data[name] for name in ("reason", "crm", "purpose", "recordings")}
    assert "⚠️ This is blank. Please write a few words." in told(seen)
    assert await filed(street) == []
    await street.press("anna", seen, "Send", {"purpose": "A complaint."}, old_client=old)
    assert len(await filed(street)) == 1


def inputs_of(message: Message) -> list[dict[str, Any]]:
    return [one for one in message.card["body"] if str(one["type"]).startswith("Input.")]


async def answered(street: Street, form: Message, data: Any, *, old: bool, short: str = "anna") -> None:
    """A forged client sends this from the form's card, though no card would let it."""
    if old:
        await street.invoke(short, "", data, type="message", replyToId=form.id)
    else:
        reply = await street.execute(short, data, replyToId=form.id)
        street.tenant.talk.find(form.conversation).find(form.id).answered[IDS[short]] = reply.json["value"]


async def test_p7_a_form_that_is_sent_again_by_the_client_asks_once(street: Street) -> None:
    form = await street.blank()
    await street.press("anna", form, "Send", await street.filled(form))
    sent = last_press(street)
    replies = await asyncio.gather(*(street.tenant.wire.repeat(sent, 5) for _ in range(5)))
    other = await street.execute("anna", sent.activity["value"]["action"]["data"], replyToId=form.id)
    await street.settled()
    assert {shown(one).startswith(SENT) for one in (*replies, other)} == {True}
    assert len(await filed(street)) == 1


@BOTH
async def test_p7_approve_once_is_enough_and_twice_is_the_same(street: Street, old: bool) -> None:
    request = await street.asked()
    card = street.card("tara", request)
    for _ in range(2):
        assert (await street.press("tara", card, "Approve", old_client=old)).ok
    assert first(told(street.card("tara", request))) == "✅ You approved Anna Quill’s"
    assert first(told(street.card("anna", request))) == "✅ Tara Lindqvist approved your"
    assert [one[:3] for one in await audit(street.company, request) if "approve" in one[1]] == [
        (street.company.tara.actor, "access.approve", "done")
    ]


@BOTH
async def test_p7_a_press_after_another_approvers_decision_is_told_and_shows_the_card_as_it_is(
    street: Street, old: bool
) -> None:
    request = await street.asked()
    card = street.card("tara", request)
    await street.press("anna", street.card("anna", request), "Withdraw")
    await street.press("tara", card, "Approve", old_client=old)
    [words] = street.said("tara")
    assert words.startswith("This request was already withdrawn by Anna Quill")
    assert first(told(street.again(card, "tara"))) == "↩️ withdrawn"
    [refused] = [one for one in await audit(street.company, request) if one[2] == "refused"]
    assert refused[1] == "access.approve"


@BOTH
async def test_p7_deny_asks_for_a_reason_by_a_form_of_its_own(street: Street, old: bool) -> None:
    request = await street.asked()
    card = street.card("tara", request)
    await street.press("tara", card, "Deny", old_client=old)
    form = street.form("tara")
    assert told(form).startswith("Deny this request\nWhy not?")
    assert told(street.again(card, "tara")) == told(card)
    empty = await street.tara.press(form, "Deny", {"words": " "}, old_client=old)
    assert (list(empty.errors), await street.state(request)) == (["words"], "waiting")
    await street.press("tara", form, "Deny", {"words": "Not needed."}, old_client=old)
    assert await street.state(request) == "denied"
    assert told(street.again(form, "tara")) == f"Done\nYou can see it on the card · {request}"
    street.tara.reopen()
    assert told(street.again(form, "tara")).startswith("Done")
    assert first(told(street.again(card, "tara"))) == "⛔ You denied Anna Quill’s"
    assert "Not needed." in told(street.card("anna", request))


@BOTH
async def test_p7_listen_gives_a_link_that_is_good_once_and_the_way_back(street: Street, old: bool) -> None:
    request = await approved(street.company)
    await street.settled()
    card = street.card("anna", request)
    await street.press("anna", card, "Listen", old_client=old)
    page = street.again(card, "anna")
    link = street.anna.link(page, "Open the player")
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/listen#G-\w+\.[\w-]{43}", link)
    await street.press("anna", page, "Back to the card", old_client=old)
    assert (first(told(street.again(card, "anna"))), link in str(street.anna.chat)) == (first(told(card)), False)


@BOTH
async def test_p7_back_from_details_is_what_was_there_before(street: Street, old: bool) -> None:
    card, home = street.card("tara", await street.asked()), street.home("tara")
    for place, back in ((card, "Back to the card"), (home, "Back")):
        before = told(street.again(place, "tara"))
        await street.press("tara", place, "Details", old_client=old)
        page = street.again(place, "tara")
        assert "Approve for 30 days" in told(page)
        await street.press("tara", page, back, old_client=old)
        assert told(street.again(place, "tara")) == before


async def test_p7_a_form_opened_from_details_at_home_leaves_them_there(street: Street) -> None:
    await street.asked()
    home = street.home("tara")
    await street.press("tara", home, "Details")
    page = street.again(home, "tara")
    await street.press("tara", page, "Deny")
    assert told(street.again(home, "tara")) == told(page)


async def test_p7_the_home_is_back_once_something_was_decided_there(street: Street) -> None:
    pressed = {"verb": "approve", "value": await street.asked()}
    reply = await street.execute("tara", pressed, replyToId=street.home("tara").id)
    assert "nothing needs you" in shown(reply)


async def test_p7_a_line_in_words_keeps_no_button_of_the_card_that_it_led_to(street: Street) -> None:
    request = await street.asked()
    await street.press("tara", street.card("tara", request), "Ask a question")
    await street.press("tara", street.form("tara"), "Send", {"words": "Which bill?"})
    line = next(one for one in reversed(street.anna.chat) if "asked a question" in told(one))
    await street.press("anna", line, "Details")
    await street.press("anna", street.again(line, "anna"), "Answer")
    assert [one.title for one in spots(street.again(line, "anna").card)] == ["Details", "Home"]


async def test_p10_a_card_stays_while_a_form_about_something_listed_on_it_opens(street: Street) -> None:
    card = street.card("tara", await street.asked())
    listed = await ask(street.company, street.company.anna, calls=street.company.calls[1:2])
    await street.settled()
    reply = await street.execute("tara", {"verb": "deny", "value": listed}, replyToId=card.id)
    assert shown(reply) == told(card)


@BOTH
async def test_p7_a_link_that_was_used_or_is_a_minute_old_gives_way_to_what_was_there(
    street: Street, old: bool
) -> None:
    request = await approved(street.company)
    await street.settled()
    pages = street.front.adapter.desk.pages
    for place, used in itertools.product((street.card("anna", request), street.home("anna")), (True, False)):
        await street.press("anna", place, "Listen", old_client=old)
        page = street.again(place, "anna")
        await pages.close()
        assert told(street.again(place, "anna")) == told(page)
        if used:
            pages.spend(street.anna.link(page, "Open the player").partition("#")[2])
        else:
            street.company.clock.pass_(minutes=1)
        await pages.close()
        await street.settled()
        assert told(street.again(place, "anna")) == told(place)


async def test_p7_listen_at_home_that_is_sent_again_by_the_client_shows_home(street: Street) -> None:
    await approved(street.company)
    await street.settled()
    home = street.home("anna")
    await street.press("anna", home, "Listen")
    assert shown(await street.tenant.wire.repeat(last_press(street), 5)) == told(home)


async def test_p7_a_page_that_closes_is_no_press_and_leaves_a_newer_one_alone(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = await approved(street.company)
    await street.settled()
    card, desk = street.card("anna", request), street.front.adapter.desk
    await street.press("anna", card, "Listen")
    show, presses = desk.shown, list[str]()

    async def show_late(*about: str) -> Any:
        await street.press("anna", card, "Listen")
        return await show(*about)

    async def note(_: str, matter: str) -> None:
        presses.append(matter)

    monkeypatch.setattr(desk, "shown", show_late)
    monkeypatch.setattr(desk, "note_reachable", note)
    street.company.clock.pass_(minutes=1)
    await desk.pages.close()
    assert "Open the player" in told(street.again(card, "anna"))
    assert presses == []


async def test_p8_what_is_shown_once_stays_in_place_of_a_changed_card_until_it_is_closed(street: Street) -> None:
    request = await approved(street.company)
    await street.settled()
    card = street.card("anna", request)
    await street.press("anna", card, "Listen")
    page = street.again(card, "anna")
    home = street.home("tara")
    await street.press("tara", home, "Manage")
    await street.press("tara", street.again(home, "tara"), "Withdraw")
    assert told(street.again(card, "anna")) == told(page)
    await street.press("anna", page, "Back to the card")
    assert "withdrawn" in told(street.again(card, "anna"))
    street.company.clock.pass_(minutes=1)
    await street.settled()
    street.anna.reopen()
    assert "withdrawn" in told(street.again(card, "anna"))


async def _the_longer_form(street: Street, *, old: bool) -> Any:
    form = await street.blank()
    await street.press("anna", form, "Send", await street.filled(form, reason="legal_claim"), old_client=old)
    return street.again(form, "anna")


@BOTH
async def test_p9_a_second_thought_about_the_reason_is_said_and_loses_nothing(street: Street, old: bool) -> None:
    await street.moved_in("tara", "ruth", "helena")
    form = await _the_longer_form(street, old=old)
    [helena] = await street.anna.search("concerned", "marsh", form)
    named = {**CLAIM, "concerned": [helena["value"]]}
    await street.press("anna", form, "Send", {**named, "reason": "complaint"}, old_client=old)
    shorter = street.again(form, "anna")
    assert LESS in told(shorter)
    assert {"concerned", "matter"} & {one["id"] for one in inputs({"body": shorter.cards})} == set()
    assert await filed(street) == []
    await street.press("anna", shorter, "Send", {"reason": "crime"}, old_client=old)
    longer = street.again(form, "anna")
    stands = {one["id"]: one.get("value") for one in inputs({"body": longer.cards})}
    assert {name: stands[name] for name in ("matter", "basis", "audience")} == {
        name: CLAIM[name] for name in ("matter", "basis", "audience")
    }
    assert stands["concerned"] == helena["value"]
    await street.press("anna", longer, "Send", {}, old_client=old)
    [request] = await filed(street)
    assert "Helena Marsh" in told(street.card("ruth", request))


async def test_p1_back_from_a_clause_is_the_list_of_clauses(street: Street) -> None:
    await street.say("anna", "recording-policy")
    policy = street.anna.chat[-1]
    await street.press("anna", policy, "Details")
    clause = street.again(policy, "anna")
    assert "P2 · " not in told(clause)
    await street.press("anna", clause, "Back")
    assert "P2 · " in told(street.again(policy, "anna"))
