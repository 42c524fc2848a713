"""P8: a question goes to everybody who filed it and is still here; where nobody is, whoever asks is told so, or answers it themselves."""

from __future__ import annotations

import pytest

from handlers.customers.forms import QuestionForm
from handlers.rules.refusal import Refused
from tests.handlers.builders import Company, refusal
from tests.handlers.customers.acts import a_request, viewed
from tests.handlers.customers.gone import leaves
from tests.handlers.customers.releasing import answering, preview, questioning, tells
from tests.handlers.reading import labels, seen

pytestmark = pytest.mark.long

LEFT = (
    "Anna Quill, who filed it, can’t be reached here any more, so nobody would answer. Please ask the customer yourself. What is"
    " missing a colleague can file again, with the same name and address: it stays one request."
)


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
