"""P1, P13: words of one's own in Teams, in one's own chat and without a command."""

from __future__ import annotations

import json
from collections.abc import MutableMapping
from typing import Any

import pytest

from bot.rehearsal.teams import Fault
from tests.breaching import elsewhere
from tests.each import each

from .street import CHANNEL, GROUP, IDS, Street, told

CANARY = "Zebediah"
BREACH = f"{CANARY} leaked a recording to his friends"
LEFT_THERE = "Your message stands in this chat; delete it if you’d rather."


@pytest.mark.soak
@each("before", ["", "recording-request ", "recording-policy "])
@each(
    ("words", "shown"),
    [
        ("I need the call with 0412 345 671 for a complaint", "Ask for a recording"),
        ("a customer wants a copy of her call", "A customer’s own call"),
        ("put a hold on the calls of CS-10443", "Ask for a hold"),
        ("where is my request?", "Your requests"),
        ("who listened to my calls?", "Calls with me"),
        ("approve it", "By a press, not by words"),
        ("the customer doesn't want to be recorded", "A caller declines"),
        ("how long are calls kept?", "Call recording policy"),
    ],
)
async def test_p1_words_lead_to_what_is_meant(street: Street, before: str, words: str, shown: str) -> None:
    said = await street.say("anna", f"{before}{words}")
    assert said[-1].split("\n")[0].startswith(shown)


async def test_p7_a_wish_comes_as_a_form_that_is_filled_in(street: Street) -> None:
    await street.say("anna", "I need the call with 0412 345 671 yesterday for a complaint")
    form = json.dumps(street.anna.chat[-1].cards, ensure_ascii=False)
    assert all(one in form for one in ("This call was found by what you wrote", "CS-10443", "For a complaint"))


@pytest.mark.soak
async def test_p13_what_sounds_like_a_breach_gets_the_way_to_the_private_form_and_no_more(
    street: Street, logs: list[MutableMapping[str, Any]]
) -> None:
    await street.say("anna", "home")
    before = await elsewhere(street.company.database)
    logs.clear()
    [said] = await street.say("anna", BREACH)
    card = json.dumps(street.anna.chat[-1].cards)
    assert (LEFT_THERE in said, CANARY in card, "/report/start" in card) == (True, False, True)
    assert await elsewhere(street.company.database) == before
    assert not [one for one in logs if CANARY in str(one) or IDS["anna"] in str(one)]


async def test_p13_a_sentence_is_kept_nowhere_even_where_it_is_taken_for_a_wish(
    street: Street, logs: list[MutableMapping[str, Any]]
) -> None:
    """No recogniser knows every breach, so none of them may matter."""
    await street.say("anna", f"I need the call CS-10443 about the {CANARY} account")
    form = json.dumps(street.anna.chat[-1].cards, ensure_ascii=False)
    assert ("This call was found by what you wrote" in form, CANARY in form) == (True, False)
    assert CANARY not in str(await elsewhere(street.company.database))
    assert not [one for one in logs if CANARY in str(one)]


async def test_p7_a_search_is_forgotten_once_its_form_is_posted(street: Street) -> None:
    await street.say("anna", "recording-request 0412345671")
    assert "This call was found for" in json.dumps(street.anna.chat[-1].cards, ensure_ascii=False)
    kept = await elsewhere(street.company.database)
    told = [row for name, rows in kept.items() if name != "recordings" for row in rows]
    assert "0412345671" not in str(told)


async def test_p7_a_sentence_that_teams_does_not_let_us_answer_is_said_to_be_lost_on_nobody(street: Street) -> None:
    street.tenant.faults.script([Fault("TooManyRequests", "send", retry_after=1)])
    await street.say("anna", f"I need the call CS-10443 about the {CANARY} account")
    assert CANARY not in str(await elsewhere(street.company.database))


@pytest.mark.parametrize("place", [GROUP, CHANNEL])
async def test_p13_where_others_read_nothing_is_said_of_it(street: Street, place: str) -> None:
    [said] = await street.say("anna", BREACH, place, mention=True)
    assert ("private matter" in said, CANARY in said) == (True, False)


async def test_p1_every_answer_has_the_way_home(street: Street) -> None:
    [said] = await street.say("anna", "who decides now?")
    assert said.endswith("Home")
    await street.press("anna", street.anna.chat[-1], "Home")
    assert "Call recordings ·" in told(street.anna.chat[-1])
