"""P9: an investigation never lapses: its cards say what comes, and its alarm how long it has waited."""

from __future__ import annotations

import pytest

from handlers.acting import Visitor
from tests.handlers.builders import CLAIM, Company, ask
from tests.handlers.passing_time import pass_until
from tests.handlers.reading import lines, seen
from tests.handlers.test_waiting import sydney


async def ahead(company: Company, request: str, who: Visitor) -> list[str]:
    """What the card says of what comes."""
    return [one for one in lines(await seen(company, request, who)) if "never lapses" in one]


@pytest.mark.parametrize("who", ["anna", "helena"])
async def test_p9_the_card_says_what_comes_after_the_last_step_and_that_it_never_lapses(
    company: Company, who: str
) -> None:
    request = await ask(company, company.anna, **CLAIM)
    alarm = "an alarm goes to somebody who can see to it"
    assert await ahead(company, request, company.people[who]) == [
        (
            f"If nobody decides, the deputy is asked <26 Nov 06:00 Australia/Sydney>, and {alarm} "
            "<08 Dec 06:00 Australia/Sydney>, and again each week. It never lapses."
        )
    ]
    await pass_until(company, sydney("2026-12-02", 9))
    assert await ahead(company, request, company.people[who]) == [
        f"If nobody decides, {alarm} <08 Dec 06:00 Australia/Sydney>, and again each week. It never lapses."
    ]


async def test_p9_once_the_alarm_has_sounded_the_card_says_when_it_returns(company: Company) -> None:
    request = await ask(company, company.anna, **CLAIM)
    for day, coming in (("2026-12-09", "15 Dec"), ("2026-12-22", "22 Dec"), ("2026-12-23", "29 Dec")):
        await pass_until(company, sydney(day, 9))
        [told] = await ahead(company, request, company.anna)
        assert told.endswith(f"<{coming} 06:00 Australia/Sydney>, and again each week. It never lapses.")
