"""The same asked for again while it is open is one request; after an answer it is a new one that names the first (P8)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.each import each
from tests.handlers.builders import Company, audit, call, email, refusal, register, words_for
from tests.handlers.customers.acts import a_request, filed, known_of, stands, stored, viewed
from tests.handlers.customers.releasing import release, releasing
from tests.handlers.reading import lines, seen

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


async def test_p8_what_was_missing_comes_with_it_and_what_differs_is_noted(company: Company) -> None:
    first = await a_request(company, check="none", address="", said="It was in March.")
    assert await a_request(company, company.deven, person="Mrs MARA  Ellis", said="It was about an invoice.") == first
    row, known = await stored(company, first), await known_of(company, first)
    assert (known.address, row.address_by, row.identified) == (
        "mara.ellis@customer.example",
        company.deven.person_id,
        True,
    )
    assert known.said == "It was in March.\nIt was about an invoice."
    assert (known.name, known.remarks) == ("Mara Ellis", [])


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


async def test_p8_a_check_of_identity_is_not_lent_to_an_address_that_came_without_one(company: Company) -> None:
    """Of one name, and one of them named no address: it is one request, and what fits to what is for a person to say."""
    first = await a_request(company, check="none", address="anna.private@elsewhere.example")
    assert await a_request(company, company.deven, check="document", address="") == first
    known = await known_of(company, first)
    assert (known.identified, known.address) == (None, "anna.private@elsewhere.example")
    assert "press Identified" in known.remarks[-1].words
    other = await a_request(company, company.deven, recordings=[f"{company.calls[1]}"], check="document", address="")
    again: dict[str, Any] = {
        "recordings": [f"{company.calls[1]}"],
        "check": "none",
        "address": "anna.private@elsewhere.example",
    }
    assert await a_request(company, **again) == other
    row, known = await stored(company, other), await known_of(company, other)
    assert (row.identified, row.address_by, known.address) == (True, None, "")
    assert "an address this time: anna.private@elsewhere.example" in known.remarks[-1].words


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


async def test_p8_who_wanted_to_listen_may_want_a_copy_and_keeps_it(company: Company) -> None:
    first = await a_request(company, wants="listen")
    assert (await filed(company, company.deven, wants="copy")).request == first
    assert (await stored(company, first)).wants == "copy"
    assert (await filed(company, company.deven, wants="listen")).request == first
    assert (await stored(company, first)).wants == "copy"


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


async def test_p8_the_call_that_nobody_knew_yet_comes_with_the_second_filing(company: Company) -> None:
    first = await a_request(company, recordings=[])
    due = (await stored(company, first)).due_at
    assert (await filed(company, company.deven, recordings=[f"{company.calls[0]}"])).request == first
    assert [one.id for one in (await viewed(company, first)).recordings] == company.calls[:1]
    assert (await stored(company, first)).due_at == due
    await release(company, first)


@pytest.mark.soak
@each("more", [{"person": "Mary"}, {"address": ""}, {"asker": "operator"}])
async def test_p8_nobody_else_is_given_a_call_by_that(company: Company, more: dict[str, Any]) -> None:
    first = await a_request(company, recordings=[])
    assert (await filed(company, company.deven, recordings=[f"{company.calls[0]}"], **more)).request != first
    assert (await viewed(company, first)).recordings == []


async def test_p8_a_request_that_names_a_call_gets_no_other_one_by_that(company: Company) -> None:
    first = await a_request(company, recordings=[])
    await filed(company, company.deven, recordings=[f"{company.calls[0]}"])
    assert (await filed(company, company.deven, recordings=[f"{company.calls[1]}"])).request != first


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
    assert (await known_of(company, again)).earlier == (first if state == "answered" else "")


@pytest.mark.by_hand
async def test_p8_what_somebody_else_had_of_the_same_call_is_no_earlier_request_of_theirs(company: Company) -> None:
    first = await a_request(company)
    await stands(company, first, state="answered", answered_at=company.clock.now)
    again = await a_request(company, company.deven, person="Ned Ellis", address="ned@customer.example")
    assert (await known_of(company, again)).earlier == ""
