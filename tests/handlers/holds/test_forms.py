"""P12: the form of a hold opens with what is right most of the time, and shows which fields may stay empty."""

from __future__ import annotations

from handlers import FORMS, blank
from handlers.cards import Sheet
from handlers.effects import Blank
from tests.handlers.builders import Company
from tests.handlers.reading import looking

LONGEST = "2027-02-22"


def optional(sheet: Sheet) -> set[str]:
    """Fields that say that they may stay empty."""
    return {one.name for one in sheet.fields if one.optional}


async def test_p12_the_longest_end_stands_there_in_a_dialog_and_in_a_message(company: Company) -> None:
    again = FORMS["hold"].again
    assert again is not None
    _, filled = await looking(company, company.helena, lambda act: again(act, ""))
    assert filled.values == {"until": LONGEST}
    wanted = Blank(company.helena.person_id or 0, "hold", "S-1")
    _, posted = await looking(company, company.helena, lambda act: blank(act, wanted))
    assert posted.values == {"until": LONGEST}
    wanted = Blank(company.helena.person_id or 0, "hold_renew", "H-1")
    _, renewal = await looking(company, company.helena, lambda act: blank(act, wanted))
    assert renewal.values == {}
