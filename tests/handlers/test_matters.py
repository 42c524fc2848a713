"""Whatever has a card: what is shown of it whole, and what the delivery and the clock want of it (P7, P9)."""

from __future__ import annotations

import pytest

from handlers import BUTTONS, matter_of
from handlers.acting import Visitor
from handlers.cards import Page
from handlers.room import Shows
from handlers.rules.refusal import Refused
from tests.each import each
from tests.handlers.builders import Company, ask, nobody_left
from tests.handlers.reading import looking, seen


async def _details(company: Company, matter: str, who: Visitor) -> Page:
    details = BUTTONS["details"]
    assert isinstance(details, Shows)
    return await looking(company, who, lambda act: details.page(act, matter))


async def test_p7_details_show_the_readers_card_with_its_sentence_for_screen_readers(company: Company) -> None:
    request = await ask(company, company.anna)
    page, card = await _details(company, request, company.anna), await seen(company, request, company.anna)
    assert (page.title, page.summary) == (card.title, card.summary)
    assert [one for one in page.parts if one in card.parts] == list(card.parts)
    assert "Pass on" in str((await _details(company, request, company.tara)).parts)


@each(("matter", "code"), [("", "no_copy"), ("R-NEVER222", "unknown"), ("X-1", "unknown")])
async def test_p7_whom_it_does_not_concern_can_not_tell_whether_it_is_there(
    company: Company, matter: str, code: str
) -> None:
    request = await ask(company, company.anna)
    with pytest.raises(Refused) as refused:
        await _details(company, matter or request, company.bram)
    assert (str(refused.value), refused.value.code) == ("I can't find this request.", code)


async def test_p7_what_waits_and_what_is_stuck_is_told_oldest_first(company: Company) -> None:
    first = await ask(company, company.anna)
    company.door.policy = nobody_left()
    company.clock.pass_(minutes=1)
    stuck = await ask(company, company.helena)
    kind = matter_of(first)
    waiting, found = await company.database.read(lambda store: (kind.waiting(store), kind.stuck(store)))
    assert (list(waiting), list(found)) == ([first, stuck], [stuck])
