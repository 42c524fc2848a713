"""Long pages in Teams: leaves, lists, and lines beneath a card."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chats.wording import broken, units
from bot.rehearsal.teams import words
from bot.teams import render
from bot.teams.render import CARD as ROOM
from handlers.access.intents import Answer, Approve, Deny, Question, Withdraw
from handlers.cards import Actions, Button, Card, Line, Page, Row, Said, Sign, Title
from handlers.lists import ON_A_PAGE
from tests.each import each
from tests.handlers.builders import approved, ask

from .cards import HOSTILE, LARGEST, cards, faults, nodes, typed, zones
from .street import Street, shown, told

DETAILS = Button("details", "Details", "R-1")
LONG = tuple(Said(f"Answer {number}", "録" * 999 + str(number)) for number in range(9))
CARD = Card((Title(Sign.WAITING, "Access request", "waiting"), *LONG), "A request waits.", DETAILS)
BACK = (Actions((Button("home", "Back", ""),)),)


def read(leaf: int) -> str:
    return render.rest("details", "R-1", leaf)


def turning(card: Any) -> dict[str, int]:
    """Which leaf each of its turning buttons leads to."""
    found = [one for one in nodes(card, "type", "Action.Execute") if one["data"]["verb"] == render.REST]
    return {one["title"]: render.turned(one["data"]["value"])[0] for one in found}


def leaves(page: Page) -> list[Any]:
    """Every leaf, as somebody who presses on sees them."""
    found: list[Any] = [render.leaf(page, "UTC", 0, read, BACK)]
    while (onward := turning(found[-1]).get("Show the rest")) is not None:
        assert onward == len(found)
        found.append(render.leaf(page, "UTC", onward, read, BACK))
    return found


def test_a_card_that_is_cut_has_a_button_to_all_of_it_and_another_has_none() -> None:
    drawn: Any = render.content(CARD, "UTC")
    assert faults(drawn) == []
    assert "…" in words(drawn)
    assert [one["title"] for one in nodes(drawn, "type", "Action.Execute")] == ["Details"]
    short = Card(CARD.parts[:2], "A request waits.", DETAILS)
    assert "Details" not in words(render.content(short, "UTC"))


def test_a_card_that_is_cut_has_no_second_button_to_the_same() -> None:
    both = Card((*CARD.parts, Actions((DETAILS, Button("deny", "Deny", "R-1")))), "A request waits.", DETAILS)
    drawn: Any = render.content(both, "UTC")
    assert faults(drawn) == []
    assert [one["title"] for one in nodes(drawn, "type", "Action.Execute")] == ["Details", "Deny"]


def test_leaf_by_leaf_every_word_is_read_once_and_one_can_go_back() -> None:
    found = leaves(Page("Access request", CARD.parts))
    assert len(found) > 1
    read_ = re.sub(r"[^録0-9]", "", "".join(words(one) for one in found))
    assert all(read_.count("録" * 999 + str(number)) == 1 for number in range(9))
    for at, leaf in enumerate(found):
        assert faults(leaf) == []
        assert f"Part {at + 1} of {len(found)}." in words(leaf)
        assert ("Show what came before" in turning(leaf)) is (at > 0)
        assert "Back" in [one["title"] for one in nodes(leaf, "type", "Action.Execute")]


def test_what_fits_has_no_leaves() -> None:
    page = Page("Access request", CARD.parts[:2])
    assert render.leaf(page, "UTC", 7, read, BACK) == render.page(Page(page.title, (*page.parts, *BACK)), "UTC")


@pytest.mark.soak
@settings(max_examples=25, deadline=None)
@given(cards, zones, st.integers(-2, 40))
def test_any_leaf_is_taken_whatever_it_holds(card: Card, zone: str, at: int) -> None:
    drawn = render.leaf(Page(card.summary, card.parts), zone, at, read, BACK)
    assert faults(drawn) == []
    assert drawn["body"] != []


@pytest.mark.soak
@each("said", HOSTILE)
def test_the_longest_words_in_every_place_are_taken_on_every_leaf(said: str) -> None:
    long = (said * 5000)[:5000]
    button = Button("approve", long, "R-1", "danger", confirm=long)
    parts = (Said(long, long), Line(long), Row(long, button, long), Actions((button,) * 5)) * 2
    for leaf in leaves(Page(long, parts)):
        assert faults(leaf) == []
        assert len(json.dumps(leaf)) <= LARGEST


@given(typed, st.integers(4, 60))
def test_broken_words_are_whole_but_for_blanks(text: str, most: int) -> None:
    found = list(broken(text, most))
    assert all(units(one) <= most for one in found)
    assert "".join("".join(found).split()) == "".join(text.split())


@each("value", ["", "x", "-1:details:R-1", "1e3:details:R-1", "²:details:R-1", "9" * 5 + ":details:R-1"])
def test_what_no_button_of_ours_says_is_the_first_leaf(value: str) -> None:
    assert render.turned(value)[0] == 0


async def long_request(street: Street) -> str:
    request = await street.asked()
    for number in range(5):
        await street.company.door.enter(Question(request, "問" * 999 + str(number)), street.company.tara)
        await street.company.door.enter(Answer(request, "答" * 999 + str(number)), street.company.anna)
    await street.settled()
    return request


@pytest.mark.soak
async def test_p7_the_rest_of_a_long_request_is_read_from_its_card(street: Street) -> None:
    request = await long_request(street)
    card = street.card("tara", request)
    assert "Details" in [one["title"] for one in nodes(card.card, "type", "Action.Execute")]
    await street.press("tara", card, "Details")
    first = told(street.again(card, "tara"))
    assert "Part 1 of " in first
    await street.press("tara", street.again(card, "tara"), "Show the rest")
    second = told(street.again(card, "tara"))
    assert "Part 2 of " in second
    assert "答" * 50 in second
    await street.press("tara", street.again(card, "tara"), "Show what came before")
    assert told(street.again(card, "tara")) == first


@pytest.mark.soak
@each("leaf", [0, 1, 400])
async def test_p9_nobody_else_reads_the_rest_of_it(street: Street, leaf: int) -> None:
    await street.moved_in("bram")
    request = await long_request(street)
    for other in (request, "R-0"):
        data = {"verb": render.REST, "value": render.rest("details", other, leaf)}
        assert "答" not in shown(await street.execute("bram" if other == request else "tara", data))


@each("value", ["", "0:approve:R-1", "0:listen:R-1", "0:x:y", "home", "0:home:", "9:home:"])
async def test_p9_turning_leaves_does_nothing_but_show_a_page(street: Street, value: str) -> None:
    request = await street.asked()
    told_ = shown(await street.execute("tara", {"verb": render.REST, "value": value.replace("R-1", request)}))
    assert told_.startswith("📋 Call recordings") if "home:" in value else "I don't know this button" in told_
    assert await street.state(request) == "waiting"


async def _many(street: Street) -> list[str]:
    requests = []
    for number in range(ON_A_PAGE + 2):
        street.company.clock.pass_(seconds=1)
        requests.append(await ask(street.company, street.company.anna, crm=f"CS-{number}"))
    return requests


@pytest.mark.soak
async def test_d2_the_rest_is_one_press_away_and_leads_back(street: Street) -> None:
    requests = await _many(street)
    await street.say("tara", "home")
    home = street.home("tara")
    assert "And 11 more." in told(home)
    await street.press("tara", home, "Show all")
    listed = told(street.again(home, "tara"))
    assert listed.startswith(f"Waiting for you\n1 to {ON_A_PAGE} of 17")
    await street.press("tara", street.again(home, "tara"), "Later ones")
    later = told(street.again(home, "tara"))
    assert (requests[-1] in later, requests[0] in later) == (True, False)
    await street.press("tara", street.again(home, "tara"), "Back")
    assert told(street.again(home, "tara")).startswith("📋 Call recordings · 17 waiting for you")


@pytest.mark.soak
async def test_d2_a_full_home_and_a_full_page_are_whole_in_teams(street: Street) -> None:
    """Teams refuses a card above 28 kB; nothing of a list may be left out for that."""
    for number in range(ON_A_PAGE + 2):
        await approved(street.company, street.company.anna, crm=f"CS-{100 + number}")
    await _many(street)
    await street.settled()
    for short, button in (("anna", "Show all"), ("tara", "Show all")):
        await street.say(short, "home")
        home = street.home(short)
        assert "There is more than fits here." not in told(home)
        assert len(json.dumps(home.cards)) < ROOM
        await street.press(short, home, button)
        listed = street.again(home, short)
        assert "There is more than fits here." not in told(listed)
        assert len(json.dumps(listed.cards)) < ROOM


BOTH = pytest.mark.parametrize("old", [False, True], ids=["execute", "submit"])


async def _line(street: Street, *steps: type[Question | Deny | Approve | Withdraw]) -> str:
    request = await street.asked()
    for step in steps:
        words = ("Which complaint?",) if step in (Question, Deny) else ()
        await street.company.door.enter(step(request, *words), street.company.tara)
    await street.settled()
    return request


@BOTH
@each(
    ("steps", "button", "shown"),
    [((Approve,), "Listen", "Open the player"), ((Deny,), "Details", "Access request · denied by Tara Lindqvist")],
)
async def test_d4_a_line_shows_in_its_place_what_it_says(
    street: Street, steps: tuple[type[Question | Deny | Approve | Withdraw], ...], button: str, shown: str, *, old: bool
) -> None:
    await _line(street, *steps)
    line = street.anna.chat[-1]
    assert f"ress {button}" in told(line)
    await street.press("anna", line, button, old_client=old)
    assert shown in told(street.again(line, "anna"))
    if not old:
        street.anna.reopen()
        assert told(street.again(line, "anna")) == told(line)


@pytest.mark.soak
@each(
    ("steps", "button", "form"),
    [
        ((Question,), "Answer", "Tara Lindqvist asks:\nWhich complaint?"),
        ((Approve, Withdraw), "Ask again", "filled in from"),
    ],
)
async def test_d4_a_line_brings_the_form_beneath_and_is_no_second_card(
    street: Street, steps: tuple[type[Question | Deny | Approve | Withdraw], ...], button: str, form: str
) -> None:
    await _line(street, *steps)
    line = street.anna.chat[-1]
    await street.press("anna", line, button)
    assert form in told(street.form("anna"))
    street.anna.reopen()
    assert told(street.again(line, "anna")) == told(line)
