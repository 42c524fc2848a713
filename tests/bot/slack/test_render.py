"""A card says in Slack what it says, and what people pressed and filled in is read back whole."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.slack import render
from handlers.cards import (
    Actions,
    Button,
    Card,
    Choice,
    Day,
    Facts,
    Filled,
    Line,
    Long,
    Lookup,
    Option,
    Part,
    Row,
    Sheet,
    Short,
    Sign,
    Title,
    When,
)

Block = dict[str, Any]

SYDNEY, LONDON = "Australia/Sydney", "Europe/London"
DUE = When(datetime(2027, 5, 5, 7, 0, tzinfo=UTC), SYDNEY)
APPROVE = Button("access.approve", "Approve", "R-1", "primary")
DENY = Button("access.deny", "Deny", "R-1", "danger", confirm="The requester is told why.")


def only(part: Part, zone: str = SYDNEY) -> list[Block]:
    blocks: list[Any] = render.render_message(Card((part,), "Anna asks."), zone)["blocks"]
    return blocks


def test_a_fact_that_would_come_to_life_is_plain() -> None:
    (block,) = only(Facts((("Reason", "*urgent* <!channel>"), ("Due", ("_soon_ ", DUE)), ("CRM\n ref", ""))))
    assert block["fields"] == [
        {"type": "plain_text", "text": "Reason\n*urgent* <!channel>", "emoji": False},
        {"type": "plain_text", "text": "Due\n_soon_ Wed 5 May, 17:00 Sydney", "emoji": False},
        {"type": "mrkdwn", "text": "*CRM ref*\n–"},
    ]


def test_a_line_has_slacks_date_token_for_a_moment_and_is_plain_otherwise() -> None:
    (block,) = only(Line(("Ends ", DUE), Sign.ALARM), LONDON)
    token = "<!date^1809500400^\u200b{date_long_pretty}, {time}|Wed 5 May, 08:00 London>"
    assert block["text"] == {"type": "mrkdwn", "text": f"⚠️ Ends {token} (17:00 Sydney)"}
    (block,) = only(Line("Tara decides."))
    assert block["text"] == {"type": "plain_text", "text": "Tara decides.", "emoji": False}


def test_where_not_everything_fits_the_buttons_stay_and_it_says_so() -> None:
    card = Card((*(Row(f"Call {n}") for n in range(200)), Actions((APPROVE, DENY))), "Calls.")
    message: Any = render.render_message(card, SYDNEY)["blocks"]
    home: Any = render.render_home(card, SYDNEY)["blocks"]
    for drawn, most in ((message, 50), (home, 100)):
        assert len(drawn) == most
        assert drawn[-2]["elements"][0]["text"] == "There is more than fits here."
        assert [button["action_id"] for button in drawn[-1]["elements"]] == ["access.approve", "access.deny"]


def test_a_button_says_what_it_acts_on() -> None:
    card = Card((Title(Sign.WAITING, "Access request R-1", ""), Actions((APPROVE, DENY))), "Anna asks.")
    block: Any = render.render_message(card, SYDNEY)["blocks"][1]
    approve, deny = block["elements"]
    assert approve == {
        "type": "button",
        "action_id": "access.approve",
        "value": "R-1",
        "style": "primary",
        "text": {"type": "plain_text", "text": "Approve", "emoji": False},
        "accessibility_label": "Approve: Access request R-1",
    }
    assert deny["confirm"]["text"]["text"] == "The requester is told why."
    assert deny["confirm"]["confirm"]["text"] == "Deny"
    (row,) = only(Row("Yesterday, •••• 678", Button("listen", "Listen", "7", url="https://x.test")))
    assert row["accessory"]["accessibility_label"] == "Listen: Yesterday, •••• 678"
    assert row["accessory"]["url"] == "https://x.test"


def test_screen_readers_hear_who_what_and_which_buttons() -> None:
    parts = (Actions((APPROVE, DENY)), Row("Call", Button("ask", "Ask", "1")), Row("Call", Button("ask", "Ask", "2")))
    assert render.render_message(Card(parts, "Anna asks to hear a call."), SYDNEY)["text"] == (
        "Anna asks to hear a call. You can press Approve, Deny or Ask."
    )
    spoken = Actions((Button("listen", "Listen", "7"),))
    told = "Tara approved your request R-1. Press Listen to hear it."
    assert render.render_message(Card((spoken,), told), SYDNEY)["text"] == told
    assert (
        render.render_message(Card((spoken, Actions((DENY,))), told), SYDNEY)["text"] == f"{told} You can press Deny."
    )
    # Only the whole word counts.
    other = Card((Actions((Button("ask", "Ask", "1"),)),), "It ended. Press Asking.")
    assert render.render_message(other, SYDNEY)["text"] == "It ended. Press Asking. You can press Ask."
    assert render.render_message(Card(parts[:0], "Anna <!here>."), SYDNEY)["text"] == "Anna &lt;!here&gt;."


SHEET = Sheet(
    "access",
    "Ask for a recording",
    "Send",
    (
        Choice("reason", "Why?", (Option("training", "Training needs", "P6"),), "The policy's reasons.", redraws=True),
        Choice("kind", "Which?", (Option("a", "A"),)),
        Lookup("calls", "Which calls?", "recordings", 10, placeholder="Find a call"),
        Short("crm", "CRM reference", 60),
        Long("purpose", "What for?", 5000, optional=True),
    ),
    about="R-1",
)


def test_a_form_knows_its_fields_by_name_and_how_to_ask() -> None:
    view: Any = render.render_modal(SHEET)
    elements = [(block["block_id"], block["element"]["action_id"]) for block in view["blocks"]]
    assert elements == [
        ("reason", "redraw"),
        ("kind", "choice"),
        ("calls", "lookup:recordings"),
        ("crm", "text"),
        ("purpose", "text"),
    ]
    reason, kind, calls, crm, purpose = view["blocks"]
    assert (reason["dispatch_action"], "dispatch_action" in kind) == (True, False)
    assert reason["element"]["options"] == render.render_options([Option("training", "Training needs", "P6")])
    assert len(render.render_options([Option(str(n), "Call") for n in range(120)])) == 100
    assert (calls["element"]["min_query_length"], calls["element"]["max_selected_items"]) == (0, 10)
    assert (crm["element"]["max_length"], crm["element"]["multiline"], crm["optional"]) == (60, False, False)
    assert (purpose["element"]["max_length"], purpose["element"]["multiline"], purpose["optional"]) == (
        3000,
        True,
        True,
    )
    assert reason["hint"]["text"] == "The policy's reasons."
    assert (view["callback_id"], render.read_subject(view), render.read_subject({})) == ("access", "R-1", "")


def test_what_was_filled_in_is_read_by_field() -> None:
    option = {"text": {"type": "plain_text", "text": "x"}, "value": "training"}
    chosen = {"type": "multi_external_select", "selected_options": [option | {"value": "7"}, option | {"value": "9"}]}
    values: dict[str, Any] = {
        "reason": {"redraw": {"type": "static_select", "selected_option": option}},
        "kind": {"choice": {"type": "static_select", "selected_option": None}},
        "calls": {"lookup:recordings": chosen},
        "none": {"lookup:recordings": {"type": "multi_external_select", "selected_options": []}},
        "crm": {"text": {"type": "plain_text_input", "value": None}},
        "purpose": {"text": {"type": "plain_text_input", "value": "<b> & *x*"}},
    }
    assert render.read_answers(values) == {
        "reason": "training",
        "kind": "",
        "calls": ["7", "9"],
        "none": [],
        "crm": "",
        "purpose": "<b> & *x*",
    }


def test_a_press_is_read_as_what_is_asked_and_for_which_thing() -> None:
    assert render.read_press({"type": "button", "action_id": "access.approve", "value": "R-1"}) == (
        "access.approve",
        "R-1",
    )
    assert render.read_press({"type": "button", "action_id": "home"}) == ("home", "")
    select = {"type": "static_select", "action_id": "redraw", "selected_option": {"value": "crime"}}
    assert render.read_press(select) == ("redraw", "crime")


DAYS = Sheet("away", "I'm away", "Save", (Day("first", "First day", "Leave it empty for today.", optional=True),))


def test_a_day_is_picked_and_read_back_and_stays_where_a_sentence_comes_on_top() -> None:
    view: Any = render.render_modal(DAYS, Filled({"first": "2026-11-24"}))
    [block] = view["blocks"]
    assert block["element"] == {"type": "datepicker", "action_id": "day", "initial_date": "2026-11-24"}
    assert (block["optional"], block["hint"]["text"]) == (True, "Leave it empty for today.")
    empty: Any = render.render_modal(DAYS)
    assert empty["blocks"][0]["element"] == {"type": "datepicker", "action_id": "day"}
    for picked in ("2026-11-25", None):
        state = {"first": {"day": {"type": "datepicker", "selected_date": picked}}}
        assert render.read_answers(state) == {"first": picked or ""}
        again: Any = render.on_top({**view, "state": {"values": state}}, "Please try again.")
        assert again["blocks"][1]["element"].get("initial_date") == picked
