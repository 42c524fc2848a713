"""A customer's request is filed on one page; asked for again it is one request, and the earliest day counts (P8)."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from handlers import SEARCHES, form_needed
from handlers.customers import filing
from handlers.customers.cards import NO_CALL
from handlers.forms import Answers
from tests.each import each
from tests.handlers.builders import (
    POLICY,
    UK,
    Company,
    account,
    audit,
    call,
    email,
    left,
    meet,
    refusal,
    register,
    words_for,
)
from tests.handlers.customers.acts import a_request, comes, filed, form, known_of, stands, stored, viewed
from tests.handlers.customers.releasing import releasing
from tests.handlers.reading import lines, looking, seen
from tests.moments import NOW
from tests.reconciled import findings

MONDAY = datetime(2026, 11, 23, 3, tzinfo=UTC)  # 14:00 in Sydney, when the first call began
CHOSEN: Any = {"reason": "customer"}


async def wrong(company: Company, **more: Any) -> dict[str, str]:
    """What must be corrected, by field."""
    refused = await refusal(company, filing.file_customer_request(form(company, **more), "slack:V-wrong"), company.anna)
    assert refused.clause == "P8"
    return refused.fields


@each(
    ("name", "answers", "leads"),
    [
        ("access", {}, "access"), ("access", {"reason": "customer"}, "customer"), ("access", {"reason": "complaint"}, "access"),
        ("customer", {"reason": "complaint"}, "access"), ("customer", CHOSEN, "customer"), ("customer", {}, "customer"),
        ("deny", CHOSEN, "deny"),
    ],
)  # fmt: skip
def test_p8_the_first_choice_leads_to_the_form_that_it_needs_and_back(name: str, answers: Answers, leads: str) -> None:
    assert form_needed(name, answers) == leads


async def test_p8_what_is_filed_waits_for_the_team_leader_and_the_handlers(company: Company) -> None:
    view = await viewed(company, await a_request(company))
    assert view.matter.state == "waiting"
    assert {view.people[one.person_id].email_key for one in view.approvers} == {
        email("Tara Lindqvist"),
        email("Cora Bellamy"),
    }
    assert view.known is not None
    assert (view.known.name, view.known.address) == ("Mara Ellis", "mara.ellis@customer.example")
    assert view.known.identified is not None
    assert (view.known.identified.check, view.known.identified.by) == ("called_back", company.anna.person_id)
    assert await left(company) == [("show", "anna"), ("show", "tara"), ("show", "cora")]


async def test_p8_the_clock_starts_when_anyone_was_asked_and_the_sum_is_kept(company: Company) -> None:
    request = await a_request(company)
    row = await stored(company, request)
    assert (row.received_at, row.due_at) == (NOW, datetime(2026, 12, 3, 6, tzinfo=UTC))
    assert row.promise is not None
    assert row.promise["counted"][-1] == "2026-12-03"
    moments = {kind: await comes(company, f"customer.{kind}", request) for kind in ("remind", "due_today", "overdue")}
    assert moments == {
        "remind": datetime(2026, 11, 26, 22, tzinfo=UTC), "due_today": datetime(2026, 12, 2, 22, tzinfo=UTC),
        "overdue": datetime(2026, 12, 3, 6, 0, 1, tzinfo=UTC),
    }  # fmt: skip


async def test_p8_sent_twice_it_is_filed_once(company: Company) -> None:
    intent = filing.file_customer_request(form(company), "slack:V-same")
    first = await company.door.enter(intent, company.anna)
    entries, effects = len(await audit(company)), len(await left(company))
    assert await company.door.enter(intent, company.anna) == first
    assert (len(await audit(company)), len(await left(company))) == (entries, effects)
    assert "V-same" not in ((await stored(company, first.request)).key or "")


@each(
    ("more", "field"),
    [
        ({"recordings": ["99"]}, "recordings"), ({"recordings": ["9999999999"]}, "recordings"),
        ({"recordings": ["number:+61412345671", "number:+61412345672"]}, "recordings"),
        ({"received_on": "2026-11-25"}, "received_on"), ({"received_on": "2026-11-22"}, "received_on"),
        ({"received_on": "2012-11-23", "recordings": []}, "received_on"),
        ({"check": "by_the_moon"}, "check"), ({"address": "no address"}, "address"),
    ],
)  # fmt: skip
async def test_p8_what_is_wrong_is_told_at_its_field(company: Company, more: dict[str, Any], field: str) -> None:
    """The call began on Monday at 14:00 in Sydney; it is Tuesday, 14:00."""
    assert list(await wrong(company, **more)) == [field]


async def test_p8_today_is_the_companys_newest_day_also_for_a_line_further_west(company: Company) -> None:
    """At 09:30 on Wednesday in Sydney a call of the UK line was asked for “yesterday” only."""
    company.clock.now = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)
    [one] = await register(company.door, call(4, line=UK))
    await a_request(company, recordings=[str(one)], received_on="2026-11-25")
    assert list(await wrong(company, recordings=[str(one)], received_on="2026-11-26")) == ["received_on"]


async def test_p8_all_calls_with_a_number_are_one_request(company: Company) -> None:
    more = await register(
        company.door, *(call(n, native_id=f"more-{n}", caller="+61412345671", crm="CS-10443") for n in (8, 9))
    )
    told = await filed(company, recordings=["number:+61412345671"])
    view = await viewed(company, told.request)
    assert [one.id for one in view.recordings] == [more[1], more[0], company.calls[0]]
    assert (await known_of(company, told.request)).number == "+61412345671"


async def test_p4_a_call_that_this_person_may_not_know_of_can_t_be_chosen(company: Company) -> None:
    [sales] = await register(company.door, call(5, department="sales", operator_key=email("Doran Whitlock")))
    narrow = POLICY.model_copy(update={"access": POLICY.access.model_copy(update={"search_scope": "department"})})
    company.door.policy = narrow
    assert list(await wrong(company, recordings=[f"{sales}"])) == ["recordings"]
    assert (await viewed(company, await a_request(company, recordings=["number:+61412345675"]))).recordings == []


async def test_p8_a_number_is_offered_with_all_its_calls_once_someone_types(company: Company) -> None:
    await register(company.door, *(call(n, native_id=f"m-{n}", caller="+61412345671") for n in (8, 9)))
    search = SEARCHES["customer_calls"]

    async def found(typed: str) -> list[tuple[str, str]]:
        options = await looking(company, company.anna, lambda ctx: search.find(ctx, typed))
        return [(one.value, one.label) for one in options if one.value.startswith("number:")]

    assert await found("") == []
    assert await found("0412 345 671") == [("number:+61412345671", "All 3 calls with ••••\N{NO-BREAK SPACE}671")]
    # Its other calls may be locked, since their caller declined: a request can be for them all the same.
    assert await found("0412 345 672") == [("number:+61412345672", "Any call with ••••\N{NO-BREAK SPACE}672")]
    assert await found("+61 498 000 111") == [("number:+61498000111", "Any call with ••••\N{NO-BREAK SPACE}111")]
    by_reference = await looking(company, company.anna, lambda ctx: search.find(ctx, "CS-10443"))
    assert [one.value.startswith("number:") for one in by_reference] == [False] * (len(by_reference) - 1) + [True]
    chosen = ["number:+61412345671", str(company.calls[0]), "odd"]
    named = await looking(company, company.anna, lambda ctx: [one.value for one in search.named(ctx, chosen)])
    assert named == chosen[:2]


async def test_p8_more_calls_than_a_request_takes_are_counted_no_further(company: Company) -> None:
    await register(company.door, *(call(1, native_id=f"m-{n}") for n in range(51)))
    options = await looking(company, company.anna, lambda ctx: SEARCHES["customer_calls"].find(ctx, "0412345671"))
    assert options[0].label == "All calls, more than 50, with ••••\N{NO-BREAK SPACE}671"
    assert "can have 50 calls at most" in (await wrong(company, recordings=[options[0].value]))["recordings"]


async def test_p8_a_number_of_several_customers_is_told_to_the_filer(company: Company) -> None:
    await register(company.door, call(6, caller="+61412345671", crm="CS-99"))
    assert "Several customers use this number. A matching number is no proof." in (await filed(company)).warnings
    assert (await filed(company, recordings=[])).warnings == (NO_CALL,)


async def test_p8_nor_one_of_someone_who_works_or_worked_here_under_whichever_address(company: Company) -> None:
    own = "anna@private.example"
    await meet(company.door, replace(account("UANNA", "Anna Quill"), email=own, email_key=own))
    await meet(company.door, account("UANNA", "Anna Quill"))
    for number, standing in enumerate(("deactivated", "guest")):
        name, address = f"Wren {number}", f"wren{number}@private.example"
        await meet(company.door, replace(account(f"UWREN{number}", name, standing), email=address, email_key=address))
        assert list(await wrong(company, address=address)) == ["address"]
    assert "works or worked here" in (await wrong(company, address="Anna@Private.example"))["address"]
    foreign = "otto@private.example"
    await meet(company.door, replace(account("UOTTO", "Otto Brindle", "foreign"), email=foreign, email_key=foreign))
    for address in (foreign, "mabel@customer.example"):
        request = await a_request(company, address=address, person=f"Customer {address[:4]}")
        assert (await known_of(company, request)).address == address


async def test_p11_an_operator_s_own_call_goes_to_the_operator_s_own_address(company: Company) -> None:
    """Otherwise no one would decide whether they may hear a colleague's call, and its operator would read that the
    caller heard it.
    """
    own: dict[str, Any] = {"asker": "operator", "person": "Bram Tolliver", "address": email("Bram Tolliver")}
    request = await a_request(company, company.bram, **own)
    view = await viewed(company, request)
    assert view.known is not None
    assert view.known.identified is not None
    assert view.known.identified.check == "colleague"
    assert {one.role for one in view.approvers} == {"team_leader"}
    [other] = await register(company.door, call(6, operator_name="Deven Okafor", operator_key=email("Deven Okafor")))
    both = [f"{company.calls[0]}", f"{other}"]
    for more in ({"address": email("Anna Quill")}, {"address": "bram@home.example"}, {"recordings": both}):
        assert "write the colleague’s own address" in (await wrong(company, **{**own, **more}))["address"]


async def test_p8_the_same_calls_again_are_one_request_and_the_earliest_receipt_counts(company: Company) -> None:
    first = await filed(company)
    later = await filed(company, company.cora)
    assert (later.request, later.joined, later.due_at) == (first.request, True, first.due_at)
    assert await words_for(company, company.tara) == []
    again = await filed(company, company.deven, received_on="2026-11-23")
    assert (again.request, again.joined, first.joined) == (first.request, True, False)
    row, known = await stored(company, first.request), await known_of(company, first.request)
    people = [company.anna.person_id, company.cora.person_id, company.deven.person_id]
    assert [one.by for one in known.receipts] == people
    assert row.received_at == MONDAY
    assert row.due_at == again.due_at == datetime(2026, 12, 2, 6, tzinfo=UTC)
    assert await words_for(company, company.tara) == [
        "A customer asked earlier than we knew, so the answer is due Wed 2 Dec, 17:00 Sydney."
    ]
    assert await findings(company.database) == []


async def test_p8_a_second_filer_holds_a_copy_and_never_releases_it(company: Company) -> None:
    first = await a_request(company)
    await filed(company, company.deven)
    view = await viewed(company, first)
    assert company.deven.person_id in view.everybody()
    assert [one.part for one in view.parties if one.person_id == company.deven.person_id] == ["filer"]
    await filed(company, company.tara)
    view = await viewed(company, first)
    assert [view.people[one.person_id].email_key for one in view.approvers] == [email("Cora Bellamy")]
    assert [one.part for one in view.parties if one.person_id == company.tara.person_id] == ["former"]
    entries = [detail for _, action, _, _, detail in await audit(company, first) if action == "customer.file"]
    assert [(one.get("joined"), one.get("filer"), one.get("over")) for one in entries] == [
        (None, None, None), (True, True, []), (True, False, [company.tara.person_id]),
    ]  # fmt: skip


async def test_p8_another_name_address_or_call_is_another_request(company: Company) -> None:
    """An identity checked for one mailbox vouches for no other: the check stays with the date for which it was made."""
    both = [f"{one}" for one in company.calls[:2]]
    first = await a_request(company, check="none", address="anna.private@elsewhere.example", recordings=both)
    others: tuple[dict[str, Any], ...] = (
        {"person": "Ned Ellis"}, {"address": "other@customer.example"}, {"recordings": both[:1]}, {"recordings": []},
    )  # fmt: skip
    for more in others:
        assert await a_request(company, company.deven, **{"check": "document", "recordings": both, **more}) != first
    assert (await known_of(company, first)).identified is None
    assert (await refusal(company, releasing(first), company.tara)).code == "not_identified"


async def test_p8_the_card_names_another_request_for_the_same_call_to_the_releaser(company: Company) -> None:
    first = await a_request(company)
    second = await a_request(company, company.deven, person="Ned Ellis", address="ned@customer.example")
    told = f"Someone else is asking for one of these calls: {first}. Please check whose call it is."
    assert told in "\n".join(lines(await seen(company, second, company.tara)))
    assert first not in "\n".join(lines(await seen(company, second, company.deven)))


@pytest.mark.by_hand
async def test_p8_once_its_answer_was_written_nothing_joins_it(company: Company) -> None:
    """What came meanwhile has no part in that answer, so it would count as answered without one."""
    first = await a_request(company)
    for state in ("sending", "unknown", "answered"):
        await stands(company, first, state=state, answered_at=company.clock.now if state == "answered" else None)
        assert await a_request(company, company.deven, person="Mara  Ellis") != first


async def test_p8_only_the_date_is_added(company: Company) -> None:
    """The card says who entered the address and who checked the identity."""
    first = await a_request(company, check="none", address="")
    told = await filed(company, company.deven, person="Mrs MARA  Ellis")
    assert (told.request, told.joined, told.waits) == (first, True, "to be identified and to give an e-mail address")
    known = await known_of(company, first)
    assert (known.address, known.identified) == ("", None)
