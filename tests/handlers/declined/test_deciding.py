"""P5, P12: what was recorded goes by itself or by decision, never by the agent alone; holds win; what is kept is in reach again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from handlers import form_introduction
from handlers.access import deciding as access_deciding
from handlers.acting import CLOCK, Intent
from handlers.declined import deciding, saying
from handlers.declined.deciding import KeepForm
from handlers.policy import Policy
from handlers.retention import closing
from handlers.rules import Refused
from storage.tables.calls import Keep
from tests.handlers.builders import (
    CLAIM,
    POLICY,
    Company,
    ask,
    audit,
    call,
    claim_about,
    email,
    quiet,
    refusal,
    register,
    words_for,
)
from tests.handlers.customers.acts import a_request
from tests.handlers.declined.acts import LEGS, afterwards, midway, narrow, recorded, row, say, states
from tests.handlers.holds.acts import about, hold
from tests.handlers.reading import buttons, lines, listed, looking, seen
from tests.reconciled import findings


def keeping(matter: str, reason: str = "mistake") -> Intent[None]:
    return deciding.decide_to_keep(matter, KeepForm.read({"reason": reason}))


def changed(policy: Policy, **values: Any) -> Policy:
    return policy.model_copy(update=values)


async def test_p5_what_was_recorded_is_out_of_reach_from_the_moment_it_is_registered(company: Company) -> None:
    matter = await midway(company)
    await register(company.door, *(call(0, native_id=name) for name in LEGS))
    known = await company.database.read(lambda store: store.recordings.known("file", LEGS))
    assert {one.state for one in known.values()} == {"declined"}
    found = await company.database.read(
        lambda store: store.recordings.present([one.id for one in known.values()], company.clock.now)
    )
    assert found == []
    await company.door.enter(deciding.take_registered_calls(matter), CLOCK)
    assert await company.database.read(lambda store: store.declines.met()) == []


async def test_p5_it_goes_one_working_day_later_by_the_one_way_that_erases(company: Company) -> None:
    matter = await midway(company)
    ids = await recorded(company, matter)
    due = (await row(company, matter)).erase_at
    assert due == datetime(2026, 11, 25, 6, tzinfo=UTC)  # Wednesday 17:00 in Sydney
    await company.door.enter(deciding.erase_if_not_kept(matter), CLOCK)
    assert await states(company, *ids) == ["declined", "declined"]
    company.clock.now = due
    await company.door.enter(deciding.erase_if_not_kept(matter), CLOCK)
    assert await states(company, *ids) == ["closed", "closed"]
    erasures = [await company.database.read(lambda store, one=one: store.erasures.open(one)) for one in ids]  # type: ignore[misc]
    assert [one.why for one in erasures if one] == ["declined", "declined"]
    assert "The recording is locked and is being erased." in lines(await seen(company, matter, company.bram))


@pytest.mark.parametrize("policy", [changed(POLICY, declined_after_working_days=0)])
async def test_p5_with_no_day_to_wait_it_goes_at_once(company: Company, policy: Policy) -> None:
    matter = await midway(company)
    assert ((await row(company, matter)).erase_at, (await row(company, matter)).state) == (company.clock.now, "going")
    assert [one.label for one in buttons(await seen(company, matter, company.helena))] == ["Details"]
    assert await states(company, *(await recorded(company, matter))) == ["closed", "closed"]


@pytest.mark.parametrize("policy", [changed(POLICY, declined_midway="restrict")])
async def test_p5_where_the_policy_restricts_nothing_goes_by_itself(company: Company, policy: Policy) -> None:
    matter = await midway(company)
    ids = await recorded(company, matter)
    company.clock.pass_(days=30)
    await company.door.enter(deciding.erase_if_not_kept(matter), CLOCK)
    assert await states(company, *ids) == ["declined", "declined"]
    assert [one for one in buttons(await seen(company, matter, company.helena)) if one.label == "Erase"]


async def test_p5_of_a_finished_call_nothing_goes_without_the_head(company: Company) -> None:
    matter = await afterwards(company)
    company.clock.pass_(days=60)
    await company.door.enter(deciding.erase_if_not_kept(matter), CLOCK)
    assert await states(company, company.calls[0]) == ["declined"]
    await company.door.enter(deciding.decide_to_erase(matter), company.helena)
    assert await states(company, company.calls[0]) == ["closed"]
    assert [one for one in await words_for(company, company.bram) if "decided to erase the recording" in one]


async def test_p5_the_head_stops_it_for_a_reason_and_it_is_in_reach_again(company: Company) -> None:
    matter = await midway(company)
    ids = await recorded(company, matter)
    await company.door.enter(keeping(matter, "agreed"), company.helena)
    assert await states(company, *ids) == ["present", "present"]
    company.clock.pass_(days=9)
    await company.door.enter(deciding.erase_if_not_kept(matter), CLOCK)
    assert await states(company, *ids) == ["present", "present"]
    told = lines(await seen(company, matter, company.bram))
    assert "Helena Marsh kept the recording. The caller agreed to be recorded after all. It is available again." in told


@pytest.mark.parametrize("who", ["bram", "anna", "tara", "ruth"])
async def test_p5_no_agent_erases_or_keeps_a_call_alone(company: Company, who: str) -> None:
    matter = await afterwards(company)
    for intent in (deciding.decide_to_erase(matter), keeping(matter)):
        assert (await refusal(company, intent, company.people[who])).code in ("operator", "not_approver")
    assert await states(company, company.calls[0]) == ["declined"]


async def test_p5_the_head_decides_nothing_about_a_call_of_her_own(company: Company) -> None:
    [own] = await register(
        company.door, call(0, native_id="own", operator_key=email("Helena Marsh"), operator_name="Helena Marsh")
    )
    matter = await say(company, company.helena)
    await company.door.enter(saying.take_calls_found(matter), CLOCK)
    await company.door.enter(saying.choose_call(f"{matter}:0"), company.helena)
    assert (await refusal(company, deciding.decide_to_erase(matter), company.helena)).code == "operator"
    await company.door.enter(deciding.decide_to_erase(matter), company.ruth)
    assert await states(company, own) == ["closed"]


async def test_p5_it_is_decided_once(company: Company) -> None:
    matter = await afterwards(company)
    await company.door.enter(deciding.decide_to_erase(matter), company.helena)
    await quiet(company, deciding.decide_to_erase(matter), company.helena)
    assert (await refusal(company, keeping(matter), company.helena)).code == "already"


async def test_p5_the_decider_is_reminded_each_working_day_until_it_is_decided(company: Company) -> None:
    matter = await afterwards(company)
    await company.door.enter(deciding.remind_of_decline(matter), CLOCK)
    assert [one[4]["reminded"] for one in await audit(company, matter) if one[1] == "declined.remind"] == [
        [company.helena.person_id]
    ]
    assert any("erase or keep the recording?" in line for line in lines(await listed(company, company.helena)))
    await company.door.enter(deciding.decide_to_erase(matter), company.helena)
    before = len(await audit(company))
    await company.door.enter(deciding.remind_of_decline(matter), CLOCK)
    assert len(await audit(company)) == before


async def test_p5_names_that_were_never_registered_are_forgotten_once_nothing_has_them(company: Company) -> None:
    matter = await midway(company)
    await company.door.enter(saying.note_call_ended(matter), CLOCK)
    company.clock.now = (await row(company, matter)).erase_at or company.clock.now
    await company.door.enter(deciding.erase_if_not_kept(matter), CLOCK)
    assert await company.database.read(lambda store: store.declines.unmet()) == {matter: list(LEGS)}
    await company.door.enter(saying.forget_call_names(matter), CLOCK)
    assert await company.database.read(lambda store: store.declines.unmet()) == {}
    told = lines(await seen(company, matter, company.bram))
    assert "A second look, by another route, found no recording." in told


async def test_p5_of_what_goes_by_itself_the_head_is_asked_only_whether_to_keep_it(company: Company) -> None:
    matter = await midway(company)
    card = await seen(company, matter, company.helena)
    assert [one.label for one in buttons(card)] == ["Keep", "Details"]
    assert [line for line in lines(card) if line.endswith("unless you keep it.")]
    assert (await refusal(company, deciding.decide_to_erase(matter), company.bram)).code == "operator"
    above = await looking(company, company.helena, lambda ctx: form_introduction(ctx, "declined_keep", matter))
    assert above.startswith("The caller declined to be recorded.")
    with pytest.raises(Refused, match="You were on"):
        await looking(company, company.bram, lambda ctx: form_introduction(ctx, "declined_keep", matter))


KEPT = (
    "⚠️ A hold, an open request or a customer’s copy still keeps it. It stays locked, and is erased once that is over."
)
WILL_BE_KEPT = "⚠️ A hold, an open request or a customer’s copy still keeps it. If you press Erase, it stays locked, and is erased once that is over."


async def due(company: Company) -> list[str]:
    return await company.database.read(lambda store: store.erasures.due("file", company.clock.now, 10))


async def still_keeps(company: Company, matter: str) -> bool:
    number, now = company.calls[0], company.clock.now
    return await company.database.read(lambda store: bool(store.erasures.kept([number], now, Keep.matter_id == matter)))


async def test_p5_an_open_request_keeps_it_and_the_card_says_that_something_does_and_not_what(company: Company) -> None:
    begun = [await ask(company, company.anna, **CLAIM), await ask(company, company.anna), await a_request(company)]
    matter = await afterwards(company)
    assert WILL_BE_KEPT in lines(await seen(company, matter, company.helena))
    await company.door.enter(deciding.decide_to_erase(matter), company.helena)
    assert [await still_keeps(company, one) for one in begun] == [True, True, True]
    for reader in (company.bram, company.helena):
        told = lines(await seen(company, matter, reader))
        assert KEPT in told
        assert not [line for line in told if any(one in line for one in begun) or "nvestigation" in line]
    assert await due(company) == []
    assert await findings(company.database) == []


async def test_p5_once_the_last_that_keeps_it_is_over_it_goes(company: Company) -> None:
    request = await ask(company, company.anna, **CLAIM)
    matter = await afterwards(company)
    await company.door.enter(deciding.decide_to_erase(matter), company.helena)
    await company.door.enter(access_deciding.deny_request(request, "No."), company.helena)
    await company.door.enter(closing.end_keep(company.calls[0], request), CLOCK)
    assert len(await due(company)) == 1
    assert KEPT not in lines(await seen(company, matter, company.helena))
    assert await findings(company.database) == []


async def test_p9_an_investigation_that_was_approved_keeps_it_for_as_long_as_access_lasts(company: Company) -> None:
    [request, other] = [await ask(company, company.anna, **CLAIM), await ask(company, company.anna)]
    await company.door.enter(access_deciding.approve_request(request), company.helena)
    await company.door.enter(access_deciding.approve_request(other), company.tara)
    matter = await afterwards(company)
    await company.door.enter(deciding.decide_to_erase(matter), company.helena)
    assert [await still_keeps(company, one) for one in (request, other)] == [True, False]
    company.clock.pass_(days=8)
    assert len(await due(company)) == 1


async def test_p5_a_decider_whom_something_concerns_is_out_without_learning_of_it(company: Company) -> None:
    for keep in (
        lambda: ask(company, company.anna, **claim_about("helena")),
        lambda: hold(company, company.ruth, company.calls[1:2], concerned=about("helena")),
    ):
        await keep()
        matter = await afterwards(company)
        told = await refusal(company, deciding.decide_to_erase(matter), company.helena)
        assert told.code == "not_approver"
        assert "I can’t find this call." in str(told)
        assert "Erase" in [one.label for one in buttons(await seen(company, matter, company.ruth))]
        await company.door.enter(deciding.decide_to_erase(matter), company.ruth)


async def test_p5_a_call_that_is_closed_by_now_cannot_be_chosen(company: Company) -> None:
    first, second = await say(company), await say(company, company.tara)
    assert second != first
    await company.door.enter(saying.take_calls_found(first), CLOCK)
    company.clock.now += timedelta(days=400)

    with pytest.raises(Refused) as refused:
        await company.door.enter(saying.choose_call(f"{first}:0"), company.bram)
    assert refused.value.code == "closed"


@pytest.mark.parametrize("known", [True, False])
async def test_p8_an_open_request_that_gives_only_its_number_keeps_it(company: Company, known: bool) -> None:
    """Also if the filer may not know of the call, so that the request names none."""
    matter = await afterwards(company)
    if not known:
        narrow(company)
    [call] = await company.database.read(lambda store: store.recordings.all_of(company.calls[:1]))
    request = await a_request(company, recordings=[f"number:{call.caller}"])
    told = lines(await seen(company, matter, company.helena))
    assert (
        "⚠️ A hold, an open request or a customer’s copy still keeps it. If you press Erase, it stays locked, and is erased once that is over."
        in told
    )
    await company.door.enter(deciding.decide_to_erase(matter), company.helena)
    kept = await company.database.read(lambda store: store.erasures.keeps_of(call.id))
    assert [one.matter_id for one in kept] == [request]
    assert await findings(company.database) == []
