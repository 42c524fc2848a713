"""Everything that has a card: what is shown of it, what delivery and the clock want of it, and how it opens (P7, P9)."""

import pytest

from handlers import BUTTONS, MATTERS, WANTED
from handlers import FORMS as ALL
from handlers.acting import Actor, Intent
from handlers.cards import Page
from handlers.room import Shows
from handlers.rules.refusal import Refused
from tests.each import each
from tests.handlers.builders import Company, ask, ledger
from tests.handlers.reading import looking


async def _details(company: Company, matter: str, who: Actor) -> Page:
    details = BUTTONS["details"]
    assert isinstance(details, Shows)
    return await looking(company, who, lambda ctx: details.page(ctx, matter))


@each(("matter", "code"), [("", "no_copy"), ("R-NEVER222", "unknown"), ("X-1", "unknown")])
async def test_p7_a_stranger_can_not_tell_whether_it_is_there(company: Company, matter: str, code: str) -> None:
    request = await ask(company, company.anna)
    with pytest.raises(Refused) as refused:
        await _details(company, matter or request, company.bram)
    assert (str(refused.value), refused.value.code) == ("I can't find this request.", code)


async def test_of_every_kind_an_id_that_nothing_has_reads_like_one_that_is_somebody_elses(company: Company) -> None:
    for kind in MATTERS:
        with pytest.raises(Refused) as refused:
            await _details(company, f"{kind.prefix}22222222", company.bram)
        assert (str(refused.value), refused.value.code) == (kind.gone, "unknown")


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


async def test_p7_every_form_that_begins_something_new_has_an_id_of_its_own(company: Company) -> None:
    new = [form for form, asked in FORMS.items() if asked.new]
    posted = await _posted(company, *(WANTED[form]("R-1") for form in new for _ in range(2)))
    assert len({one["about"] for one in posted} - {"R-1"}) == 2 * len(new)
