"""B2 of the first trial: who is told when a call changed after it had been approved, and what is asked anew (P7)."""

from __future__ import annotations

import pytest

from handlers.access.intents import Approve, Withdraw
from handlers.acting import WEB
from handlers.listening import Exchange, Listen, Opened, hear
from handlers.rules.refusal import Refused
from tests.handlers.builders import (
    POLICY,
    Company,
    account,
    approved,
    ask,
    audit,
    away,
    call,
    email,
    ledger,
    meet,
    refusal,
    register,
    stored,
    with_access,
    without_deputies,
    words_for,
    written,
)
from tests.handlers.changing import OTHER, anew, change, identified, settle
from tests.handlers.reading import buttons, card_of, lines, looking, seen, title

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


async def test_b2_the_change_ends_the_grant_and_asks_the_same_people_anew(company: Company) -> None:
    await identified(company)
    request = await approved(company, calls=company.calls[:2], purpose="Refund of March")
    before = await ledger(company)
    company.clock.pass_(hours=1)
    await change(company, audio=OTHER)
    new = await anew(company, request)
    said = await written(company, new.id)
    assert (new.state, new.reason, new.crm, said.purpose) == ("waiting", "complaint", "CS-10442", "Refund of March")
    named = await company.database.read(lambda store: store.recordings.named_by(new.id))
    assert [(one.recording_id, one.version) for one in named] == [(company.calls[0], 2), (company.calls[1], 1)]
    told = [(one.kind, one.person_id, one.payload.get("matter")) for one in (await ledger(company))[len(before) :]]
    for who in (company.anna, company.tara):
        assert {("show", who.person_id, request), ("show", who.person_id, new.id)} <= set(told)
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
    [(actor, action, outcome, clause, filed)] = await audit(company, new.id)
    assert (actor, action, outcome, clause) == ("clock", "access.ask_anew", "done", "P7")
    [*_, (_, _, _, _, first)] = [one for one in await audit(company, request) if one[1] == "access.file"]
    more = {"instead_of": request, "person": company.anna.person_id, "versions": {"1": 2, "2": 1}}
    again = {name: filed[name] for name in ("words", "facts", "calls")}
    assert filed == {**first, **more, **again}
    coming = await company.database.read(lambda store: store.deadlines.next())
    assert coming is not None
    assert (coming.kind, coming.subject) == ("access.remind", new.id)
    await company.door.enter(Approve(new.id), company.tara)
    assert await hearing(company, await opened(company, new.id)) == "open"


async def test_b2_the_cards_say_what_happened(company: Company) -> None:
    await identified(company)
    request = await approved(company)
    await change(company, audio=OTHER)
    new = await anew(company, request)
    for who in (company.anna, company.tara):
        old = await seen(company, request, who)
        assert title(old).endswith("access has ended")
        named = f" {new.id} asks anew." if who is company.anna else ""
        assert f"⚠️ A call changed after it was approved, so the access ended.{named}" in lines(old)
        assert any(line.endswith(" · changed") for line in lines(old))
        late = await refusal(company, Withdraw(request), who)
        assert str(late) == "This access has ended because a call changed."
        asks = f"⚠️ This asks anew for the calls of {request}: one of them changed after it was approved."
        assert asks in lines(await seen(company, new.id, who))


async def test_b2_whoever_the_new_request_goes_round_reads_nothing_of_it(company: Company) -> None:
    """The approver of before is the operator of the call that is there now: the Head is asked, and knows of no other request."""
    await identified(company)
    request = await approved(company)
    await change(company, operator_key=email("Tara Lindqvist"))
    new = await anew(company, request)
    assert await card_of(company, new.id, company.tara) is None
    assert new.id not in str(lines(await seen(company, request, company.tara)))
    assert new.id not in str(await words_for(company, company.tara))
    assert request not in str(lines(await seen(company, new.id, company.helena)))
    assert request in str(lines(await seen(company, new.id, company.anna)))


async def test_p4_a_line_that_the_policy_does_not_name_is_neither_approved_nor_asked_for_anew(company: Company) -> None:
    given, waiting = await approved(company), await ask(company, company.deven)
    await change(company, line="+61290000000")
    assert await company.database.read(lambda store: store.requests.asked_anew(given)) is None
    assert "⚠️ A call changed after it was approved, so the access ended." in lines(
        await seen(company, given, company.anna)
    )
    [button] = [one for one in buttons(await seen(company, waiting, company.tara)) if one.label == "Approve"]
    refused = await refusal(company, Approve.pressed(button.value), company.tara)
    assert (refused.code, refused.clause) == ("out_of_scope", "P4")


async def test_b2_nobody_is_asked_anew_for_who_has_left_or_may_not_know_of_it(company: Company) -> None:
    given = await approved(company)
    company.door.policy = with_access(POLICY, search_scope="department")
    await change(company, audio=OTHER, department="sales")
    assert await company.database.read(lambda store: store.requests.asked_anew(given)) is None
    company.door.policy = POLICY
    given = await approved(company, calls=company.calls[1:2])
    await meet(company.door, account("UANNA", "Anna Quill", "deactivated"))
    await register(company.door, call(2, stamp="2"))
    await settle(company, given)
    assert await company.database.read(lambda store: store.requests.asked_anew(given)) is None


async def test_b2_who_has_asked_again_already_is_asked_for_nothing_twice(company: Company) -> None:
    given = await approved(company)
    again = await ask(company, company.anna)
    before = len(await ledger(company))
    await register(company.door, call(1, stamp="2"))
    await settle(company, given)
    assert await company.database.read(lambda store: store.requests.asked_anew(given)) is None
    assert (await stored(company, again)).state == "waiting"
    shown = {one.payload["matter"] for one in (await ledger(company))[before:] if one.kind == "show"}
    assert shown == {given}


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
    request = await approved(company)
    before = len(await ledger(company))
    await change(company, audio=OTHER)
    new = await anew(company, request)
    told = {one.person_id for one in (await ledger(company))[before:] if one.kind == "tell"}
    assert told == {company.anna.person_id, company.tara.person_id}
    assert new.state == "waiting"
