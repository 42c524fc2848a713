"""Long pages in Teams: leaves, lists, and lines beneath a card."""

import re
from typing import Any

import pytest

from bot.rehearsal.teams import words
from bot.teams import render
from handlers.access import deciding
from handlers.acting import Handler
from handlers.cards import Actions, Button, Card, Page, Said, Sign, Title
from tests.each import each

from .cards import faults, nodes
from .street import Street, shown, told

DETAILS = Button("details", "Details", "R-1")
LONG = tuple(Said(f"Answer {number}", "録" * 999 + str(number)) for number in range(9))
CARD = Card((Title(Sign.WAITING, "Access request", "waiting"), *LONG), "A request waits.", DETAILS)
BACK = (Actions((Button("home", "Back", ""),)),)


def read(leaf: int) -> str:
    return render.leaf_value("details", "R-1", leaf)


def turning(card: Any) -> dict[str, int]:
    """Which leaf each of its turning buttons leads to."""
    found = [one for one in nodes(card, "type", "Action.Execute") if one["data"]["verb"] == render.REST]
    return {one["title"]: render.read_leaf(one["data"]["value"])[0] for one in found}


def leaves(page: Page) -> list[Any]:
    """Every leaf, as a person who presses on sees them."""
    found: list[Any] = [render.render_leaf(page, "UTC", 0, read, BACK)]
    while (onward := turning(found[-1]).get("Show the rest")) is not None:
        assert onward == len(found)
        found.append(render.render_leaf(page, "UTC", onward, read, BACK))
    return found


def test_a_card_that_is_cut_has_a_button_to_all_of_it_and_another_has_none() -> None:
    drawn: Any = render.card_content(CARD, "UTC")
    assert faults(drawn) == []
    assert "…" in words(drawn)
    assert [one["title"] for one in nodes(drawn, "type", "Action.Execute")] == ["Details"]
    short = Card(CARD.parts[:2], "A request waits.", DETAILS)
    assert "Details" not in words(render.card_content(short, "UTC"))


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


async def long_request(street: Street) -> str:
    request = await street.asked()
    for number in range(5):
        await street.company.door.enter(deciding.ask_requester(request, "問" * 999 + str(number)), street.company.tara)
        await street.company.door.enter(
            deciding.answer_question(request, "答" * 999 + str(number)), street.company.anna
        )
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


@each("value", ["", "0:approve:R-1", "0:listen:R-1", "0:x:y", "home", "0:home:", "9:home:"])
async def test_p9_turning_leaves_does_nothing_but_show_a_page(street: Street, value: str) -> None:
    request = await street.asked()
    told_ = shown(await street.execute("tara", {"verb": render.REST, "value": value.replace("R-1", request)}))
    assert told_.startswith("📋 Call recordings") if "home:" in value else "This button no longer works" in told_
    assert await street.state(request) == "waiting"


BOTH = pytest.mark.parametrize("old", [False, True], ids=["execute", "submit"])


async def _line(street: Street, *steps: Handler[..., Any]) -> str:
    request = await street.asked()
    for step in steps:
        words = ("Which complaint?",) if step in (deciding.ask_requester, deciding.deny_request) else ()
        await street.company.door.enter(step(request, *words), street.company.tara)
    await street.settled()
    return request


@BOTH
@each(
    ("steps", "shown"),
    [
        ((deciding.approve_request,), "Tara Lindqvist approved your request"),
        ((deciding.deny_request,), "Tara Lindqvist denied your request"),
    ],
)
async def test_d4_a_line_shows_in_its_place_what_it_says(
    street: Street, steps: tuple[Handler[..., Any], ...], shown: str, *, old: bool
) -> None:
    await _line(street, *steps)
    line = street.anna.chat[-1]
    assert told(line).endswith("\nDetails")
    await street.press("anna", line, "Details", old_client=old)
    assert shown in told(street.again(line, "anna"))
    if not old:
        street.anna.reopen()
        assert told(street.again(line, "anna")) == told(line)
