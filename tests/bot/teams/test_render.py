"""Cards and forms in Teams say what they say, fit, hold nothing that comes to life, and are read back whole."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import handlers
from bot.chats.wording import utf16_length
from bot.teams import forms, render
from bot.teams.forms import draw_form, read_answers
from bot.teams.render import plain_words, without_markdown
from handlers.access.forms import AccessForm, InvestigationForm
from handlers.cards import Actions, Button, Card, Choice, Day, Long, Lookup, Option, Part, Row, Sheet, Short
from tests.bot.any_cards import cards, sheets, typed, zones
from tests.each import each
from tests.handlers.builders import POLICY

from .cards import faults, nodes, said

Element = dict[str, Any]

SYDNEY = "Australia/Sydney"
APPROVE = Button("approve", "Approve", "R-1", "primary")
DENY = Button("deny", "Deny", "R-1", "danger", confirm="The requester is told why.")


def content(*parts: Part, zone: str = SYDNEY) -> Element:
    return render.card_content(Card(parts, "Anna asks."), zone)


def test_where_not_everything_fits_the_buttons_stay_and_it_says_so() -> None:
    card: Any = content(*(Row(f"Call {n}", APPROVE) for n in range(200)), Actions((APPROVE, DENY)))
    *rows, more, acts = card["body"]
    assert len(rows) > 20
    assert said(more) == "There is more than fits here."
    assert [one["title"] for one in acts["actions"]] == ["Approve", "Deny"]


@pytest.mark.soak
@settings(max_examples=60, deadline=None)
@given(cards, zones)
def test_a_message_is_taken_whatever_it_holds(card: Card, zone: str) -> None:
    drawn: Any = render.render_message(card, zone)
    assert faults(drawn["attachments"][0]["content"]) == []
    assert drawn["attachments"][0]["content"]["body"] != []
    assert len(json.dumps(drawn)) < 28_000
    assert 1 <= utf16_length(drawn["summary"]) <= 300
    assert "\n" not in drawn["summary"]


@pytest.mark.soak
@settings(max_examples=50, deadline=None)
@given(
    sheets, st.lists(typed, min_size=7, max_size=7), st.lists(st.none() | typed, min_size=7, max_size=7), st.booleans()
)
def test_a_form_may_hold_anything(sheet: Sheet, values: list[str], told: list[str | None], dialog: bool) -> None:
    given_back = {field.name: value for field, value in zip(sheet.fields, values, strict=False)}
    problems = {field.name: words for field, words in zip(sheet.fields, told, strict=False) if words is not None}
    offered = {
        field.name: [Option(str(n), values[n % 7]) for n in range(20)]
        for field in sheet.fields
        if isinstance(field, Lookup)
    }
    drawn: Any = forms.draw_form(sheet, values=given_back, problems=problems, offered=offered, dialog=dialog)
    assert faults(drawn) == []
    assert forms.read_sent_form(drawn["actions"][0]["data"]) == (sheet.name, sheet.about)


@given(typed, st.integers(1, 300))
def test_words_fit_and_can_be_sent(words: str, most: int) -> None:
    for drawn in (plain_words(words, "UTC", most), without_markdown(words, most)):
        assert 1 <= utf16_length(drawn) <= most
        assert drawn.encode("utf-8")
        assert "{{" not in drawn


SHEET = Sheet(
    "access",
    "Ask for a recording",
    "Send",
    (
        Choice("reason", "Why?", (Option("training", "Training needs", "P6"),), "The policy's reasons.", redraws=True),
        Lookup("calls", "Which calls?", "recordings", 10, placeholder="Find a call"),
        Short("crm", "CRM reference", 60),
        Long("purpose", "What for?", 5000, optional=True),
    ),
    about="R-1",
)


WANTED = Lookup("calls", "Which calls?", "recordings", 10)
FORGONE = Lookup("also", "Also for", "people", 3, optional=True)


def test_what_is_chosen_in_a_list_is_named_beneath_it_and_travels_where_it_must_not_be_empty() -> None:
    sheet = Sheet("access", "Ask", "Send", (WANTED, FORGONE))
    offered = {"calls": [Option("7", "Tue 24 Nov", "2 min")], "also": [Option("P", "Pip")]}
    card: Any = draw_form(sheet, values={"calls": ["7", "9"], "also": "P"}, offered=offered)
    assert faults(card) == []
    told = [said(block) for block in card["body"] if block["type"] == "RichTextBlock"]
    assert "Chosen so far, and kept unless you choose others: Tue 24 Nov · 2 min; 9" in told
    assert "Chosen before. Choose again if it is missing above: Pip" in told
    data = card["actions"][0]["data"]
    assert data["kept"] == {"calls": "7,9"}
    assert [inputs(card)[name]["isRequired"] for name in ("calls", "also")] == [False, False]
    assert forms.restore_choices({**data, "calls": "", "also": ""}) == {**data, "calls": "7,9", "also": ""}
    assert forms.restore_choices({**data, "calls": "8"})["calls"] == "8"


def inputs(card: Element) -> dict[str, Element]:
    return {one["id"]: one for one in nodes(card, "id")}


def test_what_was_typed_is_there_again_and_what_is_wrong_at_its_field() -> None:
    typed = {"reason": "training", "calls": ["7", "9"], "crm": "<b>CS</b>\t*1*", "purpose": "one\ntwo \u202eאב"}
    told = {"crm": "Please give the reference.", "": "Saving took too long."}
    card: Any = draw_form(SHEET, values=typed, problems=told, offered={"calls": [Option("7", "Tue 24 Nov", "2 min")]})
    assert faults(card) == []
    drawn = inputs(card)
    assert {name: one["value"] for name, one in drawn.items()} == {**typed, "calls": "7,9"}
    assert drawn["calls"]["choices"] == [{"title": "Tue 24 Nov · 2 min", "value": "7"}, {"title": "9", "value": "9"}]
    blocks = card["body"]
    assert said(blocks[1]) == "⚠️ Saving took too long."
    problem = blocks[blocks.index(drawn["crm"]) + 1]
    assert (said(problem), problem["inlines"][0]["color"]) == ("⚠️ Please give the reference.", "attention")


def test_what_teams_could_not_take_whole_is_cut_and_said() -> None:
    card: Any = draw_form(SHEET, values={"purpose": "א" * 5000})
    assert faults(card) == []
    purpose = inputs(card)["purpose"]
    assert len(purpose["value"]) > 3000
    assert "too long to keep in full" in said(card["body"][card["body"].index(purpose) + 1])


def test_what_was_filled_in_is_read_by_field() -> None:
    data = {
        "verb": "send", "form": "access", "about": "R-1", "reason": "training", "calls": "7,9",
        "purpose": "<b> & *x*",
    }  # fmt: skip
    assert read_answers(data, SHEET) == {"reason": "training", "calls": ["7", "9"], "crm": "", "purpose": "<b> & *x*"}
    assert read_answers({"calls": "", "crm": None}, SHEET) == {"reason": "", "calls": [], "crm": "", "purpose": ""}


@each("kind", [AccessForm, InvestigationForm, *(one.kind for one in handlers.FORMS.values())])
def test_no_field_is_called_as_what_travels_beside_the_answers(kind: type[AccessForm]) -> None:
    assert not forms.OURS & kind.model_fields.keys()


DAYS = Sheet("away", "I'm away", "Save", (Day("first", "First day", "Leave it empty for today.", optional=True),))


@each(("value", "drawn"), [("2026-11-24", "2026-11-24"), ("", None), ("soon", None), ("2026-99-99", None)])
def test_a_day_is_picked_and_one_that_a_client_made_up_is_not_drawn_again(value: str, drawn: str | None) -> None:
    card: Any = draw_form(DAYS, values={"first": value}, problems={"first": "Please choose another day."})
    assert faults(card) == []
    assert inputs(card)["first"].get("value") == drawn
    assert inputs(card)["first"]["type"] == "Input.Date"
    assert "Please choose another day." in str(card["body"])
    assert read_answers({"first": value}, DAYS) == {"first": value}


def test_p9_what_a_form_does_not_show_it_carries_within_bounds() -> None:
    sheet = AccessForm.sheet(POLICY)
    values = {"purpose": "Why.", "matter": "Claim 12", "concerned": ["a", "b"], "basis": "x" * 1001, "audience": ""}
    drawn: Any = forms.draw_form(sheet, values=values)
    [data] = [one["data"] for one in drawn["actions"] if one["title"] == sheet.send]
    assert data["aside"] == {"matter": "Claim 12", "concerned": "a,b"}
    assert forms.typed_values({**data, "matter": "Claim 13", "purpose": "Why."}) == {
        "matter": "Claim 13", "concerned": "a,b", "purpose": "Why.",
    }  # fmt: skip
    assert forms.typed_values({"aside": "nonsense", "crm": "CS-1"}) == {"crm": "CS-1"}
    many: Any = forms.draw_form(sheet, values={f"field{number}": "x" for number in range(20)})
    assert len(many["actions"][0]["data"]["aside"]) == 8
