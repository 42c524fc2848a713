"""Opening a form: who may is told at once; where a form is a message it is left to the delivery, filled in or blank (P7)."""

from __future__ import annotations

import pytest

from handlers import FORMS as ALL
from handlers import SOUGHT, WANTED, blank
from handlers.access import deciding
from handlers.cards import Filled, Sheet
from handlers.effects import Blank
from handlers.handling import Intent
from handlers.rules.refusal import Refused
from tests.handlers.builders import Company, ask, ledger

FORMS = {name: asked for name, asked in ALL.items() if not asked.private}


async def _posted(company: Company, *wanted: Intent[None]) -> list[dict[str, str]]:
    """The forms that are left to the delivery, as the Head, who may open each, asks for them one after the other."""
    found: dict[str, dict[str, str]] = {}
    for one in wanted:
        await company.door.enter(one, company.helena)
        rows = await ledger(company)
        assert {row.kind for row in rows} <= {"blank"}
        found |= {row.id: row.payload for row in rows if row.id not in found}
    return list(found.values())


async def _drawn(company: Company, *wanted: str) -> tuple[Sheet, Filled]:
    sheet, filled = await company.database.read(
        lambda store: blank(company.door.act(store, company.anna), Blank(1, *wanted))
    )
    assert (sheet.name, sheet.about) == wanted[:2]
    return sheet, filled


async def test_p7_every_form_that_begins_something_new_has_an_id_of_its_own_and_no_other_has(company: Company) -> None:
    posted = await _posted(company, *(WANTED[form]("R-1") for form in FORMS for _ in range(2)))
    ids = {form: {one["about"] for one in posted if one["form"] == form} for form in FORMS}
    assert {form: len(found - {"R-1"}) for form, found in ids.items()} == {
        form: 2 if asked.new else 0 for form, asked in FORMS.items()
    }


async def test_d3_d4_a_new_one_is_filled_in_for_what_is_sought_or_from_what_was_asked_before(company: Company) -> None:
    found, again = await _posted(company, WANTED[f"{SOUGHT}access"]("CS-10443"), WANTED["access"]("R-1"))
    assert (found["form"], found["about"][:2], found["before"], found["sought"]) == ("access", "S-", "", "CS-10443")
    assert (again["form"], again["about"][:2], again["before"], again["sought"]) == ("access", "S-", "R-1", "")


async def test_a_blank_form_offers_calls_and_shows_the_question(company: Company) -> None:
    request = await ask(company, company.anna)
    await company.door.enter(deciding.ask_requester(request, "Which complaint?"), company.tara)

    async def told(*wanted: str) -> tuple[str, dict[str, int]]:
        sheet, filled = await _drawn(company, *wanted)
        return sheet.intro, {name: len(found) for name, found in filled.offered.items()}

    assert await told("access", "S-1") == ("", {"recordings": 3})
    assert "Which complaint?" in (await told("answer", request))[0]
    assert await told("answer", "R-NONE") == ("", {})
    assert "filled in from" in (await told("access", "S-1", "teams", request))[0]
    assert await told("access", "S-1", "", "", "no such call") != await told("access", "S-1")


async def test_a_form_that_there_is_no_more_is_refused(company: Company) -> None:
    with pytest.raises(Refused, match="out of date"):
        await _drawn(company, "old", "S-1")
