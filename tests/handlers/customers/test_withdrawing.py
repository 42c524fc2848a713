"""They withdraw it: how and when, the link is dead, and it is late no more than it was; and each morning of one that goes on (P8)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from handlers.acting import CLOCK
from handlers.customers.intents import Morning
from storage.database.store import Store
from storage.tables.customers import CustomerLink, CustomerMail, CustomerSession
from tests.each import each
from tests.handlers.builders import Company, audit, ledger, refusal, words_for
from tests.handlers.customers.acts import (
    a_request,
    comes,
    known_of,
    opened,
    stands,
    stored,
    viewed,
    withdrawing,
)
from tests.handlers.passing_time import pass_until
from tests.moments import NOW

pytestmark = pytest.mark.long


async def test_p8_withdrawn_it_is_closed_and_nobody_is_reminded_or_late(company: Company) -> None:
    request = await a_request(company)
    await company.door.enter(withdrawing(request), company.anna)
    row, known = await stored(company, request), await known_of(company, request)
    assert (row.state, row.closed_at, row.missed_at) == ("withdrawn", NOW, None)
    assert (known.remarks[-1].kind, known.remarks[-1].words) == ("withdrawn", "2026-11-24: By telephone.")
    for kind in ("remind", "due_today", "overdue", "morning"):
        assert await comes(company, f"customer.{kind}", request) is None
    assert any("wrote down that the customer withdrew it" in one for one in await words_for(company, company.tara))
    for who in (company.anna, company.tara):
        assert "The customer withdrew this" in str(await refusal(company, withdrawing(request), who))


async def test_p8_whoever_filed_it_hears_that_somebody_else_wrote_down_that_it_was_withdrawn(company: Company) -> None:
    request = await a_request(company)
    await company.door.enter(withdrawing(request), company.tara)
    [told] = await words_for(company, company.anna)
    assert told.startswith("Tara Lindqvist wrote down that the customer withdrew it")


@each(("day", "words"), [("2026-11-25", "not come yet"), ("2026-11-23", "before the day on which they asked")])
async def test_p8_when_they_withdrew_is_possible_or_told_at_its_field(company: Company, day: str, words: str) -> None:
    request = await a_request(company)
    refused = await refusal(company, withdrawing(request, day), company.anna)
    assert words in refused.fields["on_day"]


async def test_p8_what_it_brings_is_said_before_it_is_withdrawn(company: Company) -> None:
    request = await a_request(company)
    assert await opened(company, "customer_withdraw", request, company.anna) == "The request is closed."
    assert await opened(company, "customer_identity", request, company.anna) == ""


def _sent(store: Store, request: str) -> None:
    """A copy has gone out: by hand, since whoever releases it has a module of his own."""
    row = store.customers.get(request)
    assert row is not None
    row.state, row.outcome, row.answered_at, row.closed_at = "answered", "released", NOW, NOW
    store.customers.put(
        CustomerLink(id="L-1", matter_id=request, code="c", made_at=NOW, ends_at=NOW + timedelta(days=14), passcode="p")
    )
    store.customers.put(CustomerLink(id="L-0", matter_id=request, code="o", made_at=NOW, ends_at=NOW, state="bounced"))
    store.session.flush()
    store.customers.put(CustomerSession(hash="h", link_id="L-1", made_at=NOW, ends_at=NOW + timedelta(days=1)))
    for mail, state in (("M-1", "accepted"), ("M-2", "waiting")):
        store.customers.put(
            CustomerMail(
                id=mail,
                matter_id=request,
                kind="copy",
                message_id=mail,
                sealed=b"",
                made_at=NOW,
                next_at=NOW,
                state=state,
                settled_at=NOW if state == "accepted" else None,
            )
        )
    store.deadlines.set("customer.link_ends", request, NOW + timedelta(days=14))


@pytest.mark.by_hand
async def test_p8_withdrawn_after_it_went_out_the_link_is_dead_at_once(company: Company) -> None:
    request = await a_request(company)
    await company.database.write(lambda store: _sent(store, request))
    assert "stops working" in await opened(company, "customer_withdraw", request, company.anna)
    await company.door.enter(withdrawing(request), company.anna)
    view = await viewed(company, request)
    assert (view.request.state, view.link) == ("withdrawn", None)
    assert {one.id: (one.state, one.passcode) for one in view.links} == {
        "L-1": ("withdrawn", ""),
        "L-0": ("bounced", ""),
    }
    assert {one.id: one.state for one in view.mails} == {"M-1": "accepted", "M-2": "dropped"}
    [session] = await company.database.read(lambda store: store.customers.sessions_of("L-1"))
    assert session.ends_at == NOW
    assert await comes(company, "customer.link_ends", request) is None
    detail = (await audit(company, request))[-1][4]
    assert (detail["links"], detail["mails"], detail["on"]) == (["L-1"], ["M-2"], "2026-11-24")


@pytest.mark.by_hand
async def test_p8_answered_without_a_link_there_is_nothing_to_withdraw(company: Company) -> None:
    request = await a_request(company)
    await stands(company, request, state="answered", outcome="refused", answered_at=NOW)
    assert "already refused, and answered on" in str(await refusal(company, withdrawing(request), company.anna))


@pytest.mark.by_hand
async def test_p8_what_was_erased_can_t_be_added_to(company: Company) -> None:
    request = await a_request(company)

    def forget(store: Store) -> None:
        store.session.delete(store.matter_keys.get(request))

    await company.database.write(forget)
    assert "is erased" in str(await refusal(company, withdrawing(request), company.anna))
    await stands(company, request, state="withdrawn", closed_at=NOW)
    assert "is erased" in str(await refusal(company, withdrawing(request), company.anna))


async def test_p8_each_working_morning_the_cards_say_anew_how_many_days_are_left(company: Company) -> None:
    request = await a_request(company)
    before = (await stored(company, request)).revision
    entries = len(await audit(company))
    company.clock.now = NOW + timedelta(hours=19)
    await company.door.enter(Morning(request), CLOCK)
    assert (await stored(company, request)).revision == before + 1
    assert len(await audit(company)) == entries
    assert [one.kind for one in (await ledger(company))[-3:]] == ["show", "show", "show"]
    assert await comes(company, "customer.morning", request) == datetime(2026, 11, 25, 22, tzinfo=UTC)
    await company.door.enter(withdrawing(request), company.anna)
    revision = (await stored(company, request)).revision
    await company.door.enter(Morning(request), CLOCK)
    assert (await stored(company, request)).revision == revision


async def test_p8_the_clock_redraws_by_itself(company: Company) -> None:
    request = await a_request(company)
    first = (await stored(company, request)).revision
    await pass_until(company, NOW + timedelta(days=1, hours=12))
    assert (await stored(company, request)).revision == first + 1
