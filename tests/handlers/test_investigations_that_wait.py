"""P9: an investigation never lapses: its cards say what comes, and everybody asked is reminded each week."""

from __future__ import annotations

import pytest

from handlers.access import deciding
from handlers.acting import Visitor
from tests.handlers.builders import CLAIM, Company, ask
from tests.handlers.passing_time import delivered, digests, pass_until
from tests.handlers.reading import lines, seen
from tests.handlers.test_waiting import sydney, told_at

pytestmark = pytest.mark.long


async def ahead(company: Company, request: str, who: Visitor) -> list[str]:
    """What the card says of what comes."""
    return [one for one in lines(await seen(company, request, who)) if "never lapses" in one]


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
