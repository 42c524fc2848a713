"""C1, P8: customers' requests are held against the log; whatever is changed behind the door's back is found and named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, text, update

from handlers.reconciling import CUSTOMERS, reconcile_customers
from handlers.reconciling.findings import Finding, Gap
from storage.audit import Entry
from storage.database.store import Store
from storage.records import Party, RequestedRecording
from storage.tables.customers import CustomerRequest
from tests.handlers.builders import Company
from tests.handlers.customers.acts import (
    a_request,
    addressing,
    filed,
    identify,
    stands,
    stored,
    withdrawing,
)
from tests.moments import NOW
from tests.reconciled import findings

pytestmark = [pytest.mark.soak, pytest.mark.by_hand]


async def lived(company: Company) -> str:
    """A request to which much was added, and that stays as the log says."""
    request = await a_request(company, check="none", address="")
    await filed(company, company.deven, address="", check="none")
    await identify(company, request, company.anna)
    await company.door.enter(addressing(request, "mara@customer.example"), company.tara)
    assert await findings(company.database) == []
    return request


async def hand(company: Company, change: Callable[[Store, str], Any]) -> list[str]:
    """What is found after somebody changed something by hand."""
    request = await lived(company)

    def work(store: Store) -> None:
        change(store, request)

    await company.database.write(work)
    return [one.replace(request, "C-1") for one in await findings(company.database)]


def _row(**more: Any) -> Callable[[Store, str], Any]:
    def work(store: Store, request: str) -> None:
        row = store.customers.get(request)
        assert row is not None
        for name, value in more.items():
            setattr(row, name, value)

    return work


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (_row(received_at=NOW), "“received at”"), (_row(due_at=NOW), "“due at”"), (_row(filed_by=2), "“filed by”"),
        (_row(asked_at=NOW - timedelta(days=1)), "“asked at”"), (_row(asker="relative"), "“asker”"), (_row(wants="listen"), "“wants”"),
        (_row(identified=False), "“identified”"), (_row(address_by=1), "“address by”"), (_row(state="answered"), "“state”"),
        (_row(decided_by=1), "“decided by”"), (_row(decided_at=NOW), "“decided at”"), (_row(refusal="no_call"), "“refusal”"),
        (_row(missed_at=NOW), "“missed at”"), (_row(sealed=b"other"), "what is known of it was changed after entry"),
        (_row(salt="0" * 32), "what is known of it was changed after entry"),
        (lambda store, request: store.session.execute(delete(RequestedRecording)), "“recordings”"),
        (lambda store, request: store.session.execute(delete(Party)), "was asked, but is no longer stored"),
        (lambda store, request: store.session.execute(update(Party).values(part="copy")), "is stored as copy"),
        (lambda store, request: store.session.execute(update(Party).values(role="director")), "was asked is stored as “director”"),
        (lambda store, request: store.session.execute(update(RequestedRecording).values(version=2)), "“version” is stored as 2"),
        (lambda store, request: store.session.execute(update(RequestedRecording).values(changed_at=NOW)), "“changed” is stored as"),
    ],
)  # fmt: skip
async def test_c1_what_was_changed_by_hand_is_found(
    company: Company, change: Callable[[Store, str], Any], found: str
) -> None:
    told = await hand(company, change)
    assert told
    assert all(one.startswith("customer’s request C-1") for one in told)
    assert any(found in one for one in told)


async def test_c1_a_request_of_which_the_log_knows_nothing_is_found(company: Company) -> None:
    def work(store: Store, request: str) -> None:
        row = store.customers.get(request)
        assert row is not None
        other = CustomerRequest(
            id="C-OTHER",
            key="k",
            same="s",
            filed_by=row.filed_by,
            asker="customer",
            wants="copy",
            received_at=NOW,
            sealed=b"",
            asked_at=NOW,
        )
        store.customers.add(other, (), ())

    assert await hand(company, work) == [
        "customer’s request C-OTHER is stored, but the log knows nothing of it",
        "customer’s request C-OTHER: the key of its words is gone, and the log knows nothing of it",
    ]


async def test_c1_a_request_that_is_gone_is_found(company: Company) -> None:
    request = await a_request(company)

    def work(store: Store) -> None:
        for table in ("requested_recordings", "parties", "matter_keys", "customer_requests", "matters"):
            store.session.execute(text(f"DELETE FROM {table}"))

    await company.database.write(work)
    assert await findings(company.database) == [
        f"customer’s request {request} stands in the log, but is no longer stored"
    ]


async def test_c1_half_a_request_is_found(company: Company) -> None:
    request = await a_request(company)

    half = CustomerRequest(
        id="C-HALF", key="h", same="s", filed_by=1, asker="customer", wants="copy", received_at=NOW, sealed=b"", asked_at=NOW,
    )  # fmt: skip

    def work(store: Store) -> None:
        store.customers.add(half, (), ())
        store.session.execute(text("DELETE FROM customer_requests WHERE id = 'C-HALF'"))

    await company.database.write(work)
    assert "a row of matters belongs to C-HALF, which is not stored" in await findings(company.database)
    assert request


def _entries(company: Company, request: str, *told: tuple[str, dict[str, Any]]) -> Callable[[Store], None]:
    """Entries as whoever releases it and the delivery leave them."""

    def work(store: Store) -> None:
        for place, (action, detail) in enumerate(told):
            entry = Entry(f"person:{company.tara.person_id}", f"customer.{action}", request, detail=detail)
            store.audit.append(entry, NOW + timedelta(minutes=place))

    return work


RELEASE: tuple[str, dict[str, Any]] = ("release", {})
ASKED = {"asked": [], "told": [], "because": "", "over": []}


NEVER, OTHERWISE = (None, None), ("refuse", {"refusal": "no_call", "told": "otherwise"})
"""Neither answered nor closed; and refused, when the customer had been told so otherwise than by mail."""


@pytest.mark.parametrize(
    ("told", "state", "decided", "outcome", "moments"),
    [
        ([RELEASE], "sending", 0, "released", NEVER), ([RELEASE], "unknown", 0, "released", NEVER),
        ([RELEASE, ("accepted", {"answered": True})], "answered", 0, "released", (1, 1)),
        ([RELEASE, ("accepted", {"answered": False})], "sending", 0, "released", NEVER),
        ([("accepted", {"answered": True})], "waiting", None, "", NEVER),
        ([RELEASE, ("arrived", {})], "answered", 0, "released", (1, 1)), ([RELEASE, ("bounced", ASKED)], "waiting", None, "", NEVER),
        ([RELEASE, ("accepted", {"answered": True}), ("wrong_address", ASKED)], "stuck", None, "", NEVER),
        ([RELEASE, ("not_taken", ASKED)], "waiting", None, "", NEVER), ([RELEASE, ("not_taken", {})], "sending", 0, "released", NEVER),
        ([RELEASE, ("link_ends", {})], "sending", 0, "released", NEVER), ([RELEASE, ("collect", ASKED)], "waiting", None, "", NEVER),
        ([("refuse", {"refusal": "no_call"})], "sending", 0, "refused", NEVER), ([OTHERWISE], "answered", 0, "refused", (0, 0)),
        ([RELEASE, ("withdraw", {})], "withdrawn", 0, "released", (None, 1)),
    ],
)  # fmt: skip
async def test_c1_how_it_stands_follows_from_what_was_done(
    company: Company, told: list[tuple[str, dict[str, Any]]], state: str, decided: int | None, outcome: str,
    moments: tuple[int | None, int | None],
) -> None:  # fmt: skip
    request = await a_request(company)
    await company.database.write(_entries(company, request, *told))
    refusal = told[0][1].get("refusal", "")
    by = company.tara.person_id if decided is not None else None
    at = NOW + timedelta(minutes=decided) if decided is not None else None
    addressed = None if any(one == "wrong_address" for one, _ in told) else company.anna.person_id
    answered, closed = (NOW + timedelta(minutes=when) if when is not None else None for when in moments)
    await stands(
        company, request, state=state, decided_by=by, decided_at=at, refusal=refusal, address_by=addressed, outcome=outcome,
        answered_at=answered, closed_at=closed,
    )  # fmt: skip
    assert await findings(company.database) == []
    await stands(company, request, decided_by=company.cora.person_id)
    assert any("“decided by”" in one for one in await findings(company.database))


async def test_c1_a_missed_day_is_held_against_the_log(company: Company) -> None:
    request = await a_request(company)
    row = await stored(company, request)
    assert row.due_at is not None
    told: tuple[tuple[str, dict[str, Any]], ...] = (
        ("overdue", {"missed": row.due_at.isoformat()}),
        ("overdue", {}),
    )
    await company.database.write(_entries(company, request, *told))
    assert len(await findings(company.database)) == 1
    await stands(company, request, missed_at=row.due_at)
    assert await findings(company.database) == []


async def test_c1_whoever_stepped_in_and_released_it_holds_a_copy(company: Company) -> None:
    request = await a_request(company)
    entry = Entry(f"person:{company.deven.person_id}", "customer.release", request, detail={"stepped_in": ""})
    party = Party(
        matter_id=request, person_id=company.deven.person_id or 0, part="approver", role="team_leader", since=NOW
    )

    def work(store: Store) -> None:
        store.audit.append(entry, NOW)
        store.session.add(party)

    await company.database.write(work)
    await stands(
        company, request, state="sending", outcome="released", decided_by=company.deven.person_id, decided_at=NOW
    )
    assert await findings(company.database) == []


async def test_c1_what_was_added_without_a_commitment_can_t_be_compared(company: Company) -> None:
    request = await a_request(company)
    await company.database.write(_entries(company, request, ("question", {})))
    page = await company.database.read(lambda store: store.customer_evidence.of_customers("", 10, CUSTOMERS))
    assert [one for one in reconcile_customers(page) if isinstance(one, Gap)] == [
        Gap("what is known of customers’ requests to which something was added")
    ]


@pytest.mark.parametrize("told", [{"missed": "never"}, ["missed"], None])
async def test_c1_a_log_that_can_t_be_read_is_told_and_the_rest_is_compared(company: Company, told: Any) -> None:
    request = await a_request(company)
    await company.database.write(_entries(company, request, ("overdue", told)))
    page = await company.database.read(lambda store: store.customer_evidence.of_customers("", 1, CUSTOMERS))
    assert page.last == request
    assert reconcile_customers(page) == [
        Finding(f"customer’s request {request}: what is stored, or what the log says of it, can't be read")
    ]


async def test_c1_a_table_that_is_gone_is_told(company_in_a_file: Company) -> None:
    await company_in_a_file.database.write(lambda store: store.session.execute(text("DROP TABLE customer_requests")))
    found = await company_in_a_file.database.read(
        lambda store: reconcile_customers(store.customer_evidence.of_customers("", 10, CUSTOMERS))
    )
    assert found == [Finding("customer_requests can't be read")]


async def test_p8_withdrawn_fits_the_log(company: Company) -> None:
    request = await lived(company)
    await company.door.enter(withdrawing(request), company.anna)
    assert await findings(company.database) == []
