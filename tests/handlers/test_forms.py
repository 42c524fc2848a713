"""A form is drawn from its fields, and what was filled in is kept as typed or told at its field (P6, P7, P9)."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.access.forms import AccessForm, AnswerForm, DenyForm, InvestigationForm, QuestionForm
from handlers.cards import HINT, Long, Short
from handlers.forms import Answers, Form
from handlers.rules import Refused
from storage.columns import storable_text
from tests.each import each
from tests.handlers.builders import POLICY, answers

FORMS: list[type[Form]] = [AccessForm, InvestigationForm, DenyForm, QuestionForm, AnswerForm]


def _refused(form: type[Form], filled: Answers) -> dict[str, str]:
    with pytest.raises(Refused) as refused:
        form.read(filled)
    assert refused.value.code == "form"
    return refused.value.fields


@each("form", FORMS)
def test_a_blank_form_says_at_every_field_how_to_fix_it(form: type[Form]) -> None:
    fields = _refused(form, {})
    by_the_call = "crm"  # the chosen call may give it
    asked = [name for name, field in form.model_fields.items() if field.is_required() and name != by_the_call]
    assert list(fields) == asked
    for sentence in fields.values():
        assert sentence.startswith(("Please ", "There "))
        assert sentence.endswith(".")
        assert len(sentence.split()) <= 20


@each("calls", [[], ["x"], ["-1"], ["0"], ["2147483648"], ["1.5"], ["1", "\ud800"], "5", ["9" * 5000]])
def test_what_is_no_list_of_calls_is_told_at_its_field(calls: str | list[str]) -> None:
    [(field, sentence)] = _refused(AccessForm, {**answers([1]), "recordings": calls}).items()
    assert field == "recordings"
    assert sentence == ("I can’t read this. Please choose again." if calls else "Please choose at least one.")


@each(
    ("form", "name", "most"),
    [
        (AccessForm, "crm", 60), (AccessForm, "purpose", 1500), (InvestigationForm, "matter", 200),
        (InvestigationForm, "basis", 200), (InvestigationForm, "audience", 300),
        (DenyForm, "words", 1000), (QuestionForm, "words", 1000), (AnswerForm, "words", 1000),
    ],
)  # fmt: skip
def test_what_is_too_long_is_told_at_its_field(form: type[Form], name: str, most: int) -> None:
    filled = {**answers([1], reason="crime"), "matter": "m", "basis": "b", "audience": "a", "words": "w"}
    assert getattr(form.read({**filled, name: "é" * most}), name) == "é" * most
    assert _refused(form, {**filled, name: "é" * (most + 1)}) == {
        name: f"This has {most + 1:,} characters; the limit is {most:,}. Please shorten it."
    }
    [field] = [one for one in form.sheet(POLICY).fields if one.name == name]
    assert isinstance(field, Short | Long)
    assert field.most == most


def test_p9_an_empty_answer_says_that_no_one_else_will_hear_it() -> None:
    filled = {**answers([1], reason="crime"), "matter": "m", "basis": "b", "audience": ""}
    assert InvestigationForm.read(filled).audience == "No one else"


def seen(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNPS" and character not in "\u115f\u1160\u2800\u3164\uffa0"


@given(st.text(max_size=1000))
def test_any_text_is_kept_as_typed_without_the_blanks_around_it(typed: str) -> None:
    kept = storable_text(typed).strip()
    if any(map(seen, kept)):
        assert DenyForm.read({"words": typed}).words == kept
    else:
        assert list(_refused(DenyForm, {"words": typed})) == ["words"]


ANSWER = st.text(max_size=70) | st.lists(st.text(max_size=8), max_size=3)


@given(st.dictionaries(st.sampled_from([*InvestigationForm.model_fields, "more"]), ANSWER))
def test_whatever_is_sent_is_read_or_refused_at_fields_of_the_form(filled: dict[str, str | list[str]]) -> None:
    try:
        form = InvestigationForm.read(filled)
    except Refused as refused:
        assert refused.fields
        assert set(refused.fields) <= set(InvestigationForm.model_fields)
    else:
        assert all(1 <= one < 2**31 for one in form.recordings)


def test_what_was_typed_stays_out_of_what_a_log_would_tell_of_a_refusal() -> None:
    """A library's error repeats what it was given, and a traceback tells each error's cause."""
    typed = "hush-hush, she said"
    with pytest.raises(Refused) as refused:
        AccessForm.read({"recordings": [typed], "crm": typed, "purpose": typed})
    assert "reason" in str(refused.value.__cause__)
    assert "hush" not in str(refused.value.__cause__)
    assert "hush" not in repr(refused.value.__cause__)


def test_a_line_that_only_says_something_is_no_answer() -> None:
    """P7: what a list says where nothing is found can be chosen, too."""
    assert _refused(AccessForm, {**answers((), recordings=[HINT])}) == {
        "recordings": "I found nothing. Please try other words."
    }
    assert _refused(AccessForm, {**answers((), recordings=[])}) == {"recordings": "Please choose at least one."}
    assert AccessForm.read(answers((), recordings=[HINT, "7"])).recordings == [7]


def test_p7_a_reference_that_the_call_gives_is_asked_for_once_a_call_is_chosen() -> None:
    empty = {"reason": "complaint", "purpose": "The customer complains."}
    assert set(_refused(AccessForm, {**empty, "recordings": [HINT]})) == {"recordings"}
    assert set(_refused(AccessForm, {**empty, "recordings": ["7"]})) == {"crm"}
    assert set(_refused(AccessForm, {"recordings": ["7"]})) == {"crm", "reason", "purpose"}
