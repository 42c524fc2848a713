"""P11, C1: what is said of declined calls stands in the log as ids only, and whoever changes by hand what is stored of them is found."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from handlers import matter_of
from handlers.acting import CLOCK, DELIVERY
from handlers.declined import deciding, room, saying
from handlers.declined.deciding import KeepForm
from handlers.handling import HANDLERS
from handlers.rules.declined import CHAIN
from tests.handlers.builders import POLICY, Company, away, call, email, ledger, left, register, without_deputies
from tests.handlers.declined.acts import afterwards, live, midway, recorded, row, say, states
from tests.handlers.reading import card_of, lines, seen

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
    await company.door.enter(saying.still(goes, (f"leg {CANARY}",), recordings=(f"live/{CANARY}-3.wav",)), CLOCK)
    await company.door.enter(saying.confirm(goes), CLOCK)
    await company.door.enter(saying.over(goes), CLOCK)
    await company.door.enter(saying.again(goes), CLOCK)
    await company.door.enter(saying.over(goes), CLOCK)
    await recorded(company, goes, f"live/{CANARY}.wav")
    company.clock.now = (await row(company, goes)).erase_at or company.clock.now
    await company.door.enter(deciding.go(goes), CLOCK)
    company.clock.pass_(days=1)
    await company.door.enter(saying.left(goes), CLOCK)
    await company.door.enter(saying.cleared(goes), CLOCK)
    erased = await afterwards(company)
    await company.door.enter(deciding.remind(erased), CLOCK)
    card = [one for one in await ledger(company, company.helena) if one.payload.get("matter") == erased][-1]
    await company.door.enter(
        room.DECLINED_CALLS.reroute(erased, company.helena.person_id or 0, "user_disabled", card.id, None), DELIVERY
    )
    await company.door.enter(room.DECLINED_CALLS.recheck(erased), CLOCK)
    await company.door.enter(deciding.erase(erased), company.henrik)
    kept = await afterwards(company, 0)
    await company.door.enter(room.begin("declined_keep", kept), company.helena)
    await company.door.enter(deciding.keep(kept, KeepForm.read({"reason": "needed"})), company.helena)
    chosen = await _unchosen(company)
    return {"goes": goes, "erased": erased, "kept": kept, "chosen": chosen}


async def _unchosen(company: Company) -> str:
    """Of several nobody said which call it was, or that it was none."""
    chosen = await say(company)
    await company.door.enter(saying.find(chosen, (), "cannot"), CLOCK)
    company.clock.pass_(minutes=30)
    await register(company.door, call(0, native_id="own", started=company.clock.now - timedelta(minutes=40)))
    await company.door.enter(deciding.offer(chosen), CLOCK)
    await company.door.enter(deciding.unchosen(chosen), CLOCK)
    await company.door.enter(deciding.hand_over(chosen), CLOCK)
    others = await say(company)
    await company.door.enter(saying.find(others, (), "cannot"), CLOCK)
    await company.door.enter(deciding.hand_over(others), CLOCK)
    await company.door.enter(saying.dismiss(others), company.helena)
    dropped = await say(company, company.tara)
    await register(company.door, call(6, operator_key=email("Tara Lindqvist"), operator_name="Tara Lindqvist"))
    await company.door.enter(saying.find(dropped), CLOCK)
    await company.door.enter(saying.dismiss(dropped), company.tara)
    return chosen


async def test_p11_the_log_says_ids_only_of_declined_calls(company: Company) -> None:
    await _eventful(company)
    rows = await company.database.read(lambda store: list(store.audit.rows()))
    for one in rows:
        told = json.dumps(one, ensure_ascii=False).casefold()
        for secret in (CANARY.casefold(), "fernhill", "tolliver", "+61", "999888"):
            assert secret not in told, one
    ours = {one["action"] for one in rows if one["action"].startswith("declined.")}
    quiet = {"declined.recheck", "declined.begin"}
    assert ours | quiet == {kind.action for kind in HANDLERS if kind.action.startswith("declined.")}


async def test_p5_while_the_head_can_not_be_reached_her_deputy_is_asked(company: Company) -> None:
    matter = await afterwards(company)
    card = [one for one in await ledger(company, company.helena) if one.payload.get("matter") == matter][-1]
    await company.door.enter(
        room.DECLINED_CALLS.reroute(matter, company.helena.person_id or 0, "user_disabled", card.id, None), DELIVERY
    )
    assert ("show", "henrik") in await left(company)
    told = lines(await seen(company, matter, company.henrik))
    assert [line for line in told if line.startswith("You’re asked as deputy of the Head of Customer Success.")]


@pytest.mark.parametrize("policy", [away(without_deputies(POLICY, *CHAIN), *CHAIN)])
async def test_p5_with_nobody_left_it_is_stuck_and_says_so(company: Company) -> None:
    matter = await midway(company)
    assert (await row(company, matter)).state == "stuck"
    told = lines(await seen(company, matter, company.bram))
    assert [line for line in told if "No one who could decide can be asked now." in line]
    assert await company.database.read(lambda store: list(matter_of(matter).stuck(store))) == [matter]


async def test_p5_somebody_without_a_part_in_it_learns_nothing_of_it(company: Company) -> None:
    matter = await afterwards(company)
    for who in (company.anna, company.tara, company.ruth):
        assert await card_of(company, matter, who) is None


async def test_p5_it_waits_for_whoever_decides_and_for_nobody_once_it_is_decided(company: Company) -> None:
    matter = await afterwards(company)
    kind = matter_of(matter)
    assert await company.database.read(lambda store: list(kind.waiting(store))) == [matter]
    assert await company.database.read(lambda store: list(kind.stuck(store))) == []
    await company.door.enter(deciding.erase(matter), company.helena)
    assert await company.database.read(lambda store: list(kind.waiting(store))) == []


async def test_p4_a_declined_call_on_no_line_of_the_policy_is_out_of_reach_and_goes_too(company: Company) -> None:
    matter = await midway(company, live(line="+15550100"))
    ids = await register(company.door, call(0, native_id="live/in.wav", line="+15550100"))
    await company.door.enter(deciding.meet(matter), CLOCK)
    assert await states(company, *ids) == ["declined"]
    company.clock.now = ((await row(company, matter)).erase_at or company.clock.now) + timedelta(seconds=1)
    await company.door.enter(deciding.go(matter), CLOCK)
    assert await states(company, *ids) == ["closed"]
