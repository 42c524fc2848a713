"""D4 in Teams: what is pressed on a line in words does the same as on the card, and the line stays a line."""

from __future__ import annotations

import pytest

from handlers.access.intents import Approve, Deny, Question, Withdraw
from tests.each import each

from .street import Street, told

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
