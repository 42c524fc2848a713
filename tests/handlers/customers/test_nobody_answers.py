"""P8: a question goes to everybody who filed it and is still here; where nobody is, whoever asks is told so, or answers it themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.customers.deciding_forms import QuestionForm
from handlers.rules.refusal import Refused
from tests.handlers.builders import Company, refusal
from tests.handlers.customers.acts import a_request, opened, stored, viewed
from tests.handlers.customers.gone import leaves
from tests.handlers.customers.releasing import accepted, answering, preview, questioning, release, tells
from tests.handlers.passing_time import pass_until
from tests.handlers.reading import labels, lines, seen
from tests.moments import NOW
from tests.reconciled import findings

pytestmark = pytest.mark.long

LEFT = (
    "Anna Quill, who filed it, can’t be reached here any more, so nobody would answer. Please ask the customer yourself. What is"
    " missing a colleague can file again, with the same name and address: it stays one request."
)
ALONE = "Whoever filed it can’t be reached here any more. Please ask the customer yourself, and press Answer."


def _told(request: str) -> tuple[str, str]:
    """What whoever releases it reads once nobody else can answer, with its button."""
    words = f"Whoever filed {request} can’t be reached here any more, and its question is open. Please ask the customer yourself, and press Answer."
    return words, "customer_answer"


async def test_p8_everybody_who_filed_it_and_is_still_here_is_asked(company: Company) -> None:
    request = await a_request(company)
    assert await a_request(company, company.deven) == request
    await company.door.enter(questioning(request), company.tara)
    asked = f"Tara Lindqvist has a question about {request}. Press Answer to read and answer it."
    for who in (company.anna, company.deven):
        assert (asked, "customer_answer") in await tells(company, who)


async def test_p8_the_second_one_who_filed_it_is_asked_where_the_first_has_left(company: Company) -> None:
    request = await a_request(company)
    await a_request(company, company.deven)
    await leaves(company, "anna")
    await company.door.enter(questioning(request), company.tara)
    assert any("has a question" in words for words, _ in await tells(company, company.deven))
    assert not any("has a question" in words for words, _ in await tells(company, company.anna))
    assert "Answer" in labels(await seen(company, request, company.deven))
    assert "Answer" not in labels(await seen(company, request, company.tara))
    await company.door.enter(answering(request), company.deven)
    assert any(words.startswith("Deven") for words, _ in await tells(company, company.tara))


async def test_p8_where_nobody_is_left_the_question_is_not_taken_and_it_says_what_to_do(company: Company) -> None:
    request = await a_request(company)
    await leaves(company, "anna")
    assert "Ask a question" in labels(await seen(company, request, company.tara))
    with pytest.raises(Refused) as refused:
        await preview(company, QuestionForm.name, request)
    assert str(refused.value) == LEFT
    told = await refusal(company, questioning(request), company.tara)
    assert (told.code, str(told)) == ("nobody_answers", LEFT)
    view = await viewed(company, request)
    assert view.known is not None
    assert view.known.remarks == []
    assert await a_request(company, company.miles) == request
    await company.door.enter(questioning(request), company.tara)
    assert any("has a question" in words for words, _ in await tells(company, company.miles))


async def test_p8_once_they_leave_the_next_morning_whoever_releases_it_is_told_and_answers_it(company: Company) -> None:
    request = await a_request(company)
    await company.door.enter(questioning(request), company.tara)
    assert "Answer" not in labels(await seen(company, request, company.tara))
    await leaves(company, "anna")
    await pass_until(company, NOW + timedelta(days=2))
    for who in (company.tara, company.cora):
        assert [one for one in await tells(company, who) if one == _told(request)] == [_told(request)]
        card = await seen(company, request, who)
        assert ALONE in lines(card)
        assert labels(card)[:3] == ["Answer", "Release", "Refuse"]
        assert "Ask a question" not in labels(card)
    assert await opened(company, "customer_answer", request, company.cora) == "Tara Lindqvist asks:\nWhich day was it?"
    await company.door.enter(answering(request), company.cora)
    assert any(
        words.startswith("Cora Bellamy answered the question") for words, _ in await tells(company, company.tara)
    )
    card = await seen(company, request, company.tara)
    assert (ALONE in lines(card), "Answer" in labels(card)) == (False, False)
    await release(company, request, company.cora)
    await accepted(company)
    assert (await stored(company, request)).state == "answered"
    assert await findings(company.database) == []


async def test_p8_the_button_of_which_the_card_speaks_stands_on_it_whatever_else_is_missing(company: Company) -> None:
    request = await a_request(company, check="none", address="")
    await company.door.enter(questioning(request), company.tara)
    await leaves(company, "anna")
    card = await seen(company, request, company.tara)
    assert ALONE in lines(card)
    assert labels(card)[:3] == ["Answer", "Identified", "Release"]


async def test_p8_while_one_of_those_who_filed_it_is_here_the_question_is_theirs(company: Company) -> None:
    request = await a_request(company)
    await a_request(company, company.deven)
    await company.door.enter(questioning(request), company.tara)
    await leaves(company, "anna")
    await pass_until(company, NOW + timedelta(days=1))
    assert _told(request) not in await tells(company, company.tara)
    await leaves(company, "deven")
    await pass_until(company, NOW + timedelta(days=2))
    assert _told(request) in await tells(company, company.tara)
