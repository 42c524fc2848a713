"""P5: out of reach at once: nobody is offered to hear what cannot be heard, and Listen is there again once it is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from handlers.declined import deciding
from storage.records import Recording
from tests.handlers.builders import Company, approved, ledger, left
from tests.handlers.declined.acts import afterwards
from tests.handlers.declined.test_deciding import keeping
from tests.handlers.reading import home_of, labels, lines, seen
from tests.moments import NOW

pytestmark = pytest.mark.long

HEARD = "Press Listen to hear it in your browser. Every listen is logged."


async def _listens(company: Company, request: str) -> tuple[bool, bool, bool]:
    """Whether her card says that she may, and has the button, and whether her home offers and counts it."""
    card, home = await seen(company, request, company.anna), await home_of(company, company.anna)
    return HEARD in lines(card), "Listen" in labels(card), "1 to hear" in lines(home)[0] and "Listen" in labels(home)


async def test_p5_what_is_out_of_reach_at_once_is_offered_to_nobody_until_it_is_kept(company: Company) -> None:
    request = await approved(company)
    assert await _listens(company, request) == (True, True, True)
    before = len(await ledger(company))
    matter = await afterwards(company)
    assert await _listens(company, request) == (False, False, False)
    assert ("show", "anna") in await left(company, before)  # and whatever shows a card redraws the home
    card = await seen(company, request, company.anna)
    told = "This call can’t be heard now, since its caller declined to be recorded. If it is kept after all, Listen is here again."
    assert (told in lines(card), labels(card)) == (True, ["Withdraw"])
    before = len(await ledger(company))
    await company.door.enter(keeping(matter), company.helena)
    assert await _listens(company, request) == (True, True, True)
    assert ("show", "anna") in await left(company, before)


@pytest.mark.by_hand
async def test_p5_of_several_calls_those_that_are_in_reach_are_still_heard(company: Company) -> None:
    request = await approved(company, calls=company.calls[:2])
    first = await afterwards(company)
    assert await _listens(company, request) == (True, True, True)
    both = update(Recording).where(Recording.id.in_(company.calls[:2])).values(state="declined")
    await company.database.write(lambda store: store.session.execute(both) and None)
    assert await _listens(company, request) == (False, False, False)
    told = "None of these calls can be heard now, since a caller declined to be recorded. If it is kept after all, Listen is here again."
    assert told in lines(await seen(company, request, company.anna))
    await company.door.enter(keeping(first), company.helena)
    assert await _listens(company, request) == (True, True, True)


@pytest.mark.by_hand
async def test_p5_p12_what_is_erased_soon_is_not_said_to_be_heard_until_then(company: Company) -> None:
    request, soon = await approved(company), NOW + timedelta(days=2)
    sooner = update(Recording).where(Recording.id == company.calls[0]).values(erase_at=soon)
    await company.database.write(lambda store: store.session.execute(sooner) and None)
    assert [one for one in lines(await seen(company, request, company.anna)) if "can be heard until then" in one]
    await company.door.enter(deciding.erase(await afterwards(company)), company.helena)
    assert not [one for one in lines(await seen(company, request, company.anna)) if "can be heard until then" in one]
