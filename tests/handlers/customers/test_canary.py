"""Whatever names a customer, or was said, is sealed: in no log, no column, and no message beyond those who may see it (P8, P11)."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import inspect, text

from handlers.acting import CLOCK, HANDLERS, WEB
from handlers.customers import links, steps
from handlers.customers.forms import AnswerForm, NumberForm, QuestionForm
from handlers.customers.room import MATTER
from handlers.customers.state import read_known
from handlers.sealing import Unopened
from storage.database.store import Store
from storage.search_index import NAME
from storage.tables.customers import CustomerRequest
from tests.handlers.builders import Company, audit, call, missed, refusal, register
from tests.handlers.customers.acts import a_request, addressing, filed, identify, stored, withdrawing
from tests.handlers.customers.releasing import (
    accepted,
    collected,
    not_known,
    not_taken,
    nothing_to_collect,
    passcode,
    put_off,
    refuse,
    release,
    releasing,
)
from tests.handlers.passing_time import pass_until
from tests.handlers.reading import card_of, lines

CANARY, NUMBER = "canary7f3a", "+61498777666"
PERSON: dict[str, Any] = {"person": f"Mara {CANARY}", "address": f"{CANARY}@customer.example"}

QUIET = {
    "customer.recheck",
    "customer.played", "customer.downloaded", "customer.heard", "customer.leave_page",
}  # fmt: skip
"""They leave no entry here, and take no words."""


async def _life(company: Company) -> None:
    """Everything that whoever releases it, the delivery and the clock do, with the canary in each free word."""
    enter, tara, calls = company.door.enter, company.tara, company.calls
    [other] = await register(company.door, call(9, caller=NUMBER))
    first = await a_request(company, **PERSON)
    await enter(steps.ask_a_question(first, QuestionForm.read({"words": CANARY})), tara)
    await enter(steps.answer_question(first, AnswerForm.read({"words": CANARY})), company.anna)
    await release(company, first, voices="may_hear", weighed=CANARY)
    await put_off(company)
    company.clock.pass_(seconds=5)
    await not_known(company)
    await enter(steps.send_again(first), tara)
    await not_known(company)
    await enter(steps.note_arrived(first), tara)
    await enter(links.ask_number(first, NumberForm.read({"number": NUMBER, "words": CANARY})), tara)
    await enter(links.allow_number(first), company.helena)
    await enter(steps.note_bounced(first), tara)
    await release(company, first)
    code = (await accepted(company)).written.link.partition("#")[2]
    await enter(links.open_link(code, (await passcode(company, first, number=NUMBER)).passcode), WEB)
    await enter(steps.note_wrong_address(first), tara)
    await _others(company, calls, other)


async def _others(company: Company, calls: list[int], other: int) -> None:
    enter, tara = company.door.enter, company.tara
    second = await a_request(company, **{**PERSON, "address": ""}, recordings=[str(calls[1])])
    await refuse(company, second, told=CANARY)
    third = await a_request(company, **PERSON, recordings=[str(calls[2])])
    await release(company, third)
    await not_taken(company)
    fourth = await a_request(company, **PERSON, recordings=[str(other)])
    await release(company, fourth)
    await collected(company)
    company.clock.pass_(minutes=16)
    assert await nothing_to_collect(company)
    await enter(steps.note_arrived(fourth), tara)
    # Who presses too late is refused, which is on record as well.
    await refusal(company, releasing(fourth), company.cora)
    due = (await stored(company, third)).due_at
    assert due is not None
    await pass_until(company, due + timedelta(days=20))


async def _eventful(company: Company) -> str:
    """A request in whose every free word, name and address the canary stands."""
    words: dict[str, Any] = {"person": CANARY, "authority": CANARY}
    request = await a_request(company, address="", check="none", asker="authority", **words)
    await identify(company, request, company.anna)
    await company.door.enter(addressing(request, f"{CANARY}@customer.example"), company.anna)
    await filed(
        company,
        company.deven,
        asker="authority",
        **{**words, "address": f"other-{CANARY}@customer.example", "person": f"{CANARY} the other"},
    )
    await company.door.enter(MATTER.recheck(request), CLOCK)
    await missed(company, request, company.tara)
    return request


def _found(store: Store) -> list[str]:
    """The tables in which one of the canaries is, unsealed; the register's own number aside."""
    connection = store.session.connection()
    register = ("recordings", NAME)  # the second shows what is in the first
    tables = [one for one in inspect(connection).get_table_names() if one not in register]
    rows = ((one, connection.execute(text(f'SELECT * FROM "{one}"')).all()) for one in tables)
    said = ((name, " ".join(map(_letters, row)).lower()) for name, each in rows for row in each)
    return [name for name, words in said if CANARY in words or NUMBER[3:] in words]


def _letters(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


@pytest.mark.soak
async def test_p8_what_names_a_customer_is_in_no_table_no_message_and_no_log(company: Company) -> None:
    """Everything that is done to customers' requests, with the canary in each free word."""
    await _life(company)
    request = await _eventful(company)
    await company.door.enter(withdrawing(request, "2026-12-23", words=CANARY), company.anna)
    assert await company.database.read(_found) == []
    done = {one[1] for one in await audit(company) if one[2] == "done"}
    assert {one.action for one in HANDLERS if one.action.startswith("customer.")} - done == QUIET


async def test_p8_only_whoever_files_or_releases_it_reads_it_on_a_card(company: Company) -> None:
    request = await _eventful(company)
    readers = set()
    for name, who in company.people.items():
        card = await card_of(company, request, who)
        if card is not None and any(CANARY in one for one in lines(card)):
            readers.add(name)
        assert card is None or CANARY not in card.summary
    assert readers == {"anna", "deven", "cora"}


@pytest.mark.by_hand
async def test_p8_a_sealed_paper_that_was_changed_or_moved_does_not_open(company: Company) -> None:
    first, second = await a_request(company), await a_request(company, recordings=[])

    def swap(store: Store) -> None:
        one, other = store.matters.of_kind(CustomerRequest, first), store.matters.of_kind(CustomerRequest, second)
        assert one is not None
        assert other is not None
        one.sealed = other.sealed

    await company.database.write(swap)

    def look(store: Store) -> None:
        row = store.matters.of_kind(CustomerRequest, first)
        assert row is not None
        read_known(company.door.context(store, company.tara), row)

    with pytest.raises(Unopened):
        await company.database.read(look)
