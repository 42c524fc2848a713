"""The delivery: everyone receives what is theirs, once, in order, whatever happens to the others."""

import asyncio
import time
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest

from bot.measures import MOST_GAPS, acknowledging, is_busy_answering
from bot.ports import Unavailable
from bot.rehearsal.fake_chat import Fault
from handlers import delivering
from handlers.access import deciding
from handlers.acting import LEASE
from tests.each import each
from tests.handlers.builders import ask, ledger
from tests.handlers.reading import labels
from tests.offices import Office, states, worker

pytestmark = pytest.mark.usefixtures("logs")


async def test_a_card_reaches_everyone_and_the_ledger_says_so(office: Office) -> None:
    await ask(office.company, office.company.anna)
    assert await office.delivery.drain() == 2
    assert office.titles("anna") == ["⏳ waiting for Tara Lindqvist"]
    assert office.titles("tara") == ["⏳ Anna Quill wants"]
    assert await states(office.company) == [("show", "sent", "", 1)] * 2
    assert await office.delivery.drain() == 0


async def test_a_changed_card_is_redrawn_in_its_message(office: Office) -> None:
    company = office.company
    request = await ask(company, company.anna)
    await office.delivery.drain()
    await company.door.enter(deciding.deny_request(request, "No."), company.tara)
    await office.delivery.drain()
    assert office.titles("anna") == ["⛔ Tara Lindqvist denied your"]
    assert office.titles("tara") == ["⛔ You denied Anna Quill’s"]
    assert [one[1] for one in await states(company)] == ["sent", "sent", "updated", "updated", "sent"]
    words = "Tara Lindqvist denied your request to hear a call."
    assert [one.summary for one in office.chat.cards("UANNA")][1:] == [words]


async def test_a_card_whose_message_was_deleted_is_posted_again(office: Office) -> None:
    company = office.company
    request = await ask(company, company.anna)
    await office.delivery.drain()
    office.chat.messages.clear()
    await company.door.enter(deciding.withdraw_request(request), company.anna)
    await office.delivery.drain()
    assert office.titles("tara") == ["↩️ withdrawn"]


async def test_a_late_card_comes_out_decided(office: Office) -> None:
    company = office.company
    request = await ask(company, company.anna)
    await company.door.enter(deciding.approve_request(request), company.tara)
    await office.delivery.drain()
    assert office.titles("tara") == ["✅ You approved Anna Quill’s"]
    assert labels(office.chat.cards("UTARA")[0]) == []
    assert len(office.chat.called("post", "UTARA")) == 1
    assert office.chat.called("redraw") == []
    assert [(one.kind, one.state) for one in await ledger(company, company.tara)] == [
        ("show", "sent"), ("show", "superseded"),
    ]  # fmt: skip


async def test_an_older_revision_never_overwrites_a_newer_one(office: Office) -> None:
    """A program stalls with the first card in its hands; another one has meanwhile shown the decision."""
    company, held, go_on = office.company, asyncio.Event(), asyncio.Event()

    async def stall(method: str, whom: str) -> None:
        if (method, whom) == ("post", "UTARA") and not held.is_set():
            held.set()
            await go_on.wait()

    request = await ask(company, company.anna)
    office.chat.before = stall
    stalled = asyncio.create_task(office.delivery.drain())
    await held.wait()
    await company.door.enter(deciding.deny_request(request, "No."), company.tara)
    office.clock.now += LEASE
    other = Office(company, office.chat, worker(company, office.chat))
    await other.all_delivered()
    assert office.titles("tara") == ["⛔ You denied Anna Quill’s"]
    go_on.set()
    await stalled
    await other.all_delivered()
    assert sorted(office.titles("tara")) == ["⏳ Anna Quill wants", "⛔ You denied Anna Quill’s"]


async def test_a_newer_message_waits_behind_an_older_one_that_was_put_off(office: Office) -> None:
    company = office.company
    office.chat.faults.append(Fault(Unavailable("ratelimited", retry_after=30), "post", "UANNA"))
    request = await ask(company, company.anna)
    await office.delivery.drain()
    await company.door.enter(deciding.ask_requester(request, "Which complaint?"), company.tara)
    await office.delivery.drain()
    assert office.chat.cards("UANNA") == []
    office.clock.pass_(seconds=30)
    await office.all_delivered()
    assert office.titles("anna") == ["⏳ a question for you"]
    assert len(office.chat.called("post", "UANNA")) == 3  # refused, the card, the word


async def test_a_card_that_waits_twice_is_posted_once(office: Office) -> None:
    company = office.company
    request = await ask(company, company.anna)
    await company.door.enter(deciding.approve_request(request), company.tara)
    await office.delivery.drain()
    assert [one.method for one in office.chat.calls if one.whom == "UANNA"] == ["profile", "post", "post"]
    assert [one[1] for one in await states(company)] == ["sent", "sent", "superseded", "superseded", "sent"]


async def test_one_who_is_in_trouble_holds_up_no_one_else(office: Office) -> None:
    company, taras, go_on = office.company, asyncio.Event(), asyncio.Event()

    async def stall(method: str, whom: str) -> None:
        if (method, whom) == ("post", "UANNA"):
            await go_on.wait()

    office.chat.before, office.chat.after = stall, lambda _, whom: taras.set() if whom == "UTARA" else None
    running = asyncio.create_task(office.delivery.run())
    await ask(company, company.anna)
    office.delivery.wake()
    await asyncio.wait_for(taras.wait(), 20)
    assert office.titles("anna") == []
    go_on.set()
    await office.delivery.stop()
    await running
    assert len(office.titles("anna")) == 1


@each("answers, waits", [(3, 3), (10 * MOST_GAPS, MOST_GAPS)])
async def test_cards_wait_briefly_for_a_pause_between_answers(office: Office, answers: int, waits: int) -> None:
    quiet, posted, delivery = list[bool](), asyncio.Event(), worker(office.company, office.chat)
    answered = list[bool]()

    def hurry() -> bool:
        quiet.append(not posted.is_set() and len(answered) == len(quiet))
        asyncio.get_running_loop().call_soon(answered.append, True)  # an answer of the meantime
        return len(quiet) < answers

    office.chat.after = lambda *_: posted.set()
    await ask(office.company, office.company.anna, crm=f"CS-{answers}")
    with patch("bot.measures.is_busy_answering", hurry):
        running = asyncio.create_task(delivery.run())
        await asyncio.wait_for(posted.wait(), 20)
    assert len(quiet) >= waits
    assert all(quiet[:waits])
    await delivery.stop()
    await running


def test_two_answers_in_a_row_are_a_hurry_and_one_is_none() -> None:
    found, later = [], time.monotonic() + 1_000  # than whatever other tests answered
    for after in (0.0, 0.2, 0.21):
        with patch("bot.measures.time", SimpleNamespace(monotonic=lambda at=later + after: at)):
            with acknowledging("slack"):
                pass
            found.append(is_busy_answering())
    assert found == [False, False, True]


async def test_stopping_finishes_what_is_in_flight_and_takes_nothing_new(office: Office) -> None:
    company, begun = office.company, asyncio.Event()
    office.chat.after = lambda *_: begun.set()
    await ask(company, company.anna)
    running = asyncio.create_task(office.delivery.run())
    await asyncio.wait_for(begun.wait(), 20)
    await office.delivery.stop()
    await running
    assert await states(company) == [("show", "sent", "", 1)] * 2
    await ask(company, company.anna, crm="CS-2")
    await office.delivery.run()
    assert [one[1] for one in await states(company)] == ["sent", "sent", "queued", "queued"]


async def test_a4_stopping_waits_for_what_is_being_taken(office: Office) -> None:
    """Its cards would go out afterwards without being recorded, and again after the next start."""
    taken, go_on, door = asyncio.Event(), asyncio.Event(), office.delivery.door

    async def slowly(intent: Any, *others: Any) -> Any:
        found = await door.enter(intent, *others)
        if intent.handler is delivering.claim_effects:
            taken.set()
            await go_on.wait()
        return found

    await ask(office.company, office.company.anna)
    with patch.object(office.delivery, "door", SimpleNamespace(enter=slowly, now=door.now, database=door.database)):
        running = asyncio.create_task(office.delivery.run())
        await asyncio.wait_for(taken.wait(), 20)
        stopping = asyncio.create_task(office.delivery.stop())
        await asyncio.wait({stopping}, timeout=0.05)
        assert not stopping.done()
        go_on.set()
        await stopping
        assert await states(office.company) == [("show", "sent", "", 1)] * 2
        await running


async def test_two_workers_deliver_everything_once(office: Office) -> None:
    company = office.company
    other = worker(company, office.chat)
    for number in range(10):
        await ask(company, company.anna, crm=f"CS-{number}")
    await asyncio.gather(office.delivery.drain(), other.drain())
    await office.all_delivered()
    assert [len(office.titles(one)) for one in ("anna", "tara")] == [10, 10]
    assert [one[1:] for one in await states(company)] == [("sent", "", 1)] * 20
