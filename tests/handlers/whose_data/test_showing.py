"""P9, P11: an investigation that is over is shown to the operators by whoever would decide it now, on record, and by nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.access.intents import Approve, PassOn
from handlers.whose_data.showing import Show
from handlers.whose_data.words import SHOW_LABEL
from tests.each import each
from tests.handlers.builders import (
    CLAIM,
    POLICY,
    Company,
    account,
    ask,
    audit,
    away,
    call,
    claim_about,
    email,
    ledger,
    left,
    meet,
    quiet,
    refusal,
    register,
)
from tests.handlers.holds.acts import hold
from tests.handlers.passing_time import delivered
from tests.handlers.reading import buttons, home_of, lines
from tests.handlers.whose_data.acts import (
    CLAIMED,
    NOTHING,
    closed,
    hear,
    investigated,
    listened,
    may_show,
    opened_homes,
    over,
    reads,
    reads_of,
    show,
)

pytestmark = pytest.mark.long

EVERYBODY = ("anna", "bram", "tara", "deven", "helena", "henrik", "ruth", "miles")
CALL = "Call of <23 Nov 03:00 Australia/Sydney> · caller ••••\N{NO-BREAK SPACE}671"


async def _offered(company: Company, request: str) -> list[str]:
    """Who of all is offered to show it; for everybody else it can't be done either, in the words for what there is not."""
    found = [one for one in EVERYBODY if request in await may_show(company, company.people[one])]
    for one in set(EVERYBODY) - set(found):
        refused = await refusal(company, Show(request), company.people[one])
        assert (str(refused), refused.code) == ("I can't find this request.", "unknown")
    return found


async def test_p11_the_head_shows_what_is_over_and_the_operator_reads_it(company: Company) -> None:
    request = await closed(company)
    assert await reads(company, company.bram) == NOTHING
    card = await home_of(company, company.helena)
    [button] = [one for one in buttons(card) if one.label == SHOW_LABEL]
    assert button.confirm == (
        "Bram Tolliver will read at home who listened to these calls, when, for which reason and by whose approval. "
        "You can’t take it back."
    )
    told = f"Anna Quill · {CLAIMED} · Claim 12 ({CALL} · over since <01 Dec 03:00> · {request}) [Show to the operator]"
    assert told in lines(card)
    await show(company, request)
    assert await reads_of(company, company.bram) == [f"Anna Quill · {CLAIMED}"]
    assert await may_show(company, company.helena) == []


async def test_p11_it_is_on_record_by_ids_and_done_once(company: Company) -> None:
    request = await closed(company)
    await show(company, request)
    grant = await company.database.read(lambda store: store.grants.of(request))
    assert grant is not None
    helena = f"person:{company.helena.person_id}"
    assert (await audit(company, request))[-1] == (helena, "whose_data.show", "done", "P11", {"grant": grant.id})
    await quiet(company, Show(request), company.helena)


async def test_p11_only_the_home_of_who_showed_it_is_drawn_anew(company: Company) -> None:
    """Whoever reads it is sent nothing: whether that was a talk is for the Head."""
    await opened_homes(company, company.bram, company.helena, company.anna)
    request = await closed(company)
    await delivered(company)
    before = len(await ledger(company))
    await show(company, request)
    assert await left(company, before) == [("home", "helena")]


async def test_p11_each_is_shown_for_itself(company: Company) -> None:
    first = await closed(company)
    second = await closed(company, crm="CS-9")
    assert await may_show(company, company.helena) == [second, first]
    await show(company, second)
    assert len(await reads_of(company, company.bram)) == 1
    assert await may_show(company, company.helena) == [first]


@pytest.mark.parametrize(
    ("asker", "more", "out", "shows"),
    [
        ("anna", {}, (), "helena"),
        ("anna", {}, ("head_of_customer_success",), "henrik"),
        ("henrik", {}, ("head_of_customer_success",), "ruth"),
        ("ruth", {}, (), "helena"),
        ("bram", {}, (), "helena"),
        ("anna", claim_about("tara"), (), "helena"),
        ("anna", claim_about("henrik"), ("head_of_customer_success",), "ruth"),
    ],
)
async def test_p9_p11_only_whoever_would_decide_it_now_is_offered_that(
    company: Company, asker: str, more: dict[str, Any], out: tuple[Any, ...], shows: str
) -> None:
    request = await closed(company, company.people[asker], **more)
    company.door.policy = away(POLICY, *out, now=company.clock.now)
    assert await _offered(company, request) == [shows]
    await show(company, request, company.people[shows])
    assert await may_show(company, company.people[shows]) == []


@each(
    ("asker", "more", "shows"),
    [("helena", {}, "ruth"), ("anna", claim_about("helena"), "ruth"), ("anna", claim_about("helena", "ruth"), "miles")],
)
async def test_p9_p11_in_a_case_of_the_heads_own_it_is_the_next_authority(
    company: Company, asker: str, more: dict[str, Any], shows: str
) -> None:
    request = await closed(company, company.people[asker], company.people[shows], **more)
    assert await _offered(company, request) == [shows]


async def test_p11_a_head_who_was_on_the_call_finds_nothing_and_can_do_nothing(company: Company) -> None:
    [hers] = await register(company.door, call(7, operator_name="Helena Marsh", operator_key=email("Helena Marsh")))
    request = await closed(company, by=company.ruth, calls=[hers])
    assert await _offered(company, request) == ["ruth"]
    assert await reads(company, company.helena) == NOTHING


async def test_p9_p11_whoever_passed_it_on_has_no_part_in_it(company: Company) -> None:
    request = await ask(company, company.anna, **CLAIM)
    await company.door.enter(PassOn(request, "My sister."), company.helena)
    await company.door.enter(Approve(request), company.ruth)
    await hear(company, request, company.anna)
    await over(company, request)
    assert await _offered(company, request) == ["ruth"]


async def test_p9_p11_a_reason_that_the_policy_has_otherwise_now_changes_nothing_of_that(company: Company) -> None:
    request = await closed(company)
    reasons = {key: one for key, one in POLICY.reasons.items() if key != "legal_claim"}
    company.door.policy = POLICY.model_copy(update={"reasons": reasons})
    assert await _offered(company, request) == ["helena"]


@each("by", ["access", "another request", "a hold"])
async def test_p11_what_is_still_open_is_not_shown(company: Company, by: str) -> None:
    """Everybody reads that open ones are shown once closed."""
    if by == "a hold":
        await hold(company, company.helena)
    request = await (investigated if by == "access" else closed)(company)
    if by == "another request":
        await ask(company, company.anna, **CLAIM, crm="CS-9")
    assert await may_show(company, company.helena) == []
    refused = await refusal(company, Show(request), company.helena)
    assert (refused.code, str(refused).startswith("This investigation is still open")) == ("still_open", True)
    assert await reads(company, company.bram) == NOTHING


async def test_p11_nothing_is_offered_of_what_nobody_heard_or_nobody_was_on(company: Company) -> None:
    [nobodys] = await register(company.door, call(7, operator_name="", operator_key=""))
    request = await ask(company, company.anna, **CLAIM)
    await company.door.enter(Approve(request), company.helena)
    await over(company, request)
    heard = await closed(company, calls=[nobodys], matter="Another claim")
    assert [await _offered(company, one) for one in (request, heard)] == [[], []]


async def test_p11_what_staff_asked_for_is_no_matter_of_showing(company: Company) -> None:
    request = await listened(company)
    await over(company, request)
    assert await _offered(company, request) == []


async def test_p11_what_shows_by_itself_is_offered_no_more_and_a_late_press_does_nothing(company: Company) -> None:
    request = await closed(company)
    company.clock.pass_(days=366)
    assert await may_show(company, company.helena) == []
    await quiet(company, Show(request), company.helena)


@each(
    ("names", "told"),
    [
        (["Cleo Park"], "Cleo Park and "),
        (["Cleo Park", "Dan Ash", "Eve Fox"], "Bram Tolliver, Cleo Park, Dan Ash and 1 other will read"),
        (["Cleo Park", "Dan Ash", "Eve Fox", "Fay Orr"], "Bram Tolliver, Cleo Park, Dan Ash and 2 others will read"),
    ],
)
async def test_p11_the_question_names_whom_it_is_shown_to(company: Company, names: list[str], told: str) -> None:
    """By the name of now, also where the call has an address of before; by the address where nobody has met anybody."""
    people = [await meet(company.door, account(f"U{one[:3].upper()}", one)) for one in names]
    found = [call(20 + at, operator_key=email(one), operator_name="?") for at, one in enumerate(names)]
    calls = await register(company.door, *found, call(30, operator_key="zoe@fernhill.example", operator_name="?"))
    assert len(people) == len(names)
    calls = calls[: len(names)] if len(names) > 1 else calls
    request = await closed(company, calls=[*company.calls[:1], *calls])
    [button] = [one for one in buttons(await home_of(company, company.helena)) if one.value == request]
    if len(names) == 1:
        told = "Bram Tolliver, Cleo Park and zoe@fernhill.example will read"
    assert (button.confirm or "").startswith(told)
