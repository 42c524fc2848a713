"""A customer's request is filed in two steps; asked for again it is one request, and the earliest day counts (P8)."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import pytest

from handlers.customers import filing
from handlers.policy import Policy
from tests.each import each
from tests.handlers.builders import (
    POLICY,
    Clock,
    Company,
    a_company,
    audit,
    call,
    email,
    left,
    refusal,
    register,
    words_for,
)
from tests.handlers.customers.acts import a_request, comes, filed, known_of, stands, stored, viewed, which, who
from tests.handlers.customers.releasing import releasing
from tests.handlers.reading import lines, seen
from tests.reconciled import findings

RECEIVED = datetime(2026, 11, 23, 23, tzinfo=UTC)  # Tuesday, 10:00 in Sydney
LATER = datetime(2026, 11, 23, 22, tzinfo=UTC)  # 09:00 in Sydney on the day on which they ask


async def wrong(company: Company, **more: Any) -> dict[str, str]:
    """What must be mended, by field."""
    first = {
        one: more.pop(one) for one in ("asker", "wants", "received_on", "received_at", "recordings") if one in more
    }
    intent = filing.file(which(company, **first), who(first.get("asker", "customer"), **more), "slack:V-wrong")
    refused = await refusal(company, intent, company.anna)
    assert refused.clause == "P8"
    return refused.fields


async def test_p8_what_is_filed_waits_for_the_team_leader_and_the_handlers(company: Company) -> None:
    view = await viewed(company, await a_request(company))
    assert view.request.state == "waiting"
    assert {view.people[one.person_id].email_key for one in view.approvers} == {
        email("Tara Lindqvist"),
        email("Cora Bellamy"),
    }
    assert view.known is not None
    assert (view.known.name, view.known.address) == ("Mara Ellis", "mara.ellis@customer.example")
    assert (view.request.identified, view.request.address_by) == (True, company.anna.person_id)
    assert await left(company) == [("show", "anna"), ("show", "tara"), ("show", "cora")]


async def test_p8_the_clock_starts_when_anybody_was_asked_and_the_sum_is_kept(company: Company) -> None:
    request = await a_request(company)
    row = await stored(company, request)
    assert row.received_at == RECEIVED
    assert row.due_at == datetime(2026, 12, 3, 6, tzinfo=UTC)
    assert row.promise is not None
    assert row.promise["counted"][-1] == "2026-12-03"
    moments = {kind: await comes(company, f"customer.{kind}", request) for kind in ("remind", "due_today", "overdue")}
    assert moments == {
        "remind": datetime(2026, 11, 26, 22, tzinfo=UTC), "due_today": datetime(2026, 12, 2, 22, tzinfo=UTC),
        "overdue": datetime(2026, 12, 3, 6, 0, 1, tzinfo=UTC),
    }  # fmt: skip


async def test_p8_sent_twice_it_is_filed_once(company: Company) -> None:
    intent = filing.file(which(company), who(), "slack:V-same")
    first = await company.door.enter(intent, company.anna)
    entries, effects = len(await audit(company)), len(await left(company))
    assert await company.door.enter(intent, company.anna) == first
    assert (len(await audit(company)), len(await left(company))) == (entries, effects)
    row = await stored(company, first.request)
    assert "V-same" not in (row.key or "")


async def test_p8_what_names_somebody_stands_in_no_column(company: Company) -> None:
    request = await a_request(company, said="The invoice of March. I rang from 0412 345 671.")
    row = await stored(company, request)
    plain = " ".join(str(getattr(row, one.name)) for one in fields(row) if one.name != "sealed")
    for secret in ("Mara", "Ellis", "customer.example", "March", "345671"):
        assert secret not in plain
        assert secret.encode() not in (row.sealed or b"")


async def test_p8_all_calls_with_a_number_are_one_request(company: Company) -> None:
    more = await register(
        company.door, *(call(n, native_id=f"more-{n}", caller="+61412345671", crm="CS-10443") for n in (8, 9))
    )
    told = await filed(company, recordings=["number:+61412345671"])
    view = await viewed(company, told.request)
    assert [one.id for one in view.recordings] == [more[1], more[0], company.calls[0]]
    assert (await known_of(company, told.request)).number == "+61412345671"


@each("recordings", [["99"], ["9999999999"], ["number:+61400000000"], ["number:+61412345671", "number:+61412345672"]])
async def test_p8_what_can_t_be_meant_is_told_at_the_field(company: Company, recordings: list[str]) -> None:
    assert list(await wrong(company, recordings=recordings)) == ["recordings"]


async def test_p4_a_call_that_this_person_may_not_know_of_can_t_be_chosen(company: Company) -> None:
    [sales] = await register(company.door, call(5, department="sales", operator_key=email("Doran Whitlock")))
    narrow = POLICY.model_copy(update={"access": POLICY.access.model_copy(update={"search_scope": "department"})})
    company.door.policy = narrow
    assert list(await wrong(company, recordings=[f"{sales}"])) == ["recordings"]
    assert list(await wrong(company, recordings=["number:+61412345675"])) == ["recordings"]


@each(
    ("more", "field"),
    [
        ({"received_on": "2026-11-25", "received_at": ""}, "received_on"), ({"received_at": "14:30"}, "received_at"),
        ({"received_on": "2026-11-22", "received_at": ""}, "received_on"), ({"received_on": "2026-11-23", "received_at": "13:59"}, "received_at"),
        ({"received_on": "2012-11-23", "received_at": "", "recordings": []}, "received_on"),
    ],
)  # fmt: skip
async def test_p8_when_they_asked_is_possible_or_told_at_its_field(
    company: Company, more: dict[str, Any], field: str
) -> None:
    """The call began on Monday at 14:00 in Sydney; it is Tuesday, 14:00."""
    assert list(await wrong(company, **more)) == [field]


async def test_p8_a_day_without_a_time_is_its_earliest_moment_but_not_before_the_call(company: Company) -> None:
    row = await stored(company, await a_request(company, received_on="2026-11-23", received_at=""))
    assert row.received_at == datetime(2026, 11, 23, 3, tzinfo=UTC)


@each(
    ("more", "field"),
    [
        ({"check": "by_the_moon"}, "check"),
        ({"seen_on": "2026-11-25"}, "seen_on"),
        ({"address": "no address"}, "address"),
    ],
)
async def test_p8_identity_and_address_are_told_at_their_fields(
    company: Company, more: dict[str, Any], field: str
) -> None:
    assert list(await wrong(company, **more)) == [field]


async def test_p8_how_somebody_was_identified_is_kept_by_kind_and_day(company: Company) -> None:
    known = await known_of(company, await a_request(company, seen_on="2026-11-23"))
    assert known.identified is not None
    assert (known.identified.check, known.identified.seen_on.isoformat()) == ("called_back", "2026-11-23")
    known = await known_of(company, await a_request(company, seen_on="", recordings=[]))
    assert known.identified is not None
    assert known.identified.seen_on.isoformat() == "2026-11-24"


async def test_p8_a_number_of_several_customers_wants_a_fact_of_the_call(company: Company) -> None:
    await register(company.door, call(6, caller="+61412345671", crm="CS-99"))
    assert "used by more than one customer" in (await wrong(company))["said"]
    told = await filed(company, said="It was about the invoice of March.")
    assert any("used by more than one customer. A matching number is no proof" in one for one in told.warnings)


@each(
    ("address", "why"),
    [
        ("bram.tolliver@fernhill.example", "works or worked here"), ("Tara.Lindqvist@Fernhill.Example", "works or worked here"),
        ("nobody@fernhill.example", "in the company’s own domain"), ("x@mail.fernhill.example", "in the company’s own domain"),
    ],
)  # fmt: skip
async def test_p8_no_address_of_the_company(company: Company, address: str, why: str) -> None:
    assert why in (await wrong(company, address=address))["address"]


async def test_p8_an_operator_s_own_call_goes_to_the_operator_s_own_address(company: Company) -> None:
    request = await a_request(
        company, company.bram, asker="operator", person="Bram Tolliver", address=email("Bram Tolliver")
    )
    view = await viewed(company, request)
    assert view.known is not None
    assert view.known.identified is not None
    assert (view.known.identified.check, view.elsewhere) == ("colleague", False)
    assert {one.role for one in view.approvers} == {"team_leader"}
    assert (
        "a colleague who was on all of these calls"
        in (await wrong(company, asker="operator", address=email("Anna Quill")))["address"]
    )
    alone = await a_request(
        company, company.bram, asker="operator", person="Bram", address=email("Bram Tolliver"), recordings=[]
    )
    assert (await viewed(company, alone)).recordings == []


async def test_p11_an_operator_s_copy_goes_elsewhere_only_by_the_head(company: Company) -> None:
    told = await filed(company, company.bram, asker="operator", person="Bram Tolliver", address="bram@home.example")
    view = await viewed(company, told.request)
    assert [view.people[one.person_id].email_key for one in view.approvers] == [email("Helena Marsh")]
    assert "which is for the Head of Customer Success to allow" in told.warnings[0]


@each(("asker", "warned"), [("operator", True), ("former", True), ("customer", False)])
async def test_p8_a_colleague_who_answered_none_of_the_calls_is_told(
    company: Company, asker: str, warned: bool
) -> None:
    told = await filed(company, asker=asker, person="Wren Calloway", address="wren@home.example")
    assert ("None of these calls was with Wren Calloway." in told.warnings) is warned
    right = await filed(
        company, asker=asker, person="Bram Tolliver", address="bram@home.example", recordings=[f"{company.calls[1]}"]
    )
    assert not any("None of these calls" in one for one in right.warnings)


async def test_p8_where_nobody_may_release_it_somebody_who_can_mend_it_hears_so(database: Any, clock: Clock) -> None:
    roles = POLICY.roles
    same: dict[str, Any] = {
        name: role.model_copy(update={"holder": email("Anna Quill"), "deputies": ()})
        for name, role in roles.held().items()
    }
    policy: Policy = POLICY.model_copy(update={"roles": roles.model_copy(update=same)})
    policy = policy.model_copy(update={"customers": policy.customers.model_copy(update={"handlers": ()})})
    company = await a_company(database, clock, policy)
    assert (await stored(company, await a_request(company))).state == "stuck"


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


async def test_p8_a_colleague_who_was_on_some_of_the_calls_is_told_how_many_are_others(company: Company) -> None:
    [other] = await register(company.door, call(6, operator_name="Deven Okafor", operator_key=email("Deven Okafor")))
    calls = [f"{company.calls[0]}", f"{other}"]
    told = await filed(company, asker="former", person="Bram Tolliver", address="b@home.example", recordings=calls)
    assert any("1 of these calls was not with Bram Tolliver." in one for one in told.warnings)
