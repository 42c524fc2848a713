"""P7, P9: whoever gets a request later has as long as whoever got it first, and nobody is called silent unheard."""

from __future__ import annotations

from datetime import datetime

import pytest

from handlers.access import deciding, waiting
from handlers.acting import CLOCK
from handlers.policy.values import RoleName
from tests.handlers.builders import (
    POLICY,
    Company,
    ask,
    away,
    stored,
    without_deputies,
    words_for,
)
from tests.handlers.passing_time import delivered, digests, pass_until
from tests.handlers.test_waiting import parts, sydney

pytestmark = pytest.mark.long

WHY = "She is my sister."
ROLES: tuple[RoleName, ...] = ("team_leader", "head_of_customer_success", "manager_human_resources")


async def coming(company: Company, request: str) -> dict[str, datetime]:
    """When the clock does what is yet to come, by kind."""
    kinds = ("access.remind", "access.deputy", "access.next", "access.lapse", "access.undecided")
    found = await company.database.read(lambda store: {kind: store.deadlines.coming(kind, request) for kind in kinds})
    return {kind: at for kind, at in found.items() if at is not None}


async def test_p7_whoever_gets_it_by_passing_on_is_reminded_and_nobody_is_called_silent_before(
    company: Company,
) -> None:
    request = await ask(company, company.anna)
    await delivered(company)
    lapses = (await coming(company, request))["access.lapse"]
    await pass_until(company, sydney("2026-11-27", 16))
    await company.door.enter(deciding.pass_on(request, WHY), company.tara)
    await delivered(company)
    assert await coming(company, request) == {
        "access.remind": sydney("2026-11-30", 17), "access.deputy": sydney("2026-12-01", 17),
        "access.next": sydney("2026-12-02", 17), "access.lapse": lapses,
    }  # fmt: skip
    await pass_until(company, sydney("2026-12-01", 10))
    assert await words_for(company, company.ruth) == []
    assert request in str(await digests(company, company.helena))


async def test_p7_what_was_held_begins_anew_when_somebody_is_back(company: Company) -> None:
    company.door.policy = without_deputies(away(POLICY, *ROLES), *ROLES)
    request = await ask(company, company.anna)
    assert (await stored(company, request)).state == "stuck"
    await delivered(company)
    await pass_until(company, sydney("2026-12-01", 10))
    company.door.policy = POLICY
    await company.door.enter(waiting.recheck(request), CLOCK)
    await delivered(company)
    await pass_until(company, sydney("2026-12-04", 18))
    assert await parts(company, request) == {"tara": "approver", "deven": "approver", "helena": "approver"}
    assert request in str(await digests(company, company.tara))
