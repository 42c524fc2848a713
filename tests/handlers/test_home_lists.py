"""D2: rows that can be told apart, a button that opens the rest, and a page for each list."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from handlers import ROOMS
from handlers import home_of as drawn_home
from handlers.acting import Act, Visitor
from handlers.cards import Row
from handlers.home import ON_A_PAGE, brought, page
from handlers.whose_data.cards import SAID
from storage.records import Request
from tests.each import each
from tests.handlers.builders import POLICY, Company, ask
from tests.handlers.reading import home_of, looking, text

pytestmark = pytest.mark.long

LABEL = POLICY.reasons["complaint"].label
CALL = "Call of <23 Nov 03:00 Australia/Sydney> · caller ••••\N{NO-BREAK SPACE}671"


async def _asked(company: Company, who: Visitor, many: int) -> list[str]:
    """So many requests, a second after each other."""
    found = []
    for number in range(many):
        company.clock.pass_(seconds=1)
        found.append(await ask(company, who, crm=f"CS-{number}"))
    return found


async def _rows(company: Company, who: Visitor) -> list[str]:
    card = await home_of(company, who)
    rows = [one for one in card.parts if isinstance(one, Row) and one.small]
    return [f"{text(one.words)} ({text(one.small)})" for one in rows if one.small and one.small != SAID]


async def _page(company: Company, who: Visitor, value: str) -> tuple[str, list[str], list[tuple[str, str]]]:
    """A list's own page: what it says first, its rows' ids, and the buttons that turn it."""
    dialog = await looking(company, who, lambda act: page(brought(act, ROOMS), value))
    rows = [one for one in dialog.parts if isinstance(one, Row)]
    turns = [(one.label, one.value) for part in dialog.parts if hasattr(part, "buttons") for one in part.buttons]
    first = next(text(one.words) for one in dialog.parts if hasattr(one, "words"))
    return first, [one.button.value for one in rows if one.button], turns


async def test_d2_the_rest_of_a_list_is_one_press_away(company: Company) -> None:
    requests = await _asked(company, company.anna, ON_A_PAGE + 3)
    card = await home_of(company, company.tara)
    [more] = [one for one in card.parts if isinstance(one, Row) and one.button and one.button.action == "more"]
    assert more.button is not None
    assert (text(more.words), more.button.label) == ("And 12 more.", "Show all")
    first, rows, turns = await _page(company, company.tara, more.button.value)
    assert (first, turns) == (f"1 to {ON_A_PAGE} of 18", [("Later ones", f"waiting:{ON_A_PAGE}")])
    told, rest, back = await _page(company, company.tara, f"waiting:{ON_A_PAGE}")
    assert (told, back) == ("16 to 18 of 18", [("Earlier ones", "waiting:0")])
    assert [*rows, *rest] == requests


@each("value", ["waiting:999999", "waiting:x", "waiting", "", "no:0", "waiting:-1", "waiting:٣"])
async def test_d2_a_list_that_can_not_be_read_or_is_shorter_now_shows_what_there_is(
    company: Company, value: str
) -> None:
    request = await ask(company, company.anna)
    assert await _page(company, company.tara, value) == ("1 to 1 of 1", [request], [])
    assert await _page(company, company.ruth, value) == ("There is nothing here any more.", [], [])


async def test_d2_a_home_and_a_page_read_no_more_than_they_show(company: Company) -> None:
    await _asked(company, company.anna, 40)
    loaded: list[str] = []

    def note(request: Request, _: object) -> None:
        loaded.append(request.id)

    def read(act: Act) -> None:
        drawn_home(act)
        page(brought(act, ROOMS), "waiting:15")

    event.listen(Request, "load", note)
    await looking(company, company.tara, read)
    event.remove(Request, "load", note)
    assert len(loaded) == 6 + ON_A_PAGE
