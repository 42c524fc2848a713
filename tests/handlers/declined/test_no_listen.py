"""P5: out of reach at once: nobody is offered to hear what cannot be heard, and Listen is there again once it is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from handlers import matter_of
from handlers.access import deciding as access_deciding
from handlers.acting import CLOCK
from handlers.declined import deciding
from handlers.retention import closing
from storage.erasures import REQUEST
from storage.matters import Reminder
from storage.records import Recording
from storage.tables.calls import Keep
from tests.handlers.builders import CLAIM, Company, approved, ask, ledger, left
from tests.handlers.declined.acts import afterwards, the_call
from tests.handlers.declined.test_deciding import keeping
from tests.handlers.reading import home_of, labels, lines, looking, seen
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
@pytest.mark.parametrize("number", [1, 2])
async def test_p5_what_is_about_to_be_erased_says_that_it_is_closed(company: Company, number: int) -> None:
    request = await approved(company, calls=company.calls[:number])
    await company.door.enter(deciding.erase(await afterwards(company)), company.helena)
    rest = update(Recording).where(Recording.id.in_(company.calls[1:])).values(state="closed")
    await company.database.write(lambda store: store.session.execute(rest) and None)
    which = "This call is" if number == 1 else "These calls are"
    told = lines(await seen(company, request, company.anna))
    assert f"{which} closed to everyone now, so there is nothing to hear." in told
    assert await _listens(company, request) == (False, False, False)


@pytest.mark.by_hand
async def test_p5_p12_what_is_erased_soon_is_not_said_to_be_heard_until_then(company: Company) -> None:
    request, soon = await approved(company), NOW + timedelta(days=2)
    sooner = update(Recording).where(Recording.id == company.calls[0]).values(erase_at=soon)
    await company.database.write(lambda store: store.session.execute(sooner) and None)
    assert [one for one in lines(await seen(company, request, company.anna)) if "can be heard until then" in one]
    await company.door.enter(deciding.erase(await afterwards(company)), company.helena)
    assert not [one for one in lines(await seen(company, request, company.anna)) if "can be heard until then" in one]


async def test_p12_what_is_kept_past_its_moment_for_this_request_is_heard(company: Company) -> None:
    request = await ask(company, company.anna, **CLAIM)
    company.clock.now = (await the_call(company, company.calls[0])).erase_at or NOW
    await company.door.enter(closing.close(company.calls[0]), CLOCK)
    await company.door.enter(access_deciding.approve_request(request), company.helena)
    assert await _listens(company, request) == (True, True, True)


@pytest.mark.by_hand
async def test_p5_what_is_kept_past_its_moment_is_not_heard_where_the_caller_declined(company: Company) -> None:
    first = company.calls[0]
    request = await approved(company, calls=company.calls[:1])
    await afterwards(company)
    kept = Keep(recording_id=first, matter_id=request, why=REQUEST, since=NOW, ends_at=NOW + timedelta(days=20))
    await company.database.write(lambda store: store.erasures.keep(kept))
    assert await _listens(company, request) == (False, False, False)


async def test_p5_nobody_is_reminded_that_access_ends_by_which_nothing_can_be_heard(company: Company) -> None:
    request = await approved(company)
    reminder = Reminder(
        id="1", matter_id=request, person_id=company.anna.person_id or 0, step="access.ending", fell_at=NOW, tell_at=NOW
    )

    async def reminded() -> bool:
        return await looking(company, company.anna, lambda act: matter_of(request).reminded(act, reminder) is not None)

    assert await reminded()
    await afterwards(company)
    assert not await reminded()
