"""A form in Teams keeps what was typed, says at its field what is wrong, and is read back whole."""

from __future__ import annotations

from typing import Any

import handlers
from bot.teams import forms, render
from bot.teams.forms import answers, form, options, sent
from handlers.access.forms import AccessForm, InvestigationForm
from handlers.cards import Choice, Day, Long, Lookup, Option, Sheet, Short
from tests.each import each
from tests.handlers.builders import POLICY

from .cards import faults, nodes, said

Element = dict[str, Any]

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
    card: Any = form(sheet, values={"calls": ["7", "9"], "also": "P"}, offered=offered)
    assert faults(card) == []
    told = [said(block) for block in card["body"] if block["type"] == "RichTextBlock"]
    assert "Chosen so far, and sent unless you choose others: Tue 24 Nov · 2 min; 9" in told
    assert "Chosen before; choose again what is missing above: Pip" in told
    data = card["actions"][0]["data"]
    assert data["kept"] == {"calls": "7,9"}
    assert [inputs(card)[name]["isRequired"] for name in ("calls", "also")] == [False, False]
    assert forms.regained({**data, "calls": "", "also": ""}) == {**data, "calls": "7,9", "also": ""}
    assert forms.regained({**data, "calls": "8"})["calls"] == "8"


def test_where_nothing_is_chosen_nothing_is_said_of_it() -> None:
    card: Any = form(SHEET)
    assert "kept" not in card["actions"][0]["data"]
    assert "Chosen" not in str(card)


def inputs(card: Element) -> dict[str, Element]:
    return {one["id"]: one for one in nodes(card, "id")}


def test_a_form_asks_for_each_field_in_its_own_way() -> None:
    card: Any = form(SHEET)
    assert faults(card) == []
    drawn = inputs(card)
    assert [*drawn] == ["reason", "calls", "crm", "purpose"]
    assert drawn["reason"] == {
        "type": "Input.ChoiceSet",
        "id": "reason",
        "label": "Why?",
        "isRequired": True,
        "errorMessage": "Please choose one.",
        "style": "compact",
        "placeholder": "Choose one",
        "choices": [{"title": "Training needs · P6", "value": "training"}],
    }
    calls = drawn["calls"]
    assert calls["choices.data"] == {"type": "Data.Query", "dataset": "recordings"}
    assert (calls["style"], calls["isMultiSelect"], calls["placeholder"]) == ("filtered", True, "Find a call")
    assert (drawn["crm"]["maxLength"], drawn["crm"]["isMultiline"], drawn["crm"]["isRequired"]) == (60, False, True)
    assert [drawn["purpose"][key] for key in ("maxLength", "isMultiline", "isRequired")] == [5000, True, False]
    words = [said(block) for block in card["body"] if block["type"] != "Input.Text" and "id" not in block]
    assert words == ["Ask for a recording", "The policy's reasons.", "You may choose up to 10."]


def test_a_form_is_sent_with_its_name_and_what_it_is_about() -> None:
    card: Any = form(SHEET)
    send, cancel = card["actions"]
    assert (send["type"], send["verb"], send["title"]) == ("Action.Execute", "send", "Send")
    assert sent(send["data"]) == sent(send["fallback"]["data"]) == ("access", "R-1")
    assert render.pressed(cancel["data"]) == ("cancel", "")
    assert cancel["associatedInputs"] == cancel["fallback"]["associatedInputs"] == "none"


def test_a_dialog_has_its_own_title_and_way_out_and_is_sent_by_submit() -> None:
    card: Any = form(SHEET, dialog=True)
    assert card["body"][0]["id"] == "reason"
    (send,) = card["actions"]
    assert (send["type"], render.pressed(send["data"]), sent(send["data"])) == (
        "Action.Submit",
        ("send", ""),
        ("access", "R-1"),
    )


def test_what_was_typed_stands_there_again_and_what_is_wrong_at_its_field() -> None:
    typed = {"reason": "training", "calls": ["7", "9"], "crm": "<b>CS</b>\t*1*", "purpose": "one\ntwo \u202eאב"}
    told = {"crm": "Please give the reference.", "": "Saving took too long."}
    card: Any = form(SHEET, values=typed, problems=told, offered={"calls": [Option("7", "Tue 24 Nov", "2 min")]})
    assert faults(card) == []
    drawn = inputs(card)
    assert {name: one["value"] for name, one in drawn.items()} == {**typed, "calls": "7,9"}
    assert drawn["calls"]["choices"] == [{"title": "Tue 24 Nov · 2 min", "value": "7"}, {"title": "9", "value": "9"}]
    blocks = card["body"]
    assert said(blocks[1]) == "⚠️ Saving took too long."
    problem = blocks[blocks.index(drawn["crm"]) + 1]
    assert (said(problem), problem["inlines"][0]["color"]) == ("⚠️ Please give the reference.", "attention")


def test_what_is_offered_stands_there_before_anybody_types() -> None:
    offered = {"calls": [Option(str(n), f"Call {n}") for n in range(20)]}
    calls = inputs(form(SHEET, values={"calls": ["19", "77"]}, offered=offered))["calls"]
    assert calls["value"] == "19,77"
    assert [one["title"] for one in calls["choices"]] == ["Call 19", "77", *(f"Call {n}" for n in range(15))]


def test_what_was_not_offered_is_not_kept() -> None:
    drawn = inputs(form(SHEET, values={"reason": "nonsense", "calls": ["x" * 65, "7", "7", ""]}))
    assert ["value" in drawn["reason"], drawn["calls"]["value"]] == [False, "7"]


def test_what_teams_could_not_take_whole_is_cut_and_said() -> None:
    card: Any = form(SHEET, values={"purpose": "א" * 5000})
    assert faults(card) == []
    purpose = inputs(card)["purpose"]
    assert len(purpose["value"]) > 3000
    assert "too long to keep whole" in said(card["body"][card["body"].index(purpose) + 1])


def test_what_was_filled_in_is_read_by_field() -> None:
    data = {
        "verb": "send",
        "form": "access",
        "about": "R-1",
        "reason": "training",
        "calls": "7,9",
        "purpose": "<b> & *x*",
    }
    assert answers(data, SHEET) == {"reason": "training", "calls": ["7", "9"], "crm": "", "purpose": "<b> & *x*"}
    assert answers({"calls": "", "crm": None}, SHEET) == {"reason": "", "calls": [], "crm": "", "purpose": ""}


def test_a_search_answers_with_as_many_as_are_shown() -> None:
    found = options([Option(str(n), "Tue 24 Nov", "[x](https://evil.test)") for n in range(20)])
    assert len(found) == 15
    assert found[0]["value"] == "0"
    assert "](" not in str(found[0]["title"])


@each("kind", [AccessForm, InvestigationForm, *(one.kind for one in handlers.FORMS.values())])
def test_no_field_is_called_as_what_travels_beside_the_answers(kind: type[AccessForm]) -> None:
    assert not forms.OURS & kind.model_fields.keys()


DAYS = Sheet("away", "I'm away", "Save", (Day("first", "First day", "Left empty, it is today.", optional=True),))


@each(("value", "drawn"), [("2026-11-24", "2026-11-24"), ("", None), ("soon", None), ("2026-99-99", None)])
def test_a_day_is_picked_and_one_that_a_client_made_up_is_not_drawn_again(value: str, drawn: str | None) -> None:
    card: Any = form(DAYS, values={"first": value}, problems={"first": "Please choose another day."})
    assert faults(card) == []
    assert inputs(card)["first"].get("value") == drawn
    assert inputs(card)["first"]["type"] == "Input.Date"
    assert "Please choose another day." in str(card["body"])
    assert answers({"first": value}, DAYS) == {"first": value}


def test_p9_what_a_form_does_not_show_it_carries_within_bounds() -> None:
    sheet = AccessForm.sheet(POLICY)
    values = {"purpose": "Why.", "matter": "Claim 12", "concerned": ["a", "b"], "basis": "x" * 1001, "audience": ""}
    drawn: Any = forms.form(sheet, values=values)
    [data] = [one["data"] for one in drawn["actions"] if one["title"] == sheet.send]
    assert data["aside"] == {"matter": "Claim 12", "concerned": "a,b"}
    assert forms.typed({**data, "matter": "Claim 13", "purpose": "Why."}) == {
        "matter": "Claim 13", "concerned": "a,b", "purpose": "Why.",
    }  # fmt: skip
    assert forms.typed({"aside": "nonsense", "crm": "CS-1"}) == {"crm": "CS-1"}
    many: Any = forms.form(sheet, values={f"field{number}": "x" for number in range(20)})
    assert len(many["actions"][0]["data"]["aside"]) == 8
