"""The one door: nothing happens unrecorded, nothing happens twice, and the log holds ids only."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import pytest

from handlers import FORMS, HANDLERS, PRESSES, SENDS
from handlers.access.intents import (
    Answer,
    Approve,
    AskAnew,
    Begin,
    CallChanged,
    Deny,
    Notice,
    PassOn,
    Question,
    Reroute,
    Withdraw,
)
from handlers.delivering import Claim, Delivered, Hung, Job
from handlers.door import CLOCK, DELIVERY, WEB, Act, Done, Door, Handler, Intent, Repeated, Visitor
from handlers.effects import Show, Tell, Whisper
from handlers.home import OpenHome
from handlers.listening import Exchange, Heard, Listen, Served
from handlers.recordings import Identify, Register
from handlers.rules.refusal import Refused
from storage.store import DatabaseDown
from tests.handlers.builders import (
    CLAIM,
    POLICY,
    Company,
    account,
    approved,
    ask,
    audit,
    call,
    email,
    ledger,
    meet,
    quiet,
    refusal,
    register,
    words_for,
)


@dataclass(frozen=True)
class _Try(Intent[str]):
    """Something that a test wants done."""

    action: ClassVar[str] = "test.try"
    clause: ClassVar[str] = "P1"


def _doing(**done: Any) -> Mapping[type[Intent[Any]], Handler]:
    return {**HANDLERS, _Try: lambda _act, _wanted: Done("reply", **done)}


def _raising(error: Exception) -> Mapping[type[Intent[Any]], Handler]:
    def handler(act: Act, _wanted: Intent[str]) -> Done[str]:
        act.me.name = "Somebody Else"
        raise error

    return {**HANDLERS, _Try: handler}


async def test_a_handler_s_answer_comes_back_with_its_entry(company: Company) -> None:
    company.door.handlers = _doing(subject="R-1", detail={"recording": 3})
    assert await company.door.enter(_Try(), company.anna) == "reply"
    assert (await audit(company, "R-1"))[-1] == (company.anna.actor, "test.try", "done", "P1", {"recording": 3})


async def test_a_handler_may_name_another_clause_or_leave_nothing(company: Company) -> None:
    company.door.handlers = _doing(clause="P9")
    await company.door.enter(_Try(), company.anna)
    entries = await audit(company)
    assert entries[-1][3] == "P9"
    company.door.handlers = _doing(quiet=True)
    await company.door.enter(_Try(), company.anna)
    assert await audit(company) == entries


async def test_a_refusal_undoes_what_was_begun_and_is_recorded(company: Company) -> None:
    company.door.handlers = _raising(Refused("No.", clause="P4", code="because"))
    assert (await refusal(company, _Try(), company.anna)).sentence == "No."
    name = await company.database.read(lambda store: store.people.get(company.anna.person_id or 0).name)
    assert name == "Anna Quill"
    assert (await audit(company))[-1] == (company.anna.actor, "test.try", "refused", "P4", {"why": "because"})


async def test_a_refusal_without_a_word_for_the_log_is_recorded_all_the_same(company: Company) -> None:
    company.door.handlers = _raising(Refused("No."))
    await refusal(company, _Try(), company.anna)
    assert (await audit(company))[-1] == (company.anna.actor, "test.try", "refused", "P1", {})


async def test_a_fault_undoes_what_was_begun_and_is_nobody_s_entry(company: Company) -> None:
    entries = await audit(company)
    company.door.handlers = _raising(KeyError("a bug"))
    with pytest.raises(KeyError):
        await company.door.enter(_Try(), company.anna)
    name = await company.database.read(lambda store: store.people.get(company.anna.person_id or 0).name)
    assert (name, await audit(company)) == ("Anna Quill", entries)


async def test_a_database_that_is_away_is_told_and_nothing_was_done(company: Company) -> None:
    entries = await audit(company)
    company.door.handlers = _raising(ConnectionResetError())
    with pytest.raises(DatabaseDown):
        await company.door.enter(_Try(), company.anna)
    assert await audit(company) == entries


async def test_the_same_key_is_done_once(company: Company) -> None:
    company.door.handlers = _doing(effects=(Tell(company.anna.person_id or 0, "Hello.", "once"),))
    await company.door.enter(_Try(), company.anna, key="slack:1")
    await quiet(company, _Try(), company.anna, key="slack:1")
    await company.door.enter(_Try(), company.anna, key="slack:2")
    await company.door.enter(_Try(), company.anna)
    assert await words_for(company, company.anna) == ["Hello."]


@pytest.mark.parametrize("key", ["slack:U1:1.0:approve:" + "x" * 5000, "slack:\0", "slack:\ud800"])
async def test_any_key_can_be_remembered(company: Company, key: str) -> None:
    company.door.handlers = _doing()
    await company.door.enter(_Try(), company.anna, key=key)
    await quiet(company, _Try(), company.anna, key=key)


async def test_the_same_key_at_once_is_done_once(company: Company) -> None:
    company.door.handlers = _doing()
    before = len(await audit(company))
    tries = [company.door.enter(_Try(), company.anna, key="slack:1") for _ in range(8)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(str(type(one).__name__) for one in results) == ["Repeated"] * 7 + ["str"]
    assert len(await audit(company)) == before + 1


async def test_a_refusal_is_whispered_once_a_key(company: Company) -> None:
    company.door.handlers = _raising(Refused("No."))
    for kind in (Refused, Repeated, Repeated):
        with pytest.raises(kind):
            await company.door.enter(_Try(), company.anna, key="slack:1", whisper=True)
    for _ in range(2):
        with pytest.raises(Refused):
            await company.door.enter(_Try(), company.anna, whisper=True)
    assert [one.kind for one in await ledger(company, company.anna)] == ["whisper"] * 3
    assert await words_for(company, company.anna) == ["No."] * 3


async def test_a_refusal_at_once_and_again_is_whispered_once(company: Company) -> None:
    company.door.handlers = _raising(Refused("No."))
    tries = [company.door.enter(_Try(), company.anna, key="slack:1", whisper=True) for _ in range(4)]
    await asyncio.gather(*tries, return_exceptions=True)
    assert await words_for(company, company.anna) == ["No."]


async def test_nobody_is_whispered_to_when_nobody_is_there(company: Company) -> None:
    before = len(await ledger(company))
    with pytest.raises(Refused):
        await company.door.enter(Begin(), Visitor("slack:U9"), whisper=True)
    assert len(await ledger(company)) == before


async def test_the_delivery_is_woken_when_there_is_something_to_deliver(company: Company) -> None:
    woken: list[str] = []
    door = Door(company.database, POLICY, _doing(), company.clock, lambda: woken.append("wake"))
    await door.enter(_Try(), company.anna)
    assert woken == []
    door.handlers = _doing(effects=(Show(company.anna.person_id or 0, "R-1", 1),))
    await door.enter(_Try(), company.anna)
    assert woken == ["wake"]
    with pytest.raises(Refused):
        await door.enter(Begin(), Visitor("slack:U9"), whisper=True)
    assert woken == ["wake"] * 2


async def test_effects_keep_the_order_in_which_they_were_left(company: Company) -> None:
    anna = company.anna.person_id or 0
    effects = [Show(anna, f"R-{one}", 1) for one in range(4)] + [Whisper(anna, "w", "w"), Tell(anna, "t", "t")]
    company.door.handlers = _doing(effects=tuple(effects))
    await company.door.enter(_Try(), company.anna)
    rows = await ledger(company)
    assert [one.kind for one in rows] == ["show"] * 4 + ["whisper", "tell"]
    assert [one.payload["matter"] for one in rows[:4]] == ["R-0", "R-1", "R-2", "R-3"]
    assert all(one.queued_at == one.due_at == company.clock.now for one in rows)


def test_every_press_and_form_wants_something_that_somebody_does() -> None:
    filled = {name: kind.model_construct(words="words") for name, kind in FORMS.items()}
    sent = {name: make("R-1", filled[name], "key") for name, make in SENDS.items()}
    wanted = [*(make("R-1") for make in PRESSES.values()), *sent.values()]
    assert {type(one) for one in wanted} <= set(HANDLERS)
    assert {name: one.subject for name, one in sent.items()} == dict.fromkeys(FORMS, "R-1") | {"access": ""}
    assert all(one.subject == "R-1" for one in wanted if one is not sent["access"])
    assert all(kind.action for kind in HANDLERS)
    assert len({kind.action for kind in HANDLERS}) == len(HANDLERS)


CANARY = "Canary-7f3a"


async def _eventful_company(company: Company) -> None:
    """A life in which every free text, name, number and address has the canary in it."""
    anna = await meet(company.door, replace(account("UANNA", "Anna Quill"), name=f"Anna {CANARY}"))
    tara = await meet(company.door, replace(account("UTARA", "Tara Lindqvist"), name=f"Tara {CANARY}"))
    other = await meet(company.door, replace(account("UCAN", CANARY), email_key=f"{CANARY}@fernhill.example".lower()))
    facts = {"operator_name": f"Op {CANARY}", "operator_key": email(CANARY), "crm": CANARY}
    [recording] = await register(company.door, call(9, native_id=f"{CANARY}.wav", **facts))
    words = {"crm": CANARY, "purpose": CANARY, "matter": CANARY, "basis": CANARY, "audience": CANARY}
    claim = await ask(company, anna, calls=[recording], **{**CLAIM, **words})
    await company.door.enter(Question(claim, CANARY), company.helena)
    await company.door.enter(Answer(claim, CANARY), anna)
    await company.door.enter(PassOn(claim, CANARY), company.helena)
    await company.door.enter(Deny(claim, CANARY), company.ruth)
    request = await ask(company, anna, calls=[recording], crm=CANARY, purpose=CANARY)
    await refusal(company, Approve(request), other)
    await company.door.enter(Approve(request), tara)
    opened = await company.door.enter(Exchange(await company.door.enter(Listen(request), anna)), WEB)
    await company.door.enter(Served(opened.grant, opened.secret, recording, 0, 9), WEB)
    await company.door.enter(Heard(opened.grant, opened.secret, recording, 0, 9), WEB)
    await company.door.enter(OpenHome(), anna)
    for job in await company.door.enter(Claim(9), DELIVERY):
        assert isinstance(job, Job)
        matter = job.effect.matter if isinstance(job.effect, Show) else ""
        hung = Hung(matter, "slack", "D1", "1.1", 1) if matter else None
        await company.door.enter(Delivered(job.taken.id, "sent", "slack", matter, hung), DELIVERY)
    card = (await ledger(company, tara))[-1]
    await company.door.enter(Reroute(request, tara.person_id or 0, "user_disabled", card.id), DELIVERY)
    await company.door.enter(Notice(request, "D1", f"9.9{CANARY}"), anna)
    await company.door.enter(Withdraw(request), anna)
    again = await ask(company, anna, calls=[recording], crm=CANARY, purpose=CANARY)
    await company.door.enter(Identify(recording, "1", "0" * 64), CLOCK)
    await register(company.door, call(9, native_id=f"{CANARY}.wav", stamp="2", **facts))
    await company.door.enter(CallChanged(again), CLOCK)
    await company.door.enter(Approve(again, 1), tara)
    await register(company.door, call(9, native_id=f"{CANARY}.wav", stamp="3", **facts))
    await company.door.enter(CallChanged(again), CLOCK)
    await company.door.enter(AskAnew(again), CLOCK)
    await company.door.enter(Register("file", [], [f"{CANARY}.wav"]), CLOCK)
    for place, forged in enumerate((f"{CANARY} {CANARY}", f"<@{CANARY}>", "\0", "\ud800", "x" * 5000)):
        wishes: list[Intent[Any]] = [Approve(forged), Deny(forged, CANARY), Listen(forged), Notice(forged, "D1", "1.1")]
        for wanted in wishes:
            with pytest.raises(Refused):
                await company.door.enter(wanted, anna, key=f"{place}{forged}{wanted.action}", whisper=True)
    with pytest.raises(Refused):
        await company.door.enter(Begin(), Visitor(f"slack:{CANARY} {CANARY}"))


async def test_p11_the_log_holds_ids_only(company: Company) -> None:
    await _eventful_company(company)
    rows = await company.database.read(lambda store: list(store.audit.rows()))
    assert len(rows) > 30
    for row in rows:
        told = json.dumps(row, ensure_ascii=False).casefold()
        for secret in (CANARY.casefold(), "fernhill", "quill", "lindqvist", "+61", "complains"):
            assert secret not in told, row
    assert not await company.database.read(lambda store: store.audit.verify().fault)
    handled = {row["action"] for row in rows}
    quiet_ones = {
        "access.expire",
        "access.begin",
        "delivery.claim",
        "delivery.line_up",
        "delivery.postpone",
        "delivery.fail",
        "home.open",
        "home.prefer",
        "records.tidy",
        "people.leave",
        "people.block",
        "access.recheck",
    }
    assert handled >= {kind.action for kind in HANDLERS} - quiet_ones


async def test_p11_a_grown_log_still_names_who_did_what(company: Company) -> None:
    request = await approved(company)
    told = [(actor, action) for actor, action, *_ in await audit(company, request)]
    assert told == [(company.anna.actor, "access.file"), (company.tara.actor, "access.approve")]
