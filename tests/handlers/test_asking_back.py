"""P7: an approver asks back before deciding, and the answer stands on the card."""

from __future__ import annotations

from handlers.access.intents import Answer, Approve, Deny, Question, Withdraw
from tests.each import each
from tests.handlers.builders import (
    CLAIM,
    Company,
    also_asked,
    approved,
    ask,
    audit,
    left,
    refusal,
    stored,
    words_for,
    written,
)


async def _remarks(company: Company, request: str) -> list[tuple[str, int, str]]:
    remarks = await company.database.read(lambda store: store.matters.remarks(request))
    said = await written(company, request)
    return [(one.kind, one.person_id, said.remarks[one.id]) for one in remarks]


async def test_p7_a_question_reaches_the_requester_and_the_answer_the_approver(company: Company) -> None:
    request = await ask(company, company.anna)
    await company.door.enter(Question(request, "Which complaint?"), company.tara)
    assert (await left(company))[2:] == [("show", "anna"), ("show", "tara"), ("tell", "anna")]
    company.clock.pass_(minutes=1)
    await company.door.enter(Answer(request, "Ticket 9."), company.anna)
    assert (await left(company))[5:] == [("show", "anna"), ("show", "tara"), ("tell", "tara")]
    anna, tara = company.anna.person_id, company.tara.person_id
    assert await _remarks(company, request) == [("question", tara, "Which complaint?"), ("answer", anna, "Ticket 9.")]
    assert await words_for(company, company.anna) == [
        f"Tara Lindqvist has a question about your request {request}. Press Answer to read and answer it."
    ]
    assert await words_for(company, company.tara) == [
        f"Anna Quill answered your question about {request}. Press Details to decide."
    ]
    assert (await stored(company, request)).revision == 3
    told = [(one[0], one[1], one[2], one[4]["remark"]) for one in (await audit(company, request))[1:]]
    assert told == [
        (f"person:{tara}", "access.question", "done", f"{request}.000001"),
        (f"person:{anna}", "access.answer", "done", f"{request}.000002"),
    ]


async def test_p7_asking_and_answering_may_go_on(company: Company) -> None:
    request = await ask(company, company.anna)
    for number in range(3):
        await company.door.enter(Question(request, f"Question {number}?"), company.tara)
        company.clock.pass_(seconds=1)
        await company.door.enter(Answer(request, f"Answer {number}."), company.anna)
        company.clock.pass_(seconds=1)
    assert len(await _remarks(company, request)) == 6
    assert len(await words_for(company, company.anna)) == 3
    await company.door.enter(Approve(request), company.tara)


async def test_p9_a_claim_is_asked_about_by_the_head(company: Company) -> None:
    request = await ask(company, company.anna, **CLAIM)
    await company.door.enter(Question(request, "Whose claim?"), company.helena)
    await company.door.enter(Answer(request, "The customer's."), company.anna)
    assert [one[3] for one in await audit(company, request)] == ["P9"] * 3


async def test_p7_only_the_requester_answers(company: Company) -> None:
    request = await ask(company, company.anna)
    await also_asked(company, request, company.helena)
    await company.door.enter(Question(request, "Which complaint?"), company.tara)
    for who in (company.tara, company.helena):
        refused = await refusal(company, Answer(request, "I know it."), who)
        assert (str(refused), refused.code) == ("Only the person who asked can answer this.", "not_requester")
    refused = await refusal(company, Answer(request, "I know it."), company.deven)
    assert str(refused) == "I can't find this request."


async def test_p7_an_answer_needs_an_open_question(company: Company) -> None:
    request = await ask(company, company.anna)
    refused = await refusal(company, Answer(request, "I would like to add …"), company.anna)
    assert refused.code == "no_question"
    await company.door.enter(Question(request, "Which?"), company.tara)
    await company.door.enter(Answer(request, "This."), company.anna)
    assert (await refusal(company, Answer(request, "And this."), company.anna)).code == "no_question"


@each("name", ["anna", "deven", "bram"])
async def test_p7_only_who_may_decide_asks_back(company: Company, name: str) -> None:
    request = await ask(company, company.anna)
    await refusal(company, Question(request, "Why not?"), company.people[name])
    assert await _remarks(company, request) == []


@each("outcome", ["approved", "denied", "withdrawn"])
async def test_p7_after_the_decision_there_is_nothing_to_ask_or_answer(company: Company, outcome: str) -> None:
    request = await ask(company, company.anna)
    await also_asked(company, request, company.helena)
    await company.door.enter(Question(request, "Which complaint?"), company.tara)
    decision = {
        "approved": (Approve(request), company.tara),
        "denied": (Deny(request, "No."), company.tara),
        "withdrawn": (Withdraw(request), company.anna),
    }[outcome]
    await company.door.enter(*decision)
    for wanted, who in ((Question(request, "And?"), company.helena), (Answer(request, "So."), company.anna)):
        assert (await refusal(company, wanted, who)).code == f"already_{outcome}"


async def test_p7_a_request_that_is_decided_while_a_question_stands_is_decided(company: Company) -> None:
    request = await ask(company, company.anna)
    await also_asked(company, request, company.helena)
    await company.door.enter(Question(request, "Which complaint?"), company.tara)
    await company.door.enter(Approve(request), company.helena)
    assert (await stored(company, request)).state == "approved"


async def test_p7_a_granted_request_can_not_be_asked_about_by_its_requester(company: Company) -> None:
    request = await approved(company)
    assert (await refusal(company, Question(request, "Why?"), company.anna)).code == "requester"
