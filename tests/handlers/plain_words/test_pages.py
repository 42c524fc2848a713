"""P7, P9: how one's own requests stand, who has them, and to whom a new one would go."""

from __future__ import annotations

from handlers import BUTTONS
from handlers.acting import Visitor
from handlers.cards import Card, Page
from handlers.room import Shows
from tests.handlers.builders import Company, ask
from tests.handlers.reading import lines, looking


async def read(company: Company, who: Visitor, button: str) -> list[str]:
    shows = BUTTONS[button]
    assert isinstance(shows, Shows)
    page: Page = await looking(company, who, lambda act: shows.page(act, ""))
    return lines(Card(page.parts, page.title))


async def test_p7_ones_own_requests_stand_there_and_nobody_elses(company: Company) -> None:
    mine = await ask(company, company.anna)
    theirs = await ask(company, company.bram, calls=company.calls[1:2])
    told = " ".join(await read(company, company.anna, "own_requests"))
    assert (mine in told, theirs in told) == (True, False)


async def test_p7_whoever_asked_for_nothing_reads_so(company: Company) -> None:
    assert (await read(company, company.anna, "own_requests"))[0] == "You have asked for nothing in the last 30 days."
