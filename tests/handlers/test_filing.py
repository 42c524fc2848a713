"""P6, P7, P9: a request is stored once, with what it needs, and goes to whoever decides it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from handlers import recordings
from handlers.access import asking, deciding
from handlers.access import room as access_room
from handlers.access.forms import AccessForm
from handlers.access.state import Filed
from handlers.acting import CLOCK, Visitor
from handlers.policy import Policy
from storage.records import Person, Request
from tests.each import each
from tests.handlers.builders import (
    CLAIM,
    POLICY,
    Company,
    account,
    answers,
    approved,
    ask,
    audit,
    away,
    call,
    email,
    form,
    ledger,
    left,
    meet,
    nobody_left,
    person,
    refusal,
    register,
    stored,
    with_access,
    words_for,
    written,
)


async def _count(company: Company) -> int:
    return await company.database.read(lambda store: store.session.query(Request).count())


async def test_p7_a_request_goes_to_the_team_leader(company: Company) -> None:
    filed = await company.door.enter(asking.file_request(form(company.calls[:2]), "slack:V1"), company.anna)
    request = await stored(company, filed.request)
    assert (filed.again, request.state, request.revision) == (False, "waiting", 1)
    assert (request.reason, request.crm, request.asked_at) == ("complaint", "CS-10442", company.clock.now)
    assert (await written(company, request.id)).purpose == "The customer complains."
    parties = await company.database.read(lambda store: store.matters.parties(request.id))
    tara, anna = company.tara.person_id, f"person:{company.anna.person_id}"
    assert [(one.person_id, one.part, one.role) for one in parties] == [(tara, "approver", "team_leader")]
    assert await left(company) == [("show", "anna"), ("show", "tara")]
    detail = {
        "recordings": company.calls[:2], "reason": "complaint", "longer": False, "asked": [tara], "told": [], "because": "",
        "roles": {str(tara): "team_leader"},
    }  # fmt: skip
    assert await audit(company, request.id) == [(anna, "access.file", "done", "P7", detail)]


async def test_p7_a_request_is_a_matter_of_the_line_of_its_first_call_until_it_is_decided(company: Company) -> None:
    request = await ask(company, company.anna)
    first = await company.database.read(lambda store: store.recordings.of_request(request)[0].line)
    matter = await company.database.read(lambda store: store.matters.get(request))
    assert matter is not None
    assert (matter.kind, matter.line, matter.asked_at, matter.closed_at) == ("access", first, company.clock.now, None)
    company.clock.pass_(hours=1)
    await company.door.enter(deciding.approve_request(request), company.tara)
    assert (await stored(company, request)).closed_at == company.clock.now


async def test_p7_calls_stay_in_the_order_in_which_they_were_chosen(company: Company) -> None:
    first, second, third = company.calls
    request = await ask(company, company.anna, calls=[third, first, second])
    kept = await company.database.read(lambda store: [one.id for one in store.recordings.of_request(request)])
    assert kept == [third, first, second]


async def test_p9_a_claim_goes_to_the_head_with_its_details(company: Company) -> None:
    request = await stored(company, await ask(company, company.anna, **CLAIM))
    said = await written(company, request.id)
    assert request.longer
    assert (said.legal_matter, said.basis, said.audience) == ("Claim 12", "Police ref 9", "nobody")
    assert await left(company) == [("show", "anna"), ("show", "helena")]
    assert [(one[1], one[3]) for one in await audit(company, request.id)] == [("access.file", "P9")]


async def test_p7_details_that_the_reason_does_not_need_are_not_kept(company: Company) -> None:
    request = await stored(company, await ask(company, company.anna, **{**CLAIM, "reason": "training"}))
    said = await written(company, request.id)
    assert not request.longer
    assert (said.legal_matter, said.basis, said.audience) == ("", "", "")
    assert await left(company) == [("show", "anna"), ("show", "tara")]


@each(
    ("more", "fields", "clause"),
    [
        ({"reason": "curiosity"}, {"reason": "Please choose one of the eight reasons."}, "P6"),
        ({"recordings": ["999"]}, {"recordings": "One of these calls is no longer there. Please choose again."}, "P7"),
        (
            {"recordings": ["998", "1", "999"]},
            {"recordings": "2 of these calls are no longer there. Please choose again."}, "P7",
        ),
        (
            {"recordings": [str(one) for one in range(1, 12)]},
            {"recordings": "One request takes 10 calls at most. Please file the others separately."}, "P7",
        ),
        (
            {"reason": "crime"},
            {"reason": "This reason asks for more details. Please choose it again and fill in the rest."}, "P9",
        ),
    ],
)  # fmt: skip
async def test_p6_p7_what_must_be_mended_is_told_at_its_field(
    company: Company, more: dict[str, Any], fields: dict[str, str], clause: str
) -> None:
    filled = AccessForm.read({**answers(company.calls[:1]), **more})
    refused = await refusal(company, asking.file_request(filled, "slack:V1"), company.anna)
    assert refused.fields == fields
    assert str(refused) == " ".join(fields.values())
    assert (await _count(company), await left(company)) == (0, [])
    [(_, action, outcome, of, detail)] = (await audit(company))[-1:]
    assert (action, outcome, of, detail) == ("access.file", "refused", clause, {"why": "form"})


async def test_p7_a_request_names_at_least_one_call(company: Company) -> None:
    nothing = AccessForm.model_construct(reason="complaint", recordings=[], crm="CS-1", purpose="To hear it.")
    refused = await refusal(company, asking.file_request(nothing, "slack:V1"), company.anna)
    assert refused.fields == {"recordings": "Please choose at least one call."}


async def test_p4_a_call_of_another_line_or_that_is_gone_can_not_be_asked_for(company: Company) -> None:
    [outside] = await register(company.door, call(7, line="+61298765432"))
    await company.door.enter(recordings.register("file", (), ["call-1"]), CLOCK)
    for one in (outside, company.calls[0]):
        refused = await refusal(company, asking.file_request(form([one]), f"slack:V{one}"), company.anna)
        assert refused.fields == {"recordings": "One of these calls is no longer there. Please choose again."}


async def test_the_same_submission_twice_is_one_request(company: Company) -> None:
    wanted = asking.file_request(form(company.calls[:1]), "slack:V1")
    first = await company.door.enter(wanted, company.anna)
    before = await audit(company)
    again = await company.door.enter(wanted, company.anna)
    assert (again.request, again.again, await _count(company)) == (first.request, False, 1)
    assert await audit(company) == before
    assert len(await ledger(company)) == 2


@each("more", [{}, {"crm": "cs-10442"}, {"purpose": "In other words."}, {"recordings": ["2", "1", "2"]}])
async def test_p7_the_same_wish_again_is_the_request_that_is_open(company: Company, more: dict[str, Any]) -> None:
    request = await ask(company, company.anna, calls=[1, 2])
    filled = AccessForm.read({**answers([1, 2]), **more})
    again = await company.door.enter(asking.file_request(filled, "slack:W1"), company.anna)
    assert again == Filed(request, again=True)
    assert await _count(company) == 1


@pytest.mark.parametrize(
    "more", [{"reason": "training"}, {"crm": "CS-10443"}, {"recordings": ["1"]}, {"recordings": ["1", "3"]}]
)
async def test_p7_another_reason_call_or_reference_is_another_request(company: Company, more: dict[str, Any]) -> None:
    """Approval is bound to what was asked."""
    await ask(company, company.anna, calls=[1, 2])
    filled = AccessForm.read({**answers([1, 2]), **more})
    again = await company.door.enter(asking.file_request(filled, "slack:W1"), company.anna)
    assert (again.again, await _count(company)) == (False, 2)


async def test_p7_the_same_wish_of_somebody_else_is_another_request(company: Company) -> None:
    first = await ask(company, company.anna)
    second = await ask(company, company.helena)
    assert first != second


async def test_p7_what_was_decided_can_be_asked_for_anew(company: Company) -> None:
    first = await approved(company)
    second = await ask(company, company.anna)
    await company.door.enter(deciding.withdraw_request(second), company.anna)
    third = await ask(company, company.anna)
    assert len({first, second, third}) == 3


async def test_several_submissions_at_once_are_one_request(company: Company) -> None:
    wishes = [asking.file_request(form(company.calls[:1]), f"slack:V{one % 3}") for one in range(9)]
    filed = await asyncio.gather(*(company.door.enter(one, company.anna) for one in wishes))
    assert len({one.request for one in filed}) == 1
    assert sum(not one.again for one in filed) == 3
    assert len(await ledger(company)) == 2


async def test_an_old_submission_beside_a_new_one_hides_no_open_request(company: Company) -> None:
    """Three submissions of one wish: the first was taken back, the second waits, and the first comes again with the third."""
    wishes = [asking.file_request(form(company.calls[:1]), f"slack:V-old-{one}") for one in range(3)]
    first = await company.door.enter(wishes[0], company.anna)
    await company.door.enter(deciding.withdraw_request(first.request), company.anna)
    second = await company.door.enter(wishes[1], company.anna)
    for order in ((0, 2), (2, 0)):
        filed = await asyncio.gather(*(company.door.enter(wishes[one], company.anna) for one in order))
        told = dict(zip(order, filed, strict=True))
        assert (told[0].request, told[2].request) == (first.request, second.request)
    assert await _count(company) == 2


async def test_p7_the_team_leaders_own_request_goes_to_the_head(company: Company) -> None:
    await ask(company, company.tara)
    assert await left(company) == [("show", "tara"), ("show", "helena")]


async def test_p7_the_heads_own_request_goes_down_and_hr_is_told_of_the_decision(company: Company) -> None:
    request = await ask(company, company.helena)
    assert await left(company) == [("show", "helena"), ("show", "tara")]
    await company.door.enter(deciding.approve_request(request), company.tara)
    assert (await left(company))[2:] == [("show", "helena"), ("show", "tara"), ("show", "ruth"), ("tell", "helena")]


async def test_p9_the_heads_own_claim_goes_to_hr_and_never_down(company: Company) -> None:
    await ask(company, company.helena, **CLAIM)
    assert await left(company) == [("show", "helena"), ("show", "ruth")]


async def test_p11_an_approver_who_was_on_the_call_is_passed_over(company: Company) -> None:
    [hers] = await register(company.door, call(8, operator_key=email("Tara Lindqvist"), operator_name="Tara Lindqvist"))
    await ask(company, company.anna, calls=[company.calls[0], hers])
    assert await left(company) == [("show", "anna"), ("show", "helena")]


async def test_a_call_whose_operator_nobody_knows_passes_nobody_over(company: Company) -> None:
    [nobodys] = await register(company.door, call(8, operator_key=""))
    await ask(company, company.anna, calls=[nobodys])
    assert await left(company) == [("show", "anna"), ("show", "tara")]


class TestWhileTheTeamLeaderIsAway:
    @pytest.fixture
    def policy(self) -> Policy:
        return away(POLICY, "team_leader")

    async def test_p7_the_deputy_is_asked(self, company: Company) -> None:
        await ask(company, company.anna)
        assert await left(company) == [("show", "anna"), ("show", "deven")]


class TestWhileNobodyMayDecide:
    @pytest.fixture
    def policy(self) -> Policy:
        return nobody_left()

    async def test_p7_the_request_says_so_and_hr_gets_an_alarm(self, company: Company) -> None:
        request = await ask(company, company.helena)
        assert (await stored(company, request)).state == "stuck"
        assert await left(company) == [("warn", "miles"), ("show", "helena")]
        assert await words_for(company, company.miles) == [
            f"No one may decide request {request} at the moment. Please see who can."
        ]

    async def test_the_same_wish_again_is_told_that_it_is_stuck(self, company: Company) -> None:
        request = await ask(company, company.helena)
        again = await company.door.enter(asking.file_request(form(company.calls[:1]), "slack:W1"), company.helena)
        assert again == Filed(request, again=True)


class TestWithAnotherLimit:
    @pytest.fixture
    def policy(self) -> Policy:
        return with_access(POLICY, most_recordings=2)

    async def test_p7_the_policy_says_how_many_calls_one_request_takes(self, company: Company) -> None:
        refused = await refusal(company, asking.file_request(form(company.calls), "slack:V1"), company.anna)
        assert "takes 2 calls at most" in refused.fields["recordings"]
        await ask(company, company.anna, calls=company.calls[:2])


async def test_whoever_may_act_may_open_the_form(company: Company) -> None:
    before = await audit(company)
    await company.door.enter(access_room.begin(), company.anna)
    assert await audit(company) == before


async def test_an_account_without_an_address_is_told_so_when_it_opens_the_form(company: Company) -> None:
    nobody = await meet(company.door, replace(account("U9", "Nobody"), email_key="", email=""))
    assert nobody == Visitor("slack:U9", None, "member")
    refused = await refusal(company, access_room.begin(), nobody)
    assert str(refused) == "Your account has no e-mail address that I may read, so I can't tell who you are."
    assert (await audit(company))[-1] == ("slack:U9", "access.begin", "refused", "P7", {"why": "nobody"})


async def test_a_deadline_of_a_request_that_never_was_is_refused(company: Company) -> None:
    refused = await refusal(company, deciding.expire_access("R-NEVER"), CLOCK)
    assert refused.code == "unknown"


@contextmanager
def _changed_people() -> Iterator[list[str]]:
    """The addresses of people whom a session is about to look through for changes."""
    found: list[str] = []

    def note(session: Session, *_: object) -> None:
        found.extend(one.email_key for one in session.dirty if isinstance(one, Person))

    event.listen(Session, "before_flush", note)
    yield found
    event.remove(Session, "before_flush", note)


async def test_where_somebody_asks_first_is_where_the_answer_goes_and_costs_no_flush(company: Company) -> None:
    """A5: each filing paid a full flush of the session, whether or not anything had changed."""
    with _changed_people() as changed:
        await ask(company, company.anna)
        await ask(company, company.anna, crm="CS-2")
    assert changed == []
    assert (await person(company, company.anna)).prefers == "slack"
