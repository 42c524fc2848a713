"""The one door: nothing happens unrecorded, nothing happens twice, and the log holds ids only."""

import asyncio
from collections import Counter
from datetime import date
from typing import Any

import pytest

from handlers import BUTTONS, CHANGES, FORMS, open_form
from handlers.acting import HANDLERS, Actor, Context, Handler, Intent, Result, Show, Tell
from handlers.door import Door, Repeated
from handlers.room import Hands
from handlers.rules import Refused
from storage.database.store import DatabaseDown
from tests.each import each
from tests.handlers.builders import POLICY, Company, audit, ledger, quiet, refusal, words_for

pytestmark = pytest.mark.long


def _doing(**done: Any) -> Intent[str]:
    """Something that a test wants done."""
    return Handler(lambda ctx: Result("reply", **done), "test.try", "P1")()


def _raising(error: Exception) -> Intent[str]:
    def raising(ctx: Context) -> Result[str]:
        ctx.me.name = "Someone Else"
        raise error

    return Handler(raising, "test.try", "P1")()


async def test_a_handler_s_answer_comes_back_with_its_entry(company: Company) -> None:
    wanted = _doing(subject="R-1", detail={"recording": 3})
    assert await company.door.enter(wanted, company.anna) == "reply"
    assert (await audit(company, "R-1"))[-1] == (company.anna.actor, "test.try", "done", "P1", {"recording": 3})


async def test_what_the_log_vouches_for_is_never_written_without_an_entry(company: Company) -> None:
    def renamed(ctx: Context) -> Result[str]:
        ctx.me.name += "x"
        return Result("reply", quiet=True)

    wanted = Handler(renamed, "test.try", "P1")()
    await company.door.enter(wanted, company.anna)
    assert (await audit(company))[-1] == (company.anna.actor, "test.try", "noted", "P1", {})
    with pytest.raises(RuntimeError, match="private, but wrote rows that must be in the log"):
        await company.door.enter(Handler(renamed, "test.try", "P1", private=True)(), company.anna)


async def test_works_that_share_a_commit_vouch_for_their_own_rows_each(company: Company) -> None:
    def renamed(ctx: Context) -> Result[str]:
        ctx.me.name += "x"
        return Result("reply", subject=f"person:{ctx.who.person_id}")

    wanted = Handler(renamed, "test.try", "P1")()
    who = (company.anna, company.bram, company.anna, company.cora)
    await asyncio.gather(*(company.door.enter(wanted, one) for one in who))
    rows = (await company.database.read(lambda store: list(store.audit.exported())))[-len(who) :]
    assert [list(one["marks"]) for one in rows] == [[f"people/{one.person_id}"] for one in who]
    assert rows[0]["marks"] != rows[2]["marks"]


async def test_a_refusal_undoes_what_was_begun_and_is_recorded(company: Company) -> None:
    wanted = _raising(Refused("No.", clause="P4", code="because"))
    assert (await refusal(company, wanted, company.anna)).sentence == "No."
    name = await company.database.read(lambda store: store.people.get(company.anna.person_id or 0).name)
    assert name == "Anna Quill"
    assert (await audit(company))[-1] == (company.anna.actor, "test.try", "refused", "P4", {"why": "because"})


@each(("fault", "told"), [(KeyError("a bug"), KeyError), (ConnectionResetError(), DatabaseDown)])
async def test_a_fault_undoes_what_was_begun(company: Company, fault: Exception, told: type[Exception]) -> None:
    entries = await audit(company)
    with pytest.raises(told):
        await company.door.enter(_raising(fault), company.anna)
    name = await company.database.read(lambda store: store.people.get(company.anna.person_id or 0).name)
    assert (name, await audit(company)) == ("Anna Quill", entries)


async def test_the_same_key_is_done_once(company: Company) -> None:
    wanted = _doing(effects=(Tell(company.anna.person_id or 0, "Hello.", "once"),))
    await company.door.enter(wanted, company.anna, key="slack:1")
    await quiet(company, wanted, company.anna, key="slack:1")
    await company.door.enter(wanted, company.anna, key="slack:2")
    await company.door.enter(wanted, company.anna)
    assert await words_for(company, company.anna) == ["Hello."]


async def test_the_same_key_at_once_is_done_once(company: Company) -> None:
    wanted = _doing()
    before = len(await audit(company))
    tries = [company.door.enter(wanted, company.anna, key="slack:1") for _ in range(8)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(str(type(one).__name__) for one in results) == ["Repeated"] * 7 + ["str"]
    assert len(await audit(company)) == before + 1


async def test_a_refusal_is_whispered_once_a_key(company: Company) -> None:
    wanted = _raising(Refused("No."))
    for kind in (Refused, Repeated, Repeated):
        with pytest.raises(kind):
            await company.door.enter(wanted, company.anna, key="slack:1", whisper=True)
    for _ in range(2):
        with pytest.raises(Refused):
            await company.door.enter(wanted, company.anna, whisper=True)
    assert [one.kind for one in await ledger(company, company.anna)] == ["whisper"] * 3
    assert await words_for(company, company.anna) == ["No."] * 3


async def test_the_delivery_is_woken_when_there_is_something_to_deliver(company: Company) -> None:
    woken: list[str] = []
    door = Door(company.database, POLICY, company.clock, lambda _: woken.append("wake"))
    await door.enter(_doing(), company.anna)
    assert woken == []
    wanted = _doing(effects=(Show(company.anna.person_id or 0, "R-1", 1),))
    await door.enter(wanted, company.anna)
    assert woken == ["wake"]
    with pytest.raises(Refused):
        await door.enter(open_form("access"), Actor("slack:U9"), whisper=True)
    assert woken == ["wake"] * 2


def test_every_press_and_form_wants_something_that_someone_does() -> None:
    day = date(2026, 11, 24)
    told = {name: asked for name, asked in FORMS.items() if not asked.private}
    filled = {name: asked.kind.model_construct(words="words", first=day, last=day) for name, asked in told.items()}
    sent = {name: asked.send("R-1", filled[name], "key") for name, asked in told.items()}
    done = [one.intent("R-1") for one in CHANGES.values() if one.back == "matter"]
    handed = [one.intent("R-1") for one in BUTTONS.values() if isinstance(one, Hands)]
    wanted = [*done, *handed, *sent.values()]
    assert {name: asked.new for name, asked in told.items()} == {name: not one.subject for name, one in sent.items()}
    new = {"access", "declare", "away", "hold", "customer", "outage"}
    assert {name: one.subject for name, one in sent.items()} == dict.fromkeys(told, "R-1") | dict.fromkeys(new, "")
    assert all(one.subject == "R-1" for one in wanted if one not in [sent[name] for name in new])
    assert all(kind.action for kind in HANDLERS)
    shared = [name for name, number in Counter(kind.action for kind in HANDLERS).items() if number > 1]
    assert shared == ["customer.release"], "a new link is released as the first one was"
