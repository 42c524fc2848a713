"""P9: an investigation never lapses: its cards say what comes, and everybody asked is reminded each week."""

from __future__ import annotations

import pytest

from handlers.access import deciding
from handlers.acting import Visitor
from tests.handlers.builders import CLAIM, Company, ask
from tests.handlers.passing_time import delivered, digests, fall, pass_until
from tests.handlers.reading import lines, seen
from tests.handlers.test_waiting import sydney, told_at

pytestmark = pytest.mark.long


async def ahead(company: Company, request: str, who: Visitor) -> list[str]:
    """What the card says of what comes."""
    return [one for one in lines(await seen(company, request, who)) if "never lapses" in one]


@pytest.mark.parametrize("who", ["anna", "helena"])
async def test_p9_the_card_says_what_comes_after_the_last_step_and_that_it_never_lapses(
    company: Company, who: str
) -> None:
    request = await ask(company, company.anna, **CLAIM)
    weekly = "everyone who was asked is reminded"
    assert await ahead(company, request, company.people[who]) == [
        (
            f"If no one decides, the deputy is asked <26 Nov 06:00 Australia/Sydney>, and {weekly} "
            "<08 Dec 06:00 Australia/Sydney>, and again each week. It never lapses."
        )
    ]
    await pass_until(company, sydney("2026-12-02", 9))
    assert await ahead(company, request, company.people[who]) == [
        f"If no one decides, {weekly} <08 Dec 06:00 Australia/Sydney>, and again each week. It never lapses."
    ]


async def test_p9_after_the_first_weekly_reminder_the_card_says_when_the_next_one_comes(company: Company) -> None:
    request = await ask(company, company.anna, **CLAIM)
    for day, coming in (("2026-12-09", "15 Dec"), ("2026-12-22", "22 Dec"), ("2026-12-23", "29 Dec")):
        await pass_until(company, sydney(day, 9))
        [told] = await ahead(company, request, company.anna)
        assert told.endswith(f"<{coming} 06:00 Australia/Sydney>, and again each week. It never lapses.")


async def test_p9_everybody_asked_is_reminded_each_week_in_their_own_working_hours(company: Company) -> None:
    request = await ask(company, company.anna, **CLAIM)
    await delivered(company)
    await pass_until(company, sydney("2026-12-01", 9))
    await delivered(company)
    await pass_until(company, sydney("2026-12-23", 9))
    weekly = [sydney("2026-12-09"), sydney("2026-12-16"), sydney("2026-12-23")]
    assert (await told_at(company, company.helena))[-3:] == weekly
    assert (await told_at(company, company.ruth))[-3:] == weekly
    told = (await digests(company, company.ruth))[-1]
    assert told[0].startswith(
        f"Request {request} of Anna Quill is still waiting for your decision. It has waited 4 weeks."
    )
    await company.door.enter(deciding.approve_request(request), company.ruth)
    await pass_until(company, sydney("2027-01-20", 9))
    assert (await told_at(company, company.helena))[-1] == weekly[-1]


async def test_p9_what_comes_late_and_alone_says_so_to_whoever_lacks_the_card(company: Company) -> None:
    """The deputy was to be asked while the program stood."""
    request = await ask(company, company.anna, **CLAIM)
    await delivered(company)
    company.clock.now = sydney("2026-11-27", 12)
    await fall(company)
    [told] = await digests(company, company.henrik)
    assert told[0].startswith(f"Request {request} of Anna Quill came to you as deputy of the Head")
    assert "late, this fell <26 Nov 06:00>) [Details]" in told[0]
