"""D1: one way to tell a moment and a length, whoever draws it: cards of both platforms, form, home, player, refusals."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.slack import render as slack
from bot.teams import render as teams
from handlers import listening
from handlers.access import deciding
from handlers.acting import WEB
from handlers.finding import find
from handlers.listening import described
from tests.handlers.builders import Company, approved, call, refusal, register
from tests.handlers.reading import home_of, looking, seen

LENGTH = "1\N{NO-BREAK SPACE}min\N{NO-BREAK SPACE}3\N{NO-BREAK SPACE}s"


async def _played(company: Company, request: str) -> dict[str, Any]:
    """What the listening page is told."""
    opened = await company.door.enter(
        listening.exchange(await company.door.enter(listening.listen(request), company.anna)), WEB
    )
    return await looking(company, WEB, lambda act: described(act, opened.grant, opened.secret))


async def test_d1_card_home_and_player_tell_the_same_moments(company: Company) -> None:
    request = await approved(company)
    card, home = await seen(company, request, company.anna), await home_of(company, company.anna)
    played = await _played(company, request)
    until, started = "Tue 1 Dec, 14:00 Sydney", "Mon 23 Nov, 14:00 Sydney"
    for drawn in (slack.message(card, "Australia/Sydney"), teams.message(card, "Australia/Sydney")):
        assert until in json.dumps(drawn)
        assert started in json.dumps(drawn)
    for drawn_home in (slack.home(home, "Australia/Sydney"), teams.home(home, "Australia/Sydney")):
        assert until in json.dumps(drawn_home)
    assert (played["until_told"], played["approved_told"]) == (until, "Tue 24 Nov, 14:00 Sydney")
    [told] = played["recordings"]
    assert told["started_told"] == started
    [option] = await looking(company, company.anna, lambda act: find(act, "CS-10443"))
    assert option.label.startswith(f"{started} · ")
    refused = await refusal(company, deciding.deny_request(request, "No."), company.tara)
    assert str(refused).endswith("by you on Tue 24 Nov, 14:00 Sydney.")


@pytest.mark.parametrize("seconds", [62.5, 62.51, 63.49])
async def test_d1_a_call_has_one_length_wherever_it_stands(company: Company, seconds: float) -> None:
    """Python's own rounding makes 62.5 to 62, a browser's makes it 63."""
    [recording] = await register(company.door, call(4, seconds=seconds))
    request = await approved(company, calls=[recording])
    [told] = (await _played(company, request))["recordings"]
    [option] = await looking(company, company.anna, lambda act: find(act, "CS-10446"))
    card = await seen(company, request, company.anna)
    assert told["length"] == LENGTH
    assert LENGTH in option.small
    assert LENGTH in json.dumps(slack.message(card, "UTC"), ensure_ascii=False)
    assert LENGTH in json.dumps(teams.message(card, "UTC"), ensure_ascii=False)
