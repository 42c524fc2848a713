"""P12: a call that a hold keeps past its moment is not listed among what goes; whoever may not know of the hold sees it go (P9)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.erasing import Archive
from tests.handlers.erasures_ahead.test_card import MORNING, drawn
from tests.handlers.holds.acts import about, hold, release
from tests.handlers.reading import home_of, lines, seen, whole_of

pytestmark = pytest.mark.soak

SOON = MORNING - timedelta(days=350)  # its moment comes in a fortnight


async def _two(archive: Archive) -> list[int]:
    """Both have their moment on the same day; a hold keeps the second past it."""
    archive.until(MORNING)
    return [await archive.record(name, SOON, audio=name.encode()) for name in ("one", "two")]


async def test_p12_what_a_hold_keeps_past_its_moment_is_not_among_what_goes(archive: Archive) -> None:
    company, calls = archive.company, await _two(archive)
    begun = await hold(company, company.helena, calls[1:], until="2028-02-10")
    card = await drawn(archive, MORNING)
    own = lines(await seen(company, card, company.helena))
    assert "Within 30 days: Australia and New Zealand: 1" in own
    assert "Held past its moment: 1 call, not counted above" in own
    whole = await whole_of(company, card, company.helena)
    assert whole is not None
    told = lines(whole)
    assert len([one for one in told if "goes <" in one]) == 1
    place = told.index("# Stays past its moment, by a hold")
    assert f"({begun.hold} · its moment is <" in told[place + 1]
    assert "1 within 30 days" in str(lines(await home_of(company, company.helena)))
    await release(company, begun.hold, company.helena)
    assert "Within 30 days: Australia and New Zealand: 2" in lines(await seen(company, card, company.helena))


async def test_p12_a_hold_that_ends_before_the_moment_keeps_nothing_of_it(archive: Archive) -> None:
    company, calls = archive.company, await _two(archive)
    await hold(company, company.helena, calls[1:], until="2027-11-25")
    card = await drawn(archive, MORNING)
    assert "Within 30 days: Australia and New Zealand: 2" in lines(await seen(company, card, company.helena))


async def test_p9_who_may_not_know_of_the_hold_sees_the_call_go(archive: Archive) -> None:
    company, calls = archive.company, await _two(archive)
    await hold(company, company.helena, calls[1:], until="2028-02-10", concerned=about("tara"))
    card = await drawn(archive, MORNING)
    told = lines(await seen(company, card, company.tara))
    assert "Within 30 days: Australia and New Zealand: 2" in told
    assert "Held past" not in str(told)
    assert "2 within 30 days" in str(lines(await home_of(company, company.tara)))
