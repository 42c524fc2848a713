"""A card says in Slack what it says, and what people pressed and filled in is read back whole."""

from typing import Any

from bot.slack import render
from handlers.cards import Actions, Button, Card, Day, Filled, Row, Sheet

SYDNEY = "Australia/Sydney"
APPROVE = Button("access.approve", "Approve", "R-1", "primary")
DENY = Button("access.deny", "Deny", "R-1", "danger", confirm="The requester is told why.")


def test_where_not_everything_fits_the_buttons_stay_and_it_says_so() -> None:
    card = Card((*(Row(f"Call {n}") for n in range(200)), Actions((APPROVE, DENY))), "Calls.")
    message: Any = render.render_message(card, SYDNEY)["blocks"]
    home: Any = render.render_home(card, SYDNEY)["blocks"]
    for drawn, most in ((message, 50), (home, 100)):
        assert len(drawn) == most
        assert drawn[-2]["elements"][0]["text"] == "There is more than fits here."
        assert [button["action_id"] for button in drawn[-1]["elements"]] == ["access.approve", "access.deny"]


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
    read = {"reason": "training", "kind": "", "calls": ["7", "9"], "none": [], "crm": "", "purpose": "<b> & *x*"}
    assert render.read_answers(values) == read


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
        again: Any = render.same_form_with_sentence({**view, "state": {"values": state}}, "Please try again.")
        assert again["blocks"][1]["element"].get("initial_date") == picked
