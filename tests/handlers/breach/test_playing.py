"""P9, P13: who may hear a kept copy is told by a look, which notes nothing, and a copy keeps how long it lasts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.acting import WEB
from handlers.breach.hearing import Copy, may_hear
from handlers.rules.refusal import Refused
from tests.handlers.breach.keeping import PARTS, asked, decided, granted, the_page
from tests.handlers.breach.reporting import Page, page
from tests.handlers.breach.test_hidden import everything
from tests.handlers.builders import Company
from tests.handlers.reading import looking

pytestmark = pytest.mark.long

SECONDS = 61.0


async def heard(company: Company, mine: Page, name: str) -> Copy:
    return await looking(company, WEB, lambda act: may_hear(act, mine.report, mine.session, name))


async def may(company: Company, mine: Page, name: str) -> bool:
    try:
        return bool(await heard(company, mine, name))
    except Refused:
        return False


async def test_p9_a_copy_is_heard_by_whom_it_was_allowed_and_as_long_as_it_is(company: Company) -> None:
    mine, name = await asked(company)
    helena = await page(company, company.helena, mine.report)
    assert not await may(company, mine, name)
    await decided(company, mine, name, "helena")
    assert [await may(company, one, name) for one in (mine, helena, Page(company, mine.report, "none"))] == [
        True,
        False,
        False,
    ]
    assert [await may(company, mine, other) for other in ("", "A-22222222")] == [False, False]
    company.clock.pass_(minutes=15)
    assert not await may(company, mine, name)
    again = await page(company, company.ruth, mine.report)
    assert await may(company, again, name)
    company.clock.now += timedelta(days=company.door.policy.access.days)
    assert not await may(company, await page(company, company.ruth, mine.report), name)


async def test_p13_a_look_notes_nothing_and_no_page_goes_on_by_it(company: Company) -> None:
    mine = await the_page(company)
    name = await granted(company, mine)
    before = await company.database.read(lambda store: everything(store, ours=True))
    company.clock.pass_(minutes=14)
    copy = await heard(company, mine, name)
    assert copy == Copy(company.ruth.person_id or 0, company.calls[0], sum(map(len, PARTS)), "audio/wav", SECONDS)
    assert await company.database.read(lambda store: everything(store, ours=True)) == before
