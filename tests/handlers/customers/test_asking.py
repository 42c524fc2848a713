"""P8: a question to the customer does not stop the clock, unless the policy says so; then the days between don't count."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.handlers.builders import Company, refusal
from tests.handlers.customers.acts import a_request, stored, viewed
from tests.handlers.customers.releasing import accepted, answering, logged, questioning, refusing, release, tells

pytestmark = pytest.mark.long

SYDNEY = ZoneInfo("Australia/Sydney")
DUE = datetime(2026, 12, 3, 17, tzinfo=SYDNEY)


async def test_p8_whoever_filed_it_is_asked_and_the_clock_goes_on(company: Company) -> None:
    request = await a_request(company)
    due = (await stored(company, request)).due_at
    await company.door.enter(questioning(request), company.tara)
    [(words, button)] = await tells(company, company.anna)
    assert words == f"Tara Lindqvist has a question about {request}. Press Answer to read and answer it."
    assert button == "customer_answer"
    company.clock.pass_(days=1)
    await company.door.enter(answering(request), company.anna)
    view = await viewed(company, request)
    assert view.known is not None
    assert [(one.kind, one.by) for one in view.known.remarks] == [
        ("question", company.tara.person_id), ("answer", company.anna.person_id),
    ]  # fmt: skip
    assert view.request.due_at == due
    for who in (company.tara, company.cora):
        assert any(words.startswith("Anna Quill answered the question") for words, _ in await tells(company, who))
    assert "before" not in await logged(company, request, "answer")


async def test_p8_without_a_question_there_is_nothing_to_answer(company: Company) -> None:
    request = await a_request(company)
    assert (await refusal(company, answering(request), company.anna)).code == "no_question"
    await company.door.enter(questioning(request), company.tara)
    await company.door.enter(answering(request), company.anna)
    assert (await refusal(company, answering(request), company.anna)).code == "no_question"


async def test_p8_an_answer_that_comes_too_late_says_so(company: Company) -> None:
    request = await a_request(company)
    await company.door.enter(questioning(request), company.tara)
    await company.door.enter(refusing(request), company.cora)
    refused = await refusal(company, answering(request), company.anna)
    assert "already refused by Cora Bellamy" in str(refused)
    await accepted(company)
    assert "answered on" in str(await refusal(company, answering(request), company.anna))


async def test_p8_nobody_else_answers_or_learns_that_it_exists(company: Company) -> None:
    request = await a_request(company)
    await company.door.enter(questioning(request), company.tara)
    for who in (company.bram, company.miles):
        assert str(await refusal(company, answering(request), who)) == "I can't find this request."


async def test_p8_one_that_is_answered_is_asked_nothing(company: Company) -> None:
    request = await a_request(company)
    await release(company, request)
    assert (await refusal(company, questioning(request), company.cora)).code == "already"
