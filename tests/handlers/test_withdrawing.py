"""A requester takes back a request or gives access back; an approver takes access away; the clock ends it (P7)."""

import pytest

from handlers import listening
from handlers.access import deciding
from handlers.acting import CLOCK
from storage.records import Grant, Request
from tests.each import each
from tests.handlers.builders import (
    Company,
    also_asked,
    approved,
    ask,
    audit,
    ledger,
    left,
    quiet,
    refusal,
    stored,
    words_for,
    written,
)


async def _grant(company: Company, request: str) -> Grant:
    grant = await company.database.read(lambda store: store.grants.of(request))
    assert grant is not None
    return grant


async def _next(company: Company) -> str | None:
    deadline = await company.database.read(lambda store: store.deadlines.next())
    return deadline.subject if deadline else None


async def test_p7_the_requester_takes_a_waiting_request_back(company: Company) -> None:
    request = await ask(company, company.anna)
    await company.door.enter(deciding.withdraw_request(request), company.anna)
    taken = await stored(company, request)
    assert (taken.state, taken.decided_by, taken.closed_at) == ("withdrawn", company.anna.person_id, company.clock.now)
    assert (await left(company))[2:] == [("show", "anna"), ("show", "tara")]
    assert (await audit(company, request))[1:] == [
        (f"person:{company.anna.person_id}", "access.withdraw", "done", "P7", {})
    ]


async def test_p7_the_requester_gives_access_back(company: Company) -> None:
    request = await approved(company)
    before = len(await ledger(company))
    await company.door.enter(deciding.withdraw_request(request), company.anna)
    grant = await _grant(company, request)
    assert (grant.ended_at, grant.ended_by) == (company.clock.now, company.anna.person_id)
    assert (await stored(company, request)).state == "approved"
    assert await _next(company) is None
    assert await left(company, before) == [("show", "anna"), ("show", "tara")]
    assert (await audit(company, request))[-1][4] == {"grant": grant.id}


@each("name", ["tara", "helena"])
async def test_p7_an_approver_takes_access_away_at_once(company: Company, name: str) -> None:
    request, who = await approved(company), company.people[name]
    if name == "helena":
        await also_asked(company, request, who)
    before = len(await ledger(company))
    await company.door.enter(deciding.withdraw_request(request), who)
    assert (await _grant(company, request)).ended_by == who.person_id
    assert ("tell", "anna") in await left(company, before)
    full = {"tara": "Tara Lindqvist", "helena": "Helena Marsh"}[name]
    assert (await words_for(company, company.anna))[
        -1
    ] == f"{full} withdrew your access to a call. Press Details to ask again."
    assert (await refusal(company, listening.make_listen_code(request), company.anna)).code == "withdrawn"


@each("name", ["bram", "deven", "helena", "henrik", "ruth"])
async def test_p7_nobody_else_does(company: Company, name: str) -> None:
    request = await approved(company)
    refused = await refusal(company, deciding.withdraw_request(request), company.people[name])
    assert str(refused) == "I can't find this request."
    assert (await _grant(company, request)).ended_at is None


@pytest.mark.parametrize("given", [False, True])
async def test_my_own_click_again_is_quiet(company: Company, *, given: bool) -> None:
    request = await approved(company) if given else await ask(company, company.anna)
    await company.door.enter(deciding.withdraw_request(request), company.anna, key="slack:1")
    await quiet(company, deciding.withdraw_request(request), company.anna, key="slack:1")
    await quiet(company, deciding.withdraw_request(request), company.anna)


@pytest.mark.parametrize("late", [0, 2 * 86_400 + 5])
async def test_p7_access_ends_by_itself_and_in_time_though_it_was_slept_through(company: Company, late: int) -> None:
    request = await approved(company)
    before = len(await ledger(company))
    company.clock.pass_(days=7, seconds=late)
    await company.door.enter(deciding.expire_access(request), CLOCK, due=f"access.end:{request}")
    grant = await _grant(company, request)
    assert (grant.ended_at, grant.ended_by) == (grant.ends_at, None)
    assert await left(company, before) == [("show", "anna"), ("show", "tara")]
    assert await _next(company) is None
    detail = {"grant": grant.id, "late_seconds": late}
    assert (await audit(company, request))[-1] == ("clock", "access.expire", "done", "P7", detail)


@pytest.mark.parametrize("closed", [False, True])
async def test_p7_access_that_ended_by_itself_was_not_withdrawn(company: Company, *, closed: bool) -> None:
    request = await approved(company)
    company.clock.pass_(days=8)
    if closed:
        await company.door.enter(deciding.expire_access(request), CLOCK)
    refused = await refusal(company, listening.make_listen_code(request), company.anna)
    told = "Your access ended by itself on Tue 1 Dec, 14:00 Sydney. If you still need the calls, please ask again."
    assert (refused.code, str(refused)) == ("ended", told)


async def _remarks(company: Company, request: str) -> list[tuple[str, int, str]]:
    remarks = await company.database.read(lambda store: store.session.get_one(Request, request).remarks)
    said = await written(company, request)
    return [(one.kind, one.person_id, said.remarks[one.id]) for one in remarks]


async def test_p7_a_question_reaches_the_requester_and_the_answer_the_approver(company: Company) -> None:
    request = await ask(company, company.anna)
    await company.door.enter(deciding.ask_requester(request, "Which complaint?"), company.tara)
    assert (await left(company))[2:] == [("show", "anna"), ("show", "tara"), ("tell", "anna")]
    company.clock.pass_(minutes=1)
    await company.door.enter(deciding.answer_question(request, "Ticket 9."), company.anna)
    assert (await left(company))[5:] == [("show", "anna"), ("show", "tara"), ("tell", "tara")]
    anna, tara = company.anna.person_id, company.tara.person_id
    assert await _remarks(company, request) == [("question", tara, "Which complaint?"), ("answer", anna, "Ticket 9.")]
    assert await words_for(company, company.anna) == [
        "Tara Lindqvist has a question about your request to hear a call. Press Details to answer."
    ]
    assert await words_for(company, company.tara) == [
        "Anna Quill answered your question about a request to hear a call. Press Details to decide."
    ]
    assert (await stored(company, request)).revision == 3
    told = [(one[0], one[1], one[2], one[4]["remark"]) for one in (await audit(company, request))[1:]]
    assert told == [
        (f"person:{tara}", "access.question", "done", f"{request}.000001"),
        (f"person:{anna}", "access.answer", "done", f"{request}.000002"),
    ]


async def test_p7_only_the_requester_answers(company: Company) -> None:
    request = await ask(company, company.anna)
    await also_asked(company, request, company.helena)
    await company.door.enter(deciding.ask_requester(request, "Which complaint?"), company.tara)
    for who in (company.tara, company.helena):
        refused = await refusal(company, deciding.answer_question(request, "I know it."), who)
        assert (str(refused), refused.code) == ("Only the person who asked can answer this.", "not_requester")
    refused = await refusal(company, deciding.answer_question(request, "I know it."), company.deven)
    assert str(refused) == "I can't find this request."


@each("outcome", ["approved", "denied", "withdrawn"])
async def test_p7_after_the_decision_there_is_nothing_to_ask_or_answer(company: Company, outcome: str) -> None:
    request = await ask(company, company.anna)
    await also_asked(company, request, company.helena)
    await company.door.enter(deciding.ask_requester(request, "Which complaint?"), company.tara)
    decision = {
        "approved": (deciding.approve_request(request), company.tara),
        "denied": (deciding.deny_request(request, "No."), company.tara),
        "withdrawn": (deciding.withdraw_request(request), company.anna),
    }[outcome]
    await company.door.enter(*decision)
    for wanted, who in (
        (deciding.ask_requester(request, "And?"), company.helena),
        (deciding.answer_question(request, "So."), company.anna),
    ):
        assert (await refusal(company, wanted, who)).code == f"already_{outcome}"
