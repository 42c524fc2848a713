"""C1: what is sealed fits what the log committed to; a key is gone only with an entry that says so, and there only without one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import delete, update

from handlers.acting import CLOCK, NONE
from handlers.forgetting import EraseWords
from handlers.keys import Keys
from handlers.reconciling.findings import Gap
from handlers.sealing import Seal
from handlers.written import Written, read, write
from storage.audit import Entry
from storage.database.store import Store
from storage.records import Matter, Request
from storage.tables.keys import EndedKey, MatterKey
from tests.handlers.builders import Company, ask
from tests.handlers.forgetting.customers import a_customers_request
from tests.handlers.forgetting.words import GOES, erase, talked
from tests.moments import NOW
from tests.reconciled import findings, results
from tests.tables import REQUESTS, table_of

KEYS, ENDED = table_of(MatterKey), table_of(EndedKey)
GONE = "request {one}: the key of its words is gone, and the log knows nothing of it"
CHANGED = "request {one}: what is sealed of its words was changed, or is gone"
pytestmark = [pytest.mark.soak, pytest.mark.by_hand]


async def _found(company: Company, change: Callable[[Store], object]) -> list[str]:
    await company.database.write(lambda store: change(store) and None)
    return await findings(company.database)


async def test_c1_what_was_erased_on_record_is_accepted(company: Company) -> None:
    request, customers = await talked(company), await a_customers_request(company)
    assert await findings(company.database) == []
    for one in (request, customers):
        await erase(company, one)
    assert await findings(company.database) == []
    assert await company.database.read(lambda store: [one for one in results(store) if isinstance(one, Gap)]) == []


@pytest.mark.parametrize("kind", ["access", "customer"])
async def test_c1_a_key_that_went_without_a_record_is_named(company: Company, kind: str) -> None:
    one = await talked(company) if kind == "access" else await a_customers_request(company)
    told = await _found(company, lambda store: store.session.execute(delete(KEYS).where(KEYS.c.matter_id == one)))
    assert told == [GONE.format(one=one) if kind == "access" else f"customer’s {GONE.format(one=one)}"]


async def test_p8_what_is_known_of_a_customer_goes_with_the_key(company: Company) -> None:
    one = await a_customers_request(company)
    await erase(company, one)
    told = await _found(company, lambda store: setattr(store.customers.get(one), "same", "mark"))
    assert [sentence.partition(": entry")[0] for sentence in told] == [f"customer’s request {one}"]
    assert told[0].endswith("says that what is known of it was erased, but something is stored")


async def test_c1_one_that_is_only_said_to_have_gone_is_named_too(company: Company) -> None:
    one = await talked(company)
    row = EndedKey(matter_id=one, trace="trace", at=NOW)
    told = await _found(company, lambda store: store.session.add(row))
    assert told == [f"request {one}: its words are stored as erased, but the log knows nothing of it"]


async def test_c1_a_key_that_came_back_is_named(company: Company) -> None:
    one = await talked(company)
    before = await company.database.read(lambda store: store.matter_keys.get(one))
    assert before is not None
    wrap, trace = before.wrap, before.trace
    await erase(company, one)
    told = await _found(company, lambda store: store.session.add(MatterKey(matter_id=one, wrap=wrap, trace=trace)))
    assert len(told) == 2
    assert told[0].startswith(f"request {one}: entry ")
    assert told[0].endswith("says that its words were erased, but their key is stored")
    assert told[1] == CHANGED.format(one=one)


async def test_c1_when_it_went_and_which_key_it_was_is_compared(company: Company) -> None:
    one = await talked(company)
    await erase(company, one)
    told = await _found(company, lambda store: store.session.execute(update(ENDED).values(at=NOW, trace="x")))
    assert [one.partition(" is stored")[0] for one in told] == [
        f"request {one}, words: “erased at”",
        f"request {one}, words: “trace”",
    ]
    told = await _found(company, lambda store: store.session.execute(delete(ENDED)))
    assert [one.partition(", but")[0] for one in told] == [
        f"request {one}, words: “erased at” is stored as nothing",
        f"request {one}, words: “trace” is stored as nothing",
    ]


@pytest.mark.parametrize("sealed", [None, b"", b"x" * 60])
async def test_c1_words_that_vanished_or_were_changed_are_named(company: Company, sealed: bytes | None) -> None:
    one = await talked(company)
    change = update(REQUESTS).where(REQUESTS.c.id == one).values(sealed=sealed)
    assert await _found(company, lambda store: store.session.execute(change)) == [CHANGED.format(one=one)]


async def test_c1_words_of_another_request_do_not_pass_for_these(company: Company) -> None:
    one, other = await talked(company), await talked(company)

    def swap(store: Store) -> None:
        rows = [store.requests.get(name) for name in (one, other)]
        assert rows[0] is not None
        assert rows[1] is not None
        rows[0].sealed, rows[1].sealed = rows[1].sealed, rows[0].sealed

    assert sorted(await _found(company, swap)) == sorted(CHANGED.format(one=name) for name in (one, other))


@pytest.mark.parametrize("name", ["salt", "purpose", "legal_matter", "basis", "audience", "decision", "remarks"])
async def test_c1_whoever_has_the_key_can_change_no_word_unnoticed(company: Company, name: str) -> None:
    one = await talked(company)

    def change(store: Store) -> None:
        act, request = company.door.act(store, CLOCK), store.requests.get(one)
        assert request is not None
        said = read(act, request)
        before = getattr(said, name)
        setattr(said, name, {} if name == "remarks" else before + ".")
        write(act, request, said)

    told = await _found(company, change)
    assert told
    assert all("words, or their salt, were changed after entry" in sentence for sentence in told)


async def test_p11_nobody_unties_an_investigation_from_another_unnoticed(company: Company) -> None:
    one = await talked(company)
    told = await _found(company, lambda store: setattr(store.requests.get(one), "about", ""))
    assert told == [f"request {one}: the mark of the matter that it belongs to was changed"]


async def test_c1_a_decision_in_words_needs_an_entry(company: Company) -> None:
    one = await ask(company, company.anna)

    def decide(store: Store) -> None:
        act, request = company.door.act(store, CLOCK), store.requests.get(one)
        assert request is not None
        said = read(act, request)
        said.decision = "Yes."
        write(act, request, said)

    assert await _found(company, decide) == [
        f"request {one}: words of a decision are stored, but nobody approved or denied it"
    ]
    as_what = update(REQUESTS).values(decided_as="Head")
    assert len(await _found(company, lambda store: store.session.execute(as_what))) == 2


async def test_c1_without_the_key_of_the_house_it_says_what_it_could_not_compare(company: Company) -> None:
    await talked(company)
    assert await findings(company.database, NONE) == []
    gaps = await company.database.read(lambda store: [one for one in results(store, NONE) if isinstance(one, Gap)])
    assert gaps == [Gap("the words of requests", "since SECRET_KEY is not set here")]


async def test_c1_with_another_key_no_word_is_opened(company: Company) -> None:
    one = await talked(company)
    assert await findings(company.database, Keys(bytes(32))) == [CHANGED.format(one=one)]


async def test_c1_an_entry_that_can_not_be_read_is_told_and_hides_nothing(company: Company) -> None:
    one = await talked(company)
    entry = Entry("clock", EraseWords.action, one, detail={})

    def forged(store: Store) -> None:
        store.audit.append(entry, GOES)
        store.session.delete(store.matter_keys.get(one))
        store.session.query(Request).filter(Request.id == one).update({"sealed": None})
        store.session.query(Matter).filter(Matter.id == one).update({"state": "approved"})

    told = await _found(company, forged)
    assert f"request {one}: what is stored, or what the log says of it, can't be read" in told
    assert any("“state”" in sentence for sentence in told)


async def test_p11_a_key_is_made_once(company: Company) -> None:
    """Nothing is sealed for what has none, and what has none opens nothing."""
    one = await ask(company, company.anna)
    opened = await company.database.read(lambda store: Seal(company.door.act(store, CLOCK)).opened("R-NONE", b"x", "y"))
    ended = await company.database.read(lambda store: Seal(company.door.act(store, CLOCK)).ended(one))
    assert opened is None
    assert ended is None
    assert Written().salt != Written().salt
