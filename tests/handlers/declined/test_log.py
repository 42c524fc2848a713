"""P11, C1: what is said of declined calls stands in the log as ids only, and whoever changes by hand what is stored of them is found."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from handlers import open_form
from handlers.acting import CLOCK, DELIVERY
from handlers.declined import deciding, room, saying
from handlers.declined.deciding import KeepForm
from handlers.handling import HANDLERS
from tests.handlers.builders import Company, call, email, ledger, register
from tests.handlers.declined.acts import afterwards, live, midway, recorded, row, say

pytestmark = pytest.mark.soak

CANARY = "Canary-7f3a"


async def _eventful(company: Company) -> dict[str, str]:
    """Declined calls in every state, in which every name, number and leg has the canary in it."""
    facts: dict[str, Any] = {
        "caller": "+61412999888",
        "call_id": f"call {CANARY}",
        "recordings": (f"live/{CANARY}.wav", "live/out.wav"),
    }
    goes = await midway(company, live(**facts))
    await company.door.enter(
        saying.note_still_recorded(goes, (f"leg {CANARY}",), recordings=(f"live/{CANARY}-3.wav",)), CLOCK
    )
    await company.door.enter(saying.note_not_recorded(goes), CLOCK)
    await company.door.enter(saying.note_call_ended(goes), CLOCK)
    await recorded(company, goes, f"live/{CANARY}.wav")
    company.clock.now = (await row(company, goes)).erase_at or company.clock.now
    await company.door.enter(deciding.erase_if_not_kept(goes), CLOCK)
    company.clock.pass_(days=1)
    await company.door.enter(saying.tell_of_unregistered(goes), CLOCK)
    await company.door.enter(saying.forget_call_names(goes), CLOCK)
    erased = await afterwards(company)
    await company.door.enter(deciding.remind_of_decline(erased), CLOCK)
    card = [one for one in await ledger(company, company.helena) if one.payload.get("matter") == erased][-1]
    await company.door.enter(
        room.DECLINED_CALLS.reroute(erased, company.helena.person_id or 0, "user_disabled", card.id, None), DELIVERY
    )
    await company.door.enter(room.DECLINED_CALLS.recheck(erased), CLOCK)
    await company.door.enter(deciding.decide_to_erase(erased), company.henrik)
    kept = await afterwards(company, 0)
    await company.door.enter(open_form("declined_keep", kept, post=True), company.helena)
    await company.door.enter(deciding.decide_to_keep(kept, KeepForm.read({"reason": "needed"})), company.helena)
    chosen = await _unchosen(company)
    return {"goes": goes, "erased": erased, "kept": kept, "chosen": chosen}


async def _unchosen(company: Company) -> str:
    """Of several nobody said which call it was, or that it was none."""
    chosen = await say(company)
    await company.door.enter(saying.take_calls_found(chosen, (), "cannot"), CLOCK)
    company.clock.pass_(minutes=30)
    await register(company.door, call(0, native_id="own", started=company.clock.now - timedelta(minutes=40)))
    await company.door.enter(deciding.offer_more_calls(chosen), CLOCK)
    await company.door.enter(deciding.remind_or_hand_over(chosen), CLOCK)
    await company.door.enter(deciding.hand_over(chosen), CLOCK)
    others = await say(company)
    await company.door.enter(saying.take_calls_found(others, (), "cannot"), CLOCK)
    await company.door.enter(deciding.hand_over(others), CLOCK)
    await company.door.enter(saying.dismiss_matter(others), company.helena)
    dropped = await say(company, company.tara)
    await register(company.door, call(6, operator_key=email("Tara Lindqvist"), operator_name="Tara Lindqvist"))
    await company.door.enter(saying.take_calls_found(dropped), CLOCK)
    await company.door.enter(saying.dismiss_matter(dropped), company.tara)
    return chosen


async def test_p11_the_log_says_ids_only_of_declined_calls(company: Company) -> None:
    await _eventful(company)
    rows = await company.database.read(lambda store: list(store.audit.rows()))
    for one in rows:
        told = json.dumps(one, ensure_ascii=False).casefold()
        for secret in (CANARY.casefold(), "fernhill", "tolliver", "+61", "999888"):
            assert secret not in told, one
    ours = {one["action"] for one in rows if one["action"].startswith("declined.")}
    quiet = {"declined.recheck"}
    assert ours | quiet == {kind.action for kind in HANDLERS if kind.action.startswith("declined.")}
