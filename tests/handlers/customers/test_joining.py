"""The same asked for again while it is open is one request; after an answer it is a new one that names the first (P8)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.handlers.builders import Company, audit, call, email, register, words_for
from tests.handlers.customers.acts import a_request, filed, known_of, stands, stored, viewed


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


async def test_p8_what_was_missing_comes_with_it_and_what_differs_is_noted(company: Company) -> None:
    first = await a_request(company, check="none", address="", said="It was in March.")
    await filed(company, company.deven, person="Mara E. Ellis", said="It was about an invoice.")
    row, known = await stored(company, first), await known_of(company, first)
    assert (known.address, row.address_by, row.identified) == (
        "mara.ellis@customer.example",
        company.deven.person_id,
        True,
    )
    assert known.said == "It was in March.\nIt was about an invoice."
    assert (known.name, [one.words for one in known.remarks]) == (
        "Mara Ellis",
        ["They gave the name Mara E. Ellis this time."],
    )
    await filed(company, company.cora, address="other@customer.example")
    known = await known_of(company, first)
    assert known.address == "mara.ellis@customer.example"
    assert "another address this time: other@customer.example" in known.remarks[-1].words


async def test_p8_a_part_of_the_calls_is_the_same_and_more_of_them_is_not(company: Company) -> None:
    both = [f"{one}" for one in company.calls[:2]]
    first = await a_request(company, recordings=both)
    assert (await filed(company, company.deven, recordings=both[:1])).request == first
    assert (await filed(company, company.deven, recordings=[*both, f"{company.calls[2]}"])).request != first


async def test_p8_all_calls_with_a_number_take_those_along_that_came_meanwhile(company: Company) -> None:
    first = await a_request(company, recordings=["number:+61412345671"])
    [new] = await register(company.door, call(9, caller="+61412345671", native_id="new", crm="CS-10443"))
    assert (await filed(company, company.deven, recordings=["number:+61412345671"])).request == first
    assert [one.id for one in (await viewed(company, first)).recordings] == [company.calls[0], new]


async def test_p8_who_wanted_to_listen_may_want_a_copy_and_erasing_is_another_matter(company: Company) -> None:
    first = await a_request(company, wants="listen")
    assert (await filed(company, company.deven, wants="copy")).request == first
    assert (await stored(company, first)).wants == "copy"
    assert (await filed(company, company.deven, wants="listen")).request == first
    assert (await stored(company, first)).wants == "copy"
    assert (await filed(company, company.deven, wants="erasure")).request != first


@pytest.mark.parametrize(("more", "same"), [({}, True), ({"person": "mara  ELLIS"}, True), ({"person": "Mary"}, False)])
async def test_p8_without_a_call_the_same_person_is_the_same(
    company: Company, more: dict[str, str], same: bool
) -> None:
    first = await a_request(company, recordings=[])
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
async def test_p8_on_its_way_it_is_joined_and_after_an_answer_it_is_new_and_names_the_first(company: Company) -> None:
    """How it got there is for whoever releases it; here the row is set by hand."""
    first = await a_request(company)
    await stands(company, first, state="sending")
    assert (await filed(company, company.deven)).request == first
    await stands(company, first, state="answered", answered_at=company.clock.now)
    again = await a_request(company, company.deven)
    assert again != first
    assert (await known_of(company, again)).earlier == first
