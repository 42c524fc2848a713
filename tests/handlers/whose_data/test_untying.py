"""P9, P11: what people wrote of an investigation goes in its time, and hides it no less; what tied it to others goes last."""

from __future__ import annotations

from datetime import timedelta

from handlers import forgetting
from handlers.access import deciding
from handlers.acting import CLOCK
from handlers.rules.retention import erase_at
from handlers.whose_data import room
from tests.handlers.builders import CLAIM, Company, ask, audit, stored
from tests.handlers.whose_data.acts import (
    CLAIMED,
    NOTHING,
    closed,
    everything,
    reads,
    reads_of,
)
from tests.moments import NOW

ZONE = "Australia/Sydney"
YEAR = erase_at(NOW, ZONE, 12)


async def _forget(company: Company, *requests: str) -> None:
    """The clock does all that it may: words go, and then whatever tied what has none any more."""
    for one in requests:
        await company.door.enter(forgetting.erase_words(one), CLOCK)
    await company.door.enter(room.untie(), CLOCK)


async def _marks(company: Company, *requests: str) -> list[bool]:
    return [(await stored(company, one)).about != "" for one in requests]


async def test_p9_p11_without_its_words_it_is_hidden_as_long_as_another_one_about_the_matter(company: Company) -> None:
    first = await closed(company)
    company.clock.pass_(days=300)
    second = await ask(company, company.anna, **{**CLAIM, "matter": "  claim   12 "}, calls=company.calls[1:2])
    company.clock.now = YEAR + timedelta(days=30)
    await _forget(company, first, second)
    assert (await stored(company, first)).sealed is None
    assert await reads(company, company.bram) == NOTHING
    await company.door.enter(deciding.deny_request(second, "No."), company.helena)
    ended = company.clock.now
    company.clock.now = erase_at(ended, ZONE, 12) - timedelta(seconds=1)
    await _forget(company, first, second)
    assert (await reads(company, company.bram), await _marks(company, first, second)) == (NOTHING, [True, True])
    company.clock.pass_(seconds=1)
    before = await everything(company, company.bram, company.clock.now)
    await company.door.enter(room.untie(), CLOCK)
    assert await _marks(company, first, second) == [True, True]  # the words of one are there still
    await _forget(company, first, second)
    assert await _marks(company, first, second) == [False, False]
    assert await everything(company, company.bram, company.clock.now) == before
    assert await reads_of(company, company.bram) == [f"Anna Quill · {CLAIMED}"]


async def test_p9_p11_one_that_is_hidden_longer_than_its_words_stand_is_untied_when_it_shows(company: Company) -> None:
    """Access lasts beyond the decision, and so does what is hidden."""
    request, entries = await closed(company), len(await audit(company))
    company.clock.now = YEAR
    await _forget(company, request)
    assert (await reads(company, company.bram), await _marks(company, request)) == (NOTHING, [True])
    company.clock.pass_(days=7)
    await _forget(company)
    assert await _marks(company, request) == [False]
    assert len(await reads_of(company, company.bram)) == 1
    assert len(await audit(company)) == entries + 2  # the end of its words, and that rows changed
