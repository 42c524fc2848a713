"""P7: somebody who could not be reached, and was reached by another card since, is there again."""

from __future__ import annotations

import pytest

from handlers.access import deciding, waiting
from handlers.acting import CLOCK, DELIVERY
from handlers.settling import Trouble, troubles
from tests.handlers.builders import CLAIM, Company, ask, audit, ledger, left, stored
from tests.handlers.passing_time import delivered
from tests.handlers.reading import seen, title

pytestmark = pytest.mark.long

EVERYBODY = ("helena", "henrik", "ruth", "miles")


async def _missed(company: Company, request: str, *names: str, code: str = "channel_not_found") -> None:
    """The delivery gives up on these people's newest cards, one after the other."""
    for name in names:
        person = company.people[name].person_id or 0
        card = [one for one in await ledger(company, company.people[name]) if one.kind == "show"][-1]
        await company.door.enter(waiting.reroute(request, person, code, card.id), DELIVERY)


async def _stuck(company: Company, code: str = "channel_not_found") -> str:
    """A claim that reached nobody who may decide it."""
    request = await ask(company, company.anna, **CLAIM)
    await _missed(company, request, *EVERYBODY, code=code)
    assert (await stored(company, request)).state == "stuck"
    return request


async def _another(company: Company) -> None:
    """Another card arrives a minute later: of what Helena wants to hear."""
    company.clock.pass_(minutes=1)
    await ask(company, company.helena)
    await delivered(company)


async def _recheck(company: Company, request: str) -> list[tuple[str, str]]:
    before = len(await ledger(company))
    await company.door.enter(waiting.recheck(request), CLOCK)
    return await left(company, before)


async def _troubles(company: Company) -> list[Trouble]:
    return await company.database.read(lambda store: troubles(store, company.door.policy))


async def test_p7_what_nobody_could_decide_is_asked_again_of_whoever_was_reached_since(company: Company) -> None:
    request = await _stuck(company)
    assert await _recheck(company, request) == []
    await _another(company)
    assert ("show", "helena") in await _recheck(company, request)
    assert title(await seen(company, request, company.helena)) == "⏳ Investigation request · waiting for you"
    assert (await audit(company, request))[-1][4]["back"] == [company.helena.person_id]
    assert await _recheck(company, request) == []
    await company.door.enter(deciding.approve_request(request), company.helena)


async def test_p7_a_card_that_was_given_up_is_not_asked_again_and_again(company: Company) -> None:
    """It may be this card that can't be drawn: then each other one that arrives would have it fail anew, with an alarm."""
    request = await _stuck(company, "gave_up_fault")
    await _another(company)
    assert await _recheck(company, request) == []
    assert (await stored(company, request)).state == "stuck"
