"""The same customer asks again for the same calls: while a request is open a date is added to it, later it is a new one (P8)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.each import each
from tests.handlers.builders import Company, audit, email, refusal, words_for
from tests.handlers.customers.acts import a_request, filed, known_of, stands, stored, viewed
from tests.handlers.customers.releasing import releasing
from tests.handlers.reading import lines, seen
from tests.reconciled import findings

pytestmark = pytest.mark.long


async def test_p8_the_same_calls_again_are_one_request_with_every_receipt_and_the_earliest_counts(
    company: Company,
) -> None:
    first = await filed(company)
    again = await filed(company, company.deven, received_on="2026-11-23", received_at="15:00")
    assert (again.request, again.joined, first.joined) == (first.request, True, False)
    row, known = await stored(company, first.request), await known_of(company, first.request)
    assert [(one.by, one.at.hour) for one in known.receipts] == [
        (company.anna.person_id, 23),
        (company.deven.person_id, 4),
    ]
    assert row.received_at == datetime(2026, 11, 23, 4, tzinfo=UTC)
    assert row.due_at == again.due_at == datetime(2026, 12, 2, 6, tzinfo=UTC)


async def test_p8_a_later_word_of_the_same_never_moves_the_day(company: Company) -> None:
    first = await filed(company)
    again = await filed(company, company.deven, received_at="13:00")
    assert (again.request, again.due_at) == (first.request, first.due_at)
    assert (await stored(company, first.request)).received_at.hour == 23
    assert not any("due" in one for one in await words_for(company, company.tara))


async def test_p8_whoever_releases_it_hears_that_it_is_due_earlier(company: Company) -> None:
    first = await filed(company)
    await filed(company, company.deven, received_on="2026-11-23", received_at="15:00")
    assert await words_for(company, company.tara) == [
        f"Customer’s request {first.request} was asked for earlier than was known, so it is due Wed 2 Dec, 17:00 Sydney. Press Details to see it."
    ]


async def test_p8_whoever_filed_it_again_holds_a_copy_and_never_releases_it(company: Company) -> None:
    first = await a_request(company)
    await filed(company, company.deven)
    view = await viewed(company, first)
    assert company.deven.person_id in view.everybody()
    assert [(one.part, one.person_id) for one in view.parties if one.person_id == company.deven.person_id] == [
        ("filer", company.deven.person_id)
    ]
    await filed(company, company.tara)
    view = await viewed(company, first)
    assert [view.people[one.person_id].email_key for one in view.approvers] == [email("Cora Bellamy")]
    assert [one.part for one in view.parties if one.person_id == company.tara.person_id] == ["former"]
    entries = [detail for _, action, _, _, detail in await audit(company, first) if action == "customer.file"]
    assert [(one.get("joined"), one.get("filer"), one.get("over")) for one in entries] == [
        (None, None, None), (True, True, []), (True, False, [company.tara.person_id]),
    ]  # fmt: skip


async def test_p8_where_everybody_who_could_has_filed_it_the_head_is_asked(company: Company) -> None:
    first = await a_request(company, company.tara)
    await filed(company, company.cora)
    view = await viewed(company, first)
    assert [view.people[one.person_id].email_key for one in view.approvers] == [email("Helena Marsh")]


@pytest.mark.parametrize("other", [{"person": "Ned Ellis"}, {"address": "other@customer.example"}])
async def test_p8_another_name_or_address_is_another_persons_request(company: Company, other: dict[str, Any]) -> None:
    """Whoever was identified for one mailbox vouches for no other: the check stays with the receipt for which it was made."""
    first = await a_request(company, check="none", address="anna.private@elsewhere.example")
    second = await a_request(company, company.deven, **{"check": "document", **other})
    assert second != first
    assert not (await stored(company, first)).identified
    assert (await refusal(company, releasing(first), company.tara)).code == "not_identified"


async def test_p8_the_card_names_another_request_for_the_same_call_to_whoever_holds_both(company: Company) -> None:
    first = await a_request(company)
    second = await a_request(company, company.deven, person="Ned Ellis", address="ned@customer.example")
    for one, other in ((first, second), (second, first)):
        told = f"Another request for one of these calls is open: {other}. Please make sure whose call it is."
        assert told in "\n".join(lines(await seen(company, one, company.tara)))
    assert first not in "\n".join(lines(await seen(company, second, company.deven)))
    assert second not in "\n".join(lines(await seen(company, first, company.anna)))


@each(
    ("more", "same"),
    [({}, True), ({"person": "mara  ELLIS"}, True), ({"person": "Mary"}, False), ({"address": ""}, False)],
)
async def test_p8_without_a_call_the_same_person_is_the_same(
    company: Company, more: dict[str, Any], same: bool
) -> None:
    """A name alone tells nobody apart, so without a call the address has to."""
    first = await a_request(company, recordings=[], **({"address": more["address"]} if "address" in more else {}))
    assert ((await filed(company, company.deven, recordings=[], **more)).request == first) is same


async def test_p8_another_kind_of_asker_is_another_request(company: Company) -> None:
    first = await a_request(company)
    assert (await filed(company, company.deven, asker="relative")).request != first


async def test_p8_the_same_person_files_twice_and_both_receipts_are_kept(company: Company) -> None:
    first = await a_request(company)
    assert (await filed(company)).request == first
    assert len((await known_of(company, first)).receipts) == 2
    assert [one.part for one in (await viewed(company, first)).parties] == ["approver", "approver"]


@pytest.mark.by_hand
@pytest.mark.parametrize("state", ["sending", "unknown", "answered"])
async def test_p8_once_its_answer_was_written_nothing_joins_it(company: Company, state: str) -> None:
    """What came meanwhile, or a copy instead of listening, has no part in that answer, so it would count as answered without one."""
    first = await a_request(company, wants="listen")
    await stands(company, first, state=state, answered_at=company.clock.now if state == "answered" else None)
    again = await a_request(company, company.deven, wants="copy")
    assert again != first
    assert (await stored(company, first)).wants == "listen"


async def test_p8_other_calls_or_another_wish_are_another_request(company: Company) -> None:
    both = [f"{one}" for one in company.calls[:2]]
    first = await a_request(company, recordings=both)
    others: tuple[dict[str, Any], ...] = (
        {"recordings": both[:1]},
        {"recordings": both, "wants": "listen"},
        {"recordings": []},
    )
    for more in others:
        assert (await filed(company, company.deven, **more)).request != first


async def test_p8_only_the_date_and_what_they_said_is_added(company: Company) -> None:
    """Whose address and whose check of identity it is, somebody says on the card."""
    first = await a_request(company, check="none", address="", said="It was in March.")
    told = await filed(company, company.deven, person="Mrs MARA  Ellis", said="It was about an invoice.")
    assert (told.request, told.joined) == (first, True)
    row, known = await stored(company, first), await known_of(company, first)
    assert (known.address, row.address_by, row.identified) == ("", None, False)
    assert known.said == "It was in March.\nIt was about an invoice."
    assert await findings(company.database) == []
