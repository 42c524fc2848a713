"""Approval is bound to a call: another recording under its name ends access, and those it concerns are told (P7)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from handlers.access.intents import Approve, CallChanged, Withdraw
from handlers.acting import CLOCK, WEB
from handlers.listening import Exchange, Listen, Opened, hear
from handlers.recordings import Identify, Register
from handlers.rules.calls import mark
from handlers.rules.refusal import Refused
from tests.each import each
from tests.handlers.builders import (
    CLAIM,
    POLICY,
    UK,
    Company,
    approved,
    ask,
    audit,
    away,
    call,
    email,
    ledger,
    quiet,
    refusal,
    register,
    stored,
    without_deputies,
    words_for,
)
from tests.handlers.changing import ONE, OTHER, change, identified, recording
from tests.handlers.declined.acts import afterwards
from tests.handlers.reading import buttons, lines, looking, seen, title
from tests.handlers.test_away_deciding import parts
from tests.moments import NOW

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


ANOTHER: dict[str, dict[str, Any]] = {
    "audio": {"audio": OTHER}, "operator": {"operator_key": email("Deven Okafor")}, "number": {"caller": "+61412000000"},
    "start": {"started": NOW - timedelta(hours=1)}, "line": {"line": UK}, "unread": {"audio": ""},
}  # fmt: skip


@pytest.mark.soak
@each("what", ANOTHER)
async def test_b2_what_identifies_a_call_never_changes_unseen(company: Company, what: str) -> None:
    """Other audio, operator, number, start or line: the access ends with the very transaction that stores it."""
    await identified(company)
    request = await approved(company)
    session = await opened(company, request)
    assert await hearing(company, session) == "open"
    await register(company.door, call(1, **{"stamp": "2", "audio": ONE, **ANOTHER[what]}))
    assert await hearing(company, session) == "call_changed"
    assert (await refusal(company, Listen(request), company.anna)).code == "call_changed"
    assert await change(company, **ANOTHER[what]) == [request]
    assert await hearing(company, session) == "call_changed"
    assert await change(company, **ANOTHER[what]) == []


@each("facts", [{}, {"crm": "CS-1"}, {"operator_name": "B. Tolliver", "seconds": 61.5}])
async def test_b2_what_is_the_same_call_stays_approved(company: Company, facts: dict[str, Any]) -> None:
    """A file that was moved, restored or touched, and details that don't say which call it is."""
    before = await identified(company)
    request = await approved(company)
    session = await opened(company, request)
    assert await change(company, **facts) == []
    assert await hearing(company, session) == "open"
    assert (await recording(company)).identity == before.identity


async def test_b2_a_call_that_nobody_has_read_yet_is_known_by_its_file(company: Company) -> None:
    """Also approved before it was read: whatever happens to the file is another call then."""
    request = await approved(company)
    assert await change(company, stamp="1", audio="", crm="CS-1") == []
    assert await change(company, audio="") == [request]


async def test_b2_a_call_that_was_away_is_another_one_unless_it_is_the_same(company: Company) -> None:
    await identified(company)
    for stamp, audio, found in (("1", "", False), ("2", ONE, False), ("3", OTHER, True)):
        request = await approved(company)
        await company.door.enter(Register("file", (), ("call-1",)), CLOCK)
        assert await change(company, stamp=stamp, audio=audio) == ([request] if found else []), stamp
        if not found:
            await company.door.enter(Withdraw(request), company.anna)


async def test_b2_between_card_and_approve_only_what_was_shown_is_approved(company: Company) -> None:
    request = await ask(company, company.anna)
    [button] = [one for one in buttons(await seen(company, request, company.tara)) if one.label == "Approve"]
    assert button.value == request
    await register(company.door, call(1, stamp="2"))
    early = await refusal(company, Approve.pressed(button.value), company.tara)
    await change(company)
    late = await refusal(company, Approve.pressed(button.value), company.tara)
    words = "One of these calls changed after this card was drawn, so nothing was approved. Please look at it again."
    assert [(str(one), one.code) for one in (early, late)] == [(words, "call_changed")] * 2
    card = await seen(company, request, company.tara)
    assert "⚠️ A call changed after it was asked for. Please look at the calls again." in lines(card)
    told = f"A call of request {request} is no longer the call that was asked for."
    for who in (company.anna, company.tara):
        assert (await words_for(company, who))[-1] == f"{told} Press Details to read more."
    assert (await words_for(company, company.helena))[-1] == told, "she has no card of it"
    [button] = [one for one in buttons(card) if one.label == "Approve"]
    assert button.value == f"{request}:1"
    for odd in (f"{request}:0", f"{request}:2", f"{request}:x", f"{request}:1:1", f"{request}:" + "9" * 40):
        assert (await refusal(company, Approve.pressed(odd), company.tara)).code == "call_changed"
    await company.door.enter(Approve.pressed(button.value), company.tara)
    assert (await stored(company, request)).state == "approved"


async def test_b2_the_log_says_which_call_was_approved_by_its_digest(company: Company) -> None:
    before = await identified(company)
    request = await approved(company)
    detail = (await audit(company, request))[-1][4]
    assert detail["calls"] == {str(before.id): before.identity}
    entry = (
        "clock",
        "recordings.identify",
        "done",
        "P7",
        {"version": 1, "digest": before.identity, "stamp": mark("1")},
    )
    assert await audit(company, f"recording:{before.id}") == [entry]
    await change(company, audio=OTHER)
    [_, registered] = await audit(company, f"recording:{before.id}")
    now = await recording(company)
    read = {"version": 2, "digest": now.identity, "stamp": mark("2")}
    told = {"new": 0, "changed": 1, "gone": 0, "out_of_scope": 0, "other_calls": [before.id]}
    assert registered == ("clock", "recordings.register", "done", "P4", {**told, **read})


@each("stamp", ["1", "2"])
async def test_b2_what_was_read_of_an_older_file_says_nothing(company: Company, stamp: str) -> None:
    known = await identified(company)
    await change(company, stamp="2", audio=ONE)
    await company.door.enter(Identify(known.id, stamp, OTHER), CLOCK)
    await company.door.enter(Identify(999, stamp, OTHER), CLOCK)
    assert (await recording(company)).identity == known.identity


async def test_b2_what_is_closed_stays_as_it_was(company: Company) -> None:
    request = await approved(company)
    await company.door.enter(Withdraw(request), company.anna)
    assert await change(company, audio=OTHER) == []
    await company.door.enter(CallChanged(request), CLOCK)
    [named, *_] = await company.database.read(lambda store: store.recordings.named_by(request))
    assert (named.version, named.changed_at) == (1, None)
    assert [one[1] for one in await audit(company, request)][-1] == "access.withdraw"
    assert title(await seen(company, request, company.anna)).endswith("access withdrawn")


async def test_b2_a_change_is_noted_once(company: Company) -> None:
    await identified(company)
    request = await ask(company, company.anna)
    assert await change(company, audio=OTHER) == [request]
    await quiet(company, CallChanged(request), CLOCK)


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


@each(("who", "asked", "told"), [("Tara Lindqvist", {}, "tara"), ("Helena Marsh", CLAIM, "helena")])
async def test_p7_a_new_request_goes_round_whoever_was_named_of_its_call_before(
    company: Company, who: str, asked: dict[str, str], told: str
) -> None:
    await change(company, operator_key=email(who))
    await change(company, stamp="3")
    request = await ask(company, company.anna, **asked)
    assert told not in await parts(company, request)
    assert (await refusal(company, Approve(request), company.people[told])).code == "operator"


async def test_p7_an_open_request_moves_on_when_its_approver_turns_out_to_have_been_named(company: Company) -> None:
    request = await ask(company, company.anna)
    await change(company, operator_key=email("Tara Lindqvist"))
    await change(company, stamp="3")
    assert (await refusal(company, Approve(request), company.tara)).code == "operator"
    assert (await stored(company, request)).state == "waiting"


async def test_p5_so_does_a_declined_call(company: Company) -> None:
    await change(company, operator_key=email("Helena Marsh"))
    await change(company, stamp="3")
    matter = await afterwards(company)
    assert "helena" not in await parts(company, matter)
