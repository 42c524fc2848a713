"""P11, C1: what is said of holds stands in the log as ids only, and whoever changes by hand what is stored of them is found."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from handlers.acting import CLOCK, DELIVERY
from handlers.handling import HANDLERS, Intent
from handlers.holds import steps
from handlers.holds.room import MATTER
from handlers.holds.state import HoldForm, ReleaseForm
from handlers.rules.refusal import Refused
from tests.handlers.builders import Company, account, call, email, ledger, meet, refusal, register
from tests.handlers.holds.acts import (
    about,
    ask,
    at,
    confirm,
    hold,
    rechecked,
    release,
    renew,
    stands,
)

pytestmark = pytest.mark.soak

CANARY = "Canary-7f3a"
QUIET = set[str]()
SAID: dict[str, Any] = {"case": CANARY, "reason": CANARY}


async def _eventful(company: Company) -> dict[str, str]:
    """Holds in every state, in which every free text, name, number and address has the canary in it."""
    await meet(company.door, replace(account("UANNA", "Anna Quill"), name=f"Anna {CANARY}"))
    facts = {
        "operator_name": f"Op {CANARY}",
        "operator_key": email(CANARY),
        "crm": CANARY,
        "native_id": f"{CANARY}.wav",
    }
    [recording] = await register(company.door, call(9, **facts))
    waits = (await ask(company, company.anna, [recording], **SAID, concerned=about("deven"))).hold
    kept = (await hold(company, company.helena, **SAID)).hold
    let_go = (await ask(company, company.tara, company.calls[1:2], **SAID)).hold
    await company.door.enter(_releasing(let_go), company.helena)
    await confirm(company, waits, company.helena)
    await renew(company, kept, company.helena, "2026-12-24")
    card = [one for one in await ledger(company, company.helena) if one.kind == "show"][-1]
    lost = MATTER.reroute(kept, company.helena.person_id or 0, "user_disabled", card.id, None)
    await company.door.enter(lost, DELIVERY)
    await rechecked(company, kept)
    released = (await hold(company, company.helena, company.calls[2:], case=CANARY, reason=CANARY)).hold
    await release(company, released, company.helena)
    ended = (await hold(company, company.helena, company.calls[2:], **SAID, until="2026-12-01")).hold
    await company.door.enter(steps.warn_of_end(ended), CLOCK)
    await at(company, (await stands(company, ended)).ends_at)
    return {"waits": waits, "kept": kept, "let_go": let_go, "released": released, "ended": ended}


def _releasing(one: str) -> Intent[None]:
    return steps.release_hold(one, ReleaseForm.read({"words": CANARY}))


async def test_p11_the_log_holds_ids_only_of_holds_too(company: Company) -> None:
    await _eventful(company)
    for forged in (f"{CANARY} {CANARY}", f"<@{CANARY}>", "\0", "\ud800", "x" * 5000):
        with pytest.raises(Refused):
            await company.door.enter(steps.confirm_hold(forged), company.anna, key=forged, whisper=True)
    form = HoldForm.read({"recordings": ["1"], **SAID, "concerned": [CANARY]})
    await refusal(company, steps.ask_for_hold(form, CANARY), company.helena)
    rows = await company.database.read(lambda store: list(store.audit.rows()))
    for row in rows:
        told = json.dumps(row, ensure_ascii=False).casefold()
        for secret in (CANARY.casefold(), "fernhill", "quill", "412345671"):
            assert secret not in told, row
    assert not await company.database.read(lambda store: store.audit.verify().fault)
    actions = {kind.action for kind in HANDLERS if kind.action.startswith("hold.")}
    assert {row["action"] for row in rows} >= actions - QUIET
