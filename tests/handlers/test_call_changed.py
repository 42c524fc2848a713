"""B2 of the first trial: who is told when a call changed after it had been approved, and that access ends (P7)."""

from __future__ import annotations

import pytest

from handlers.access.intents import Approve, Withdraw
from handlers.acting import WEB
from handlers.listening import Exchange, Listen, Opened, hear
from handlers.rules.refusal import Refused
from tests.handlers.builders import (
    POLICY,
    Company,
    approved,
    ask,
    audit,
    away,
    call,
    email,
    ledger,
    refusal,
    register,
    without_deputies,
    words_for,
)
from tests.handlers.changing import OTHER, change, identified
from tests.handlers.reading import buttons, lines, looking, seen, title

pytestmark = pytest.mark.long


async def opened(company: Company, request: str) -> Opened:
    return await company.door.enter(Exchange(await company.door.enter(Listen(request), company.anna)), WEB)


async def hearing(company: Company, session: Opened) -> str:
    """How a session stands now."""
    try:
        await looking(company, WEB, lambda act: hear(act, session.grant, session.secret))
    except Refused as refused:
        return refused.code
    return "open"


async def test_b2_the_change_ends_the_grant_and_tells_all_who_took_part(company: Company) -> None:
    await identified(company)
    request = await approved(company, calls=company.calls[:2], purpose="Refund of March")
    session = await opened(company, request)
    before = await ledger(company)
    company.clock.pass_(hours=1)
    await change(company, audio=OTHER)
    told = [(one.kind, one.person_id, one.payload.get("matter")) for one in (await ledger(company))[len(before) :]]
    for who in (company.anna, company.tara):
        assert ("show", who.person_id, request) in told
    words = f"A call of request {request} is no longer the call that was approved, so the access has ended."
    for who in (company.anna, company.tara):
        assert (await words_for(company, who))[-1] == f"{words} Press Details to read more."
        word = [one for one in await ledger(company, who) if one.kind == "tell"][-1]
        assert (word.payload["button"], word.payload["matter"]) == ("details", request)
    assert (await words_for(company, company.helena))[-1] == words, "she has no card of it"
    grant = await company.database.read(lambda store: store.grants.of(request))
    assert grant is not None
    assert (grant.ended_at, grant.ended_by, grant.ended_why) == (company.clock.now, None, "call_changed")
    detail = {"recordings": company.calls[:1], "versions": {str(company.calls[0]): 2}, "grant": grant.id}
    assert (await audit(company, request))[-1] == ("clock", "access.call_changed", "done", "P7", detail)
    assert await hearing(company, session) == "call_changed"


async def test_b2_the_cards_say_what_happened_and_the_requester_may_ask_again(company: Company) -> None:
    await identified(company)
    request = await approved(company)
    await change(company, audio=OTHER)
    for who in (company.anna, company.tara):
        old = await seen(company, request, who)
        assert title(old).endswith("access has ended")
        assert "⚠️ A call changed after it was approved, so the access ended." in lines(old)
        assert any(line.endswith(" · changed") for line in lines(old))
        late = await refusal(company, Withdraw(request), who)
        assert str(late) == "This access has ended because a call changed."
    assert [one.label for one in buttons(await seen(company, request, company.anna))] == ["Ask again"]
    again = await ask(company, company.anna)
    assert again != request
    await company.door.enter(Approve(again), company.tara)
    assert await hearing(company, await opened(company, again)) == "open"


async def test_p4_a_line_that_the_policy_does_not_name_is_not_approved(company: Company) -> None:
    given, waiting = await approved(company), await ask(company, company.deven)
    await change(company, line="+61290000000")
    assert "⚠️ A call changed after it was approved, so the access ended." in lines(
        await seen(company, given, company.anna)
    )
    [button] = [one for one in buttons(await seen(company, waiting, company.tara)) if one.label == "Approve"]
    refused = await refusal(company, Approve.pressed(button.value), company.tara)
    assert (refused.code, refused.clause) == ("out_of_scope", "P4")


@pytest.mark.parametrize("when", ["before", "afterwards"])
async def test_b2_a_head_who_was_on_the_call_hears_nothing_of_it(company: Company, when: str) -> None:
    """What is routed around somebody leaves no trace in anything they read: then it is the Manager, Human Resources."""
    head = {"operator_key": email("Helena Marsh")}
    await register(company.door, call(1, **(head if when == "before" else {})))
    request = await approved(company)
    await change(company, audio=OTHER, **(head if when == "afterwards" else {}))
    assert not any(request in one for one in await words_for(company, company.helena))
    assert any(request in one for one in await words_for(company, company.ruth))


async def test_b2_a_head_who_asked_is_told_as_whoever_asked_and_somebody_else_looks_on(company: Company) -> None:
    request = await approved(company, company.helena)
    await change(company, audio=OTHER)
    assert len([one for one in await words_for(company, company.helena) if request in one and "no longer" in one]) == 1
    assert any(request in one for one in await words_for(company, company.ruth))


async def test_b2_with_nobody_left_to_look_on_those_who_take_part_are_told(company: Company) -> None:
    policy = away(POLICY, "head_of_customer_success", "manager_human_resources")
    company.door.policy = without_deputies(policy, "head_of_customer_success", "manager_human_resources")
    await approved(company)
    before = len(await ledger(company))
    await change(company, audio=OTHER)
    told = {one.person_id for one in (await ledger(company))[before:] if one.kind == "tell"}
    assert told == {company.anna.person_id, company.tara.person_id}
