"""B2 of the first trial: approval is bound to a call; the change of a call ends grants, and is told (P7)."""

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
    UK,
    Company,
    approved,
    ask,
    audit,
    call,
    email,
    quiet,
    refusal,
    register,
    stored,
    words_for,
)
from tests.handlers.changing import ONE, OTHER, change, identified, recording
from tests.handlers.reading import buttons, lines, looking, seen, title
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
