"""The table of contents: which form a name means, and what sending it wants (P7, P9)."""

from __future__ import annotations

import pytest

from handlers import COMMANDS, FORMS, OPENS, SENDS, form_of, intro
from handlers.access.forms import AccessForm, InvestigationForm
from handlers.access.intents import Question
from handlers.acting import Visitor
from handlers.forms import Form
from handlers.rules.refusal import Refused
from tests.handlers.builders import POLICY, Company, ask
from tests.handlers.reading import looking


def test_every_form_is_opened_by_something_and_sent_somewhere() -> None:
    assert set(FORMS) == set(SENDS) == {*OPENS.values(), *(one.form for one in COMMANDS.values())}
    assert [kind.name for kind in FORMS.values()] == list(FORMS)


def test_p7_a_command_says_what_it_is_for_and_has_no_platforms_slash() -> None:
    assert {word: one.says for word, one in COMMANDS.items()} == {"recording-request": "Ask to hear a recording"}


@pytest.mark.parametrize(
    ("name", "reason", "kind"),
    [
        ("access", "legal_claim", InvestigationForm),
        ("access", "complaint", AccessForm),
        ("access", "", AccessForm),
        ("deny", "legal_claim", FORMS["deny"]),
    ],
)
def test_p9_a_form_is_the_one_that_its_answers_need(name: str, reason: str, kind: type[Form]) -> None:
    assert form_of(POLICY, name, {"reason": reason}) is kind
    assert form_of(POLICY, name, {}) is FORMS[name]


def test_a_form_that_there_is_no_more_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        form_of(POLICY, "old", {})
    assert (str(refused.value), refused.value.code) == (
        "This form is out of date. Please open it again.",
        "old_form",
    )


async def test_p7_the_question_stands_above_the_field_for_its_answer_and_only_for_who_is_asked(
    company: Company,
) -> None:
    request = await ask(company, company.anna)
    await company.door.enter(Question(request, "Which invoice?"), company.tara)

    async def read(who: Visitor, form: str) -> str:
        return await looking(company, who, lambda act: intro(act, form, request))

    assert await read(company.anna, "answer") == "Tara Lindqvist asks:\nWhich invoice?"
    assert await read(company.tara, "answer") == await read(company.anna, "deny") == ""
