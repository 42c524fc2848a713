"""P8: whatever names a customer, or was said, stands in no log, no message beyond those who may see it, and no column unsealed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import inspect, text

from handlers.acting import DELIVERY, WEB
from handlers.customers import afterwards, changing, deadlines, intents, mailing, passcodes
from handlers.customers import releasing as releasing_room
from handlers.customers.forms import AnswerForm, AskNumberForm, LateForm, NumberForm, QuestionForm, RefuseForm
from handlers.customers.intents import Answer, OpenLink
from storage.database.store import Store
from storage.search_index import NAME
from tests.handlers.builders import Company, audit, call, ledger, refusal, register
from tests.handlers.customers.acts import a_request, stored
from tests.handlers.customers.releasing import (
    accepted,
    collected,
    mails,
    not_known,
    not_taken,
    passcode,
    put_off,
    release,
    releasing,
)
from tests.handlers.passing_time import pass_until

CANARY, NUMBER = "canary7f3a", "+61498777666"
PERSON: dict[str, Any] = {
    "person": f"Mara {CANARY}",
    "address": f"{CANARY}@customer.example",
    "said": f"We spoke of {CANARY}.",
}
OURS = frozenset(
    one.intent.action
    for room in (releasing_room, afterwards, passcodes, mailing, deadlines)
    for one in (*room.DOES, intents.Question.by(changing.ask_a_question))
)
ELSEWHERE = frozenset(
    {
        "customer.morning",
        "customer.restored",
    }
)
"""Tried where they are at home: they take no words."""


async def _life(company: Company) -> None:
    """Everything that whoever releases it, the delivery and the clock do, with the canary in each free word."""
    enter, tara, calls = company.door.enter, company.tara, company.calls
    [other] = await register(company.door, call(9, caller=NUMBER))
    first = await a_request(company, **PERSON)
    await enter(intents.Question(first, QuestionForm.read({"words": CANARY})), tara)
    await enter(Answer(first, AnswerForm.read({"words": CANARY})), company.anna)
    await enter(intents.TellCustomer(first, "", LateForm.read({"words": CANARY, "day": "2026-12-08"})), tara)
    await accepted(company)
    await release(company, first, voices="may_hear", weighed=CANARY)
    await put_off(company)
    company.clock.pass_(seconds=5)
    await not_known(company)
    await enter(intents.SendAgain(first), tara)
    await not_known(company)
    await enter(intents.Arrived(first), tara)
    await enter(intents.AskNumber(first, AskNumberForm.read({"number": NUMBER, "words": CANARY})), tara)
    await enter(intents.AllowNumber(first, NumberForm.read({"number": NUMBER, "words": CANARY})), company.helena)
    await enter(intents.Bounced(first), tara)
    await release(company, first)
    code = (await accepted(company)).written.link.partition("#")[2]
    await enter(OpenLink(code, (await passcode(company, first, number=NUMBER)).passcode), WEB)
    await enter(intents.WrongAddress(first), tara)
    await _others(company, calls, other)


async def _others(company: Company, calls: list[int], other: int) -> None:
    enter, tara = company.door.enter, company.tara
    second = await a_request(company, **{**PERSON, "address": ""}, recordings=[str(calls[1])])
    told = {"refusal": "no_call", "told": CANARY}
    await enter(intents.Refuse(second, "", RefuseForm.read(told)), tara)
    third = await a_request(company, **PERSON, recordings=[str(calls[2])])
    await release(company, third)
    await not_taken(company)
    fourth = await a_request(company, **PERSON, recordings=[str(other)])
    await release(company, fourth)
    await collected(company)
    company.clock.pass_(minutes=16)
    assert await enter(intents.CollectLetter(), DELIVERY) is None
    await enter(intents.Arrived(fourth), tara)
    # Whoever presses too late is refused, which is on record as well.
    await _pressed_late(company, fourth)
    due = (await stored(company, third)).due_at
    assert due is not None
    await pass_until(company, due + timedelta(days=20))


async def _pressed_late(company: Company, request: str) -> None:

    await refusal(company, releasing(request), company.cora)


@pytest.mark.soak
async def test_p8_the_log_of_a_customers_request_holds_ids_marks_and_moments(company: Company) -> None:
    await _life(company)
    entries = await audit(company)
    assert {one[1] for one in entries if one[2] == "done"} >= OURS - ELSEWHERE
    for one in entries:
        assert CANARY not in str(one), one[1]
        assert NUMBER[3:] not in str(one), one[1]


@pytest.mark.soak
async def test_p8_what_people_are_told_names_no_customer(company: Company) -> None:
    await _life(company)
    for one in await ledger(company):
        assert CANARY not in str(one.payload), one.kind
        assert NUMBER[3:] not in str(one.payload), one.kind


@pytest.mark.soak
async def test_p8_no_column_of_the_database_has_it_unsealed(company: Company) -> None:
    """The register's own number aside."""
    await _life(company)

    def found(store: Store) -> list[str]:
        connection = store.session.connection()
        register = ("recordings", NAME)  # the second shows what stands in the first
        tables = [one for one in inspect(connection).get_table_names() if one not in register]
        rows = ((one, connection.execute(text(f'SELECT * FROM "{one}"')).all()) for one in tables)
        return [name for name, each in rows for row in each if _says(row)]

    assert await company.database.read(found) == []


def _says(row: Any) -> bool:
    told = " ".join(one.decode("latin-1") if isinstance(one, bytes) else str(one) for one in row).lower()
    return CANARY in told or NUMBER[3:] in told


async def test_p8_the_letters_do_name_them_and_go_to_their_address(company: Company) -> None:
    """So that the search above looks for what is there."""
    request = await a_request(company, **PERSON)
    await release(company, request)
    letter = await collected(company)
    assert CANARY in letter.to
    assert CANARY in letter.written.greeting
    assert await mails(company, request)
