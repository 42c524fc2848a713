"""P5, P12: what keeps a declined call that was recorded, who decides about it, and rare turns of the decision."""

from datetime import timedelta

import pytest

from handlers.access import deciding as access_deciding
from handlers.acting import CLOCK
from handlers.declined import deciding, saying
from handlers.retention import closing
from handlers.rules.refusal import Refused
from storage.tables.calls import Keep
from tests.handlers.builders import CLAIM, Company, ask, claim_about, refusal
from tests.handlers.customers.acts import a_request
from tests.handlers.declined.acts import afterwards, narrow, say
from tests.handlers.holds.acts import about, hold
from tests.handlers.reading import buttons, lines, seen
from tests.reconciled import findings

KEPT = "⚠️ Something still keeps it. It stays locked, and is erased once that is over."
WILL_BE_KEPT = "⚠️ Something still keeps it. If you erase it, it stays locked and goes once that is over."


async def due(company: Company) -> list[str]:
    return await company.database.read(lambda store: store.erasures.due("file", company.clock.now, 10))


async def keeping(company: Company, matter: str) -> bool:
    number, now = company.calls[0], company.clock.now
    return await company.database.read(lambda store: bool(store.erasures.kept([number], now, Keep.matter_id == matter)))


async def test_p5_an_open_request_keeps_it_and_the_card_says_that_something_does_and_not_what(company: Company) -> None:
    begun = [await ask(company, company.anna, **CLAIM), await ask(company, company.anna), await a_request(company)]
    matter = await afterwards(company)
    assert WILL_BE_KEPT in lines(await seen(company, matter, company.helena))
    await company.door.enter(deciding.decide_to_erase(matter), company.helena)
    assert [await keeping(company, one) for one in begun] == [True, True, True]
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
    assert [await keeping(company, one) for one in (request, other)] == [True, False]
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
        assert "I can't find this call." in str(told)
        assert "Erase" in [one.label for one in buttons(await seen(company, matter, company.ruth))]
        await company.door.enter(deciding.decide_to_erase(matter), company.ruth)


async def test_p5_a_call_that_is_closed_by_now_can_not_be_chosen(company: Company) -> None:
    first, second = await say(company), await say(company, company.tara)
    assert second != first
    await company.door.enter(saying.take_calls_found(first), CLOCK)
    company.clock.now += timedelta(days=400)

    with pytest.raises(Refused) as refused:
        await company.door.enter(saying.choose_call(f"{first}:0"), company.bram)
    assert refused.value.code == "closed"


@pytest.mark.parametrize("known", [True, False])
async def test_p8_an_open_request_that_gives_only_its_number_keeps_it(company: Company, known: bool) -> None:
    """Also where whoever filed it may not know of the call, so that it names none."""
    matter = await afterwards(company)
    if not known:
        narrow(company)
    [call] = await company.database.read(lambda store: store.recordings.all_of(company.calls[:1]))
    request = await a_request(company, recordings=[f"number:{call.caller}"])
    told = lines(await seen(company, matter, company.helena))
    assert "⚠️ Something still keeps it. If you erase it, it stays locked and goes once that is over." in told
    await company.door.enter(deciding.decide_to_erase(matter), company.helena)
    kept = await company.database.read(lambda store: store.erasures.keeps_of(call.id))
    assert [one.matter_id for one in kept] == [request]
    assert await findings(company.database) == []
