"""D2 in Teams: “And 7 more” shows the whole list where the home stands, and leads back to it."""

from __future__ import annotations

import json

import pytest

from bot.teams.render import CARD
from handlers.lists import ON_A_PAGE
from tests.handlers.builders import approved, ask

from .street import Street, told


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
        assert len(json.dumps(home.cards)) < CARD
        await street.press(short, home, button)
        listed = street.again(home, short)
        assert "There is more than fits here." not in told(listed)
        assert len(json.dumps(listed.cards)) < CARD
