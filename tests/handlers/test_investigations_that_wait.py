"""P9: an investigation never lapses: its cards say what comes, and its alarm how long it has waited."""

from __future__ import annotations

import pytest

from handlers.access.intents import Approve
from handlers.acting import Visitor
from tests.handlers.builders import CLAIM, Company, ask, ledger
from tests.handlers.passing_time import delivered, digests, pass_until
from tests.handlers.reading import lines, seen
from tests.handlers.test_waiting import sydney, told_at


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
    who = "Helena Marsh and Henrik Solberg and Ruth Adeyemi"
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
