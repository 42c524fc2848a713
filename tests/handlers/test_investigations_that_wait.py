"""P9: an investigation never lapses: its cards say what comes, and its alarm how long it has waited."""

from __future__ import annotations

import pytest

from handlers.access.intents import Approve
from handlers.acting import Visitor
from tests.handlers.builders import CLAIM, Company, ask, ledger
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


async def alarms(company: Company, who: Visitor) -> list[str]:
    """The words of each alarm that somebody gets."""
    return [row.payload["words"] for row in await ledger(company, who) if row.kind == "warn"]


async def test_p9_each_alarm_says_how_long_it_has_waited(company: Company) -> None:
    request = await ask(company, company.anna, **CLAIM)
    await pass_until(company, sydney("2026-12-23", 9))
    who = "Helena Marsh, Henrik Solberg and Ruth Adeyemi"
    assert await alarms(company, company.miles) == [
        f"{who} should have decided request {request}, and nobody has answered. "
        f"It has waited {weeks} weeks, and this alarm returns each week. Please see to it."
        for weeks in (2, 3, 4)
    ]


async def test_p9_with_the_alarm_whoever_is_silent_is_reminded_in_the_own_working_hours(company: Company) -> None:
    request = await ask(company, company.anna, **CLAIM)
    await delivered(company)
    await pass_until(company, sydney("2026-12-01", 9))
    await delivered(company)
    await pass_until(company, sydney("2026-12-23", 9))
    weekly = [sydney("2026-12-09"), sydney("2026-12-16"), sydney("2026-12-23")]
    assert (await told_at(company, company.helena))[-3:] == weekly
    assert (await told_at(company, company.ruth))[-3:] == weekly
    told = (await digests(company, company.ruth))[-1]
    assert told[0].startswith(f"Request {request} of Anna Quill still waits for your decision. It has waited 4 weeks.")
    await company.door.enter(Approve(request), company.ruth)
    await pass_until(company, sydney("2027-01-20", 9))
    assert (await told_at(company, company.helena))[-1] == weekly[-1]


async def test_p9_an_alarm_that_comes_late_says_so_and_when_it_fell(company: Company) -> None:
    request = await ask(company, company.anna, **CLAIM)
    await delivered(company)
    company.clock.now = sydney("2026-12-14", 12)
    await fall(company)
    [words] = await alarms(company, company.miles)
    assert f"request {request}" in words
    assert words.endswith("Please see to it. This is late, it fell Tue 8 Dec, 17:00 Sydney.")


async def test_p7_an_alarm_that_nobody_further_can_be_asked_says_that_it_is_late(company: Company) -> None:
    await ask(company, company.tara)
    company.clock.now = sydney("2026-11-30", 12)
    await fall(company)
    [words] = await alarms(company, company.ruth)
    assert words.endswith("It has waited 6 days. Please see to it. This is late, it fell Fri 27 Nov, 17:00 Sydney.")


async def test_p9_what_comes_late_and_alone_says_so_to_whoever_lacks_the_card(company: Company) -> None:
    """The deputy was to be asked while the program stood."""
    request = await ask(company, company.anna, **CLAIM)
    await delivered(company)
    company.clock.now = sydney("2026-11-27", 12)
    await fall(company)
    [told] = await digests(company, company.henrik)
    assert told[0].startswith(f"Request {request} of Anna Quill came to you as deputy of the Head")
    assert "late, this fell <26 Nov 06:00>) [Details]" in told[0]
