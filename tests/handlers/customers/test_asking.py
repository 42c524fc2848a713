"""P8: a question to the customer does not stop the clock, unless the policy says so; then the days between don't count."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from handlers import commitments
from handlers.customers.intents.deciding import Recount
from handlers.policy import Policy
from handlers.policy.terms import Closure
from tests.handlers.builders import POLICY, Company, quiet, refusal
from tests.handlers.customers.acts import a_request, stored, viewed
from tests.handlers.customers.releasing import accepted, answering, logged, questioning, refusing, release, tells
from tests.handlers.passing_time import pass_until
from tests.moments import NOW

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


class TestStanding:
    """P8: where the policy lets the clock stop for a question."""

    @pytest.fixture
    def policy(self) -> Policy:
        customers = POLICY.customers.model_copy(update={"question_stops_clock": True})
        return POLICY.model_copy(update={"customers": customers})

    async def test_p8_the_days_between_question_and_answer_do_not_count(self, company: Company) -> None:
        request = await a_request(company)
        await company.door.enter(questioning(request), company.tara)
        # Asked on a Tuesday, answered on the Monday after it: four working days.
        company.clock.now = NOW + timedelta(days=6)
        await company.door.enter(answering(request), company.anna)
        view = await viewed(company, request)
        assert view.request.due_at == datetime(2026, 12, 9, 17, tzinfo=SYDNEY)
        assert view.known is not None
        assert view.known.stood_still == 4
        moved = await logged(company, request, "answer")
        assert (moved["before"], moved["now"], moved["stood_still"]) == (
            DUE.astimezone(UTC).isoformat(), view.request.due_at.astimezone(UTC).isoformat(), 4,
        )  # fmt: skip

    @pytest.mark.soak
    async def test_p8_while_it_waits_for_the_answer_nothing_is_missed(self, company: Company) -> None:
        request = await a_request(company)
        await company.door.enter(questioning(request), company.tara)
        await pass_until(company, DUE + timedelta(days=2))
        assert (await stored(company, request)).missed_at is None
        await company.door.enter(answering(request), company.anna)
        due = (await stored(company, request)).due_at
        assert due is not None
        await pass_until(company, due + timedelta(seconds=1))
        assert (await stored(company, request)).missed_at == due

    async def test_p8_answered_on_the_same_day_nothing_moves(self, company: Company) -> None:
        request = await a_request(company)
        await company.door.enter(questioning(request), company.tara)
        await company.door.enter(answering(request), company.anna)
        assert (await stored(company, request)).due_at == DUE


async def test_p8_a_calendar_that_changed_moves_nothing_until_somebody_takes_the_new_date(company: Company) -> None:
    request = await a_request(company)
    await quiet(company, Recount(request), company.tara)
    company.door.policy = POLICY.model_copy(
        update={"company": POLICY.company.model_copy(update={"closure_days": (Closure(date=date(2026, 11, 27)),)})}
    )
    assert (await stored(company, request)).due_at == DUE
    await company.door.enter(Recount(request), company.tara)
    later = datetime(2026, 12, 4, 17, tzinfo=SYDNEY)
    assert (await stored(company, request)).due_at == later
    counted = commitments.frozen((await stored(company, request)).promise or {})
    assert await logged(company, request, "recount") == {
        "before": DUE.astimezone(UTC).isoformat(), "now": later.astimezone(UTC).isoformat(), "promise": counted,
    }  # fmt: skip
    await quiet(company, Recount(request), company.tara)
