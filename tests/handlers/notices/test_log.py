"""P11, C1: what is said of notices stands in the log as ids, hashes and closed words, and whoever changes by hand what is stored is found."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from handlers import open_form
from handlers.acting import CLOCK, DELIVERY
from handlers.handling import HANDLERS
from handlers.notices import room
from tests.handlers.builders import Company, ledger
from tests.handlers.notices.acts import (
    another,
    answer,
    begun,
    confirmed,
    enter,
    looked,
    planned,
    withdraw,
)
from tests.handlers.passing_time import fall, pass_until

pytestmark = pytest.mark.soak

CANARY = "Canary-7f3a"


async def _eventful(company: Company) -> None:
    """Notices in every state, and outages, in which every free word has the canary in it."""
    each = await begun(company)
    await looked(company, "unseen", "website:slow")
    await pass_until(company, company.clock.now + timedelta(days=7))
    await answer(company, each["phone"], company.helena, answer="no", words=CANARY)
    card = [one for one in await ledger(company, company.helena) if one.payload.get("matter") == each["website"]][-1]
    await company.door.enter(
        room.CONFIRMATIONS.reroute(each["website"], company.helena.person_id or 0, "user_disabled", card.id, None),
        DELIVERY,
    )
    await company.door.enter(room.CONFIRMATIONS.recheck(each["website"]), CLOCK)
    await company.door.enter(open_form("notice_confirm", each["outgoing"], post=True), company.helena)
    await company.door.enter(open_form("outage", post=True), company.helena)
    await confirmed(company, each["outgoing"], company.helena)
    kept = await enter(company, company.helena, "2026-11-30", "2026-12-01", why=CANARY)
    taken = await enter(company, company.ruth, "2026-11-22", "2026-11-23", why=CANARY)
    await withdraw(company, company.helena, taken.outage, CANARY)
    assert kept.outage
    company.door.policy = another(("Calls are recorded for quality", "All calls are recorded for quality"))
    await planned(company)
    await fall(company)


async def test_p11_the_log_says_ids_only_of_notices(company: Company) -> None:
    await _eventful(company)
    rows = await company.database.read(lambda store: list(store.audit.rows()))
    for one in rows:
        told = json.dumps(one, ensure_ascii=False).casefold()
        for secret in (CANARY.casefold(), "fernhill", "marsh", "+61", "+44", "quality and training"):
            assert secret not in told, one
    ours = {one["action"] for one in rows if one["action"].startswith("notices.")}
    quiet = {"notices.plan", "notices.recheck"}
    assert ours | quiet == {kind.action for kind in HANDLERS if kind.action.startswith("notices.")}
