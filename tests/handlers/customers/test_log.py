"""P8, P11: what names a customer stands sealed and nowhere else: not in the log, in no column, and in no message on its way."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import LargeBinary, select

from handlers import HANDLERS
from handlers.acting import CLOCK, DELIVERY
from handlers.customers import changing, filing
from handlers.customers.intents import Answer, Morning, Notice, Question, Recheck, Reroute
from handlers.customers.state import read_known
from handlers.keys import Unopened
from storage.database.store import Store
from storage.records import Record
from tests.handlers.builders import Company, ledger
from tests.handlers.customers.acts import a_request, addressing, filed, identify, withdrawing
from tests.handlers.reading import card_of, lines

pytestmark = pytest.mark.soak

DOES = [one for one in (*filing.DOES, *changing.DOES) if one.intent not in (Question, Answer)]
CANARY = "Canary-7f3a"
ADDRESS = f"{CANARY}@customer.example"
QUIET = {"customer.begin", "customer.choose", "customer.morning", "customer.notice", "customer.recheck"}


async def _eventful(company: Company) -> str:
    """A request in whose every free word, name and address the canary stands."""
    words: dict[str, Any] = {"person": CANARY, "said": CANARY, "authority": CANARY}
    request = await a_request(company, address="", check="none", asker="authority", **words)
    await identify(company, request, company.anna)
    await company.door.enter(addressing(request, ADDRESS), company.anna)
    await filed(
        company,
        company.deven,
        asker="authority",
        **{**words, "address": f"other-{ADDRESS}", "person": f"{CANARY} the other"},
    )
    await company.door.enter(Morning(request), CLOCK)
    await company.door.enter(Recheck(request), CLOCK)
    await company.door.enter(Notice(request, "D1", f"9.9{CANARY}"), company.tara)
    card = next(one for one in await ledger(company, company.tara) if one.kind == "show")
    await company.door.enter(Reroute(request, company.tara.person_id or 0, "user_disabled", card.id), DELIVERY)
    return request


def _everything(store: Store) -> list[tuple[str, str]]:
    """Each value of each table that is no sealed bytes, as words."""
    return [
        (f"{table.name}.{column.name}", json.dumps(value, default=str, ensure_ascii=False))
        for table in Record.metadata.sorted_tables
        for column in table.columns
        if not isinstance(column.type, LargeBinary)
        for value in store.session.scalars(select(column))
    ]


async def test_p8_what_names_a_customer_is_in_no_column_no_message_and_no_log(company: Company) -> None:
    request = await _eventful(company)
    values = await company.database.read(_everything)
    assert len(values) > 500
    assert [name for name, value in values if CANARY.casefold() in value.casefold()] == []
    assert not await company.database.read(lambda store: store.audit.verify().fault)
    await company.door.enter(withdrawing(request, words=CANARY), company.anna)
    rows = await company.database.read(lambda store: list(store.audit.rows()))
    told = json.dumps(rows, ensure_ascii=False).casefold()
    for secret in (CANARY.casefold(), "customer.example", "+61", "fernhill"):
        assert secret not in told
    assert {row["action"] for row in rows} >= {pair.intent.action for pair in DOES} - QUIET
    assert {pair.intent for pair in DOES} <= set(HANDLERS)


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
        one, other = store.customers.get(first), store.customers.get(second)
        assert one is not None
        assert other is not None
        one.sealed = other.sealed

    await company.database.write(swap)

    def look(store: Store) -> None:
        row = store.customers.get(first)
        assert row is not None
        read_known(company.door.act(store, company.tara), row)

    with pytest.raises(Unopened):
        await company.database.read(look)
