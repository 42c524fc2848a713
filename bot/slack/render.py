"""Draws cards, forms and dialogs for Slack, and reads back what people pressed and filled in."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypedDict, assert_never

from bot.chats.wording import cut_text
from bot.slack.aside import LOOKUP, Aside, private_metadata
from bot.slack.aside import NOTHING as NOTHING_ASIDE
from bot.slack.blocks import TEXT, Block, Pen, draw_blocks, notification_text, plain_text, plain_words, section_block
from handlers import sealing, telling
from handlers.cards import (
    Actions,
    Card,
    Choice,
    Day,
    Field,
    Filled,
    Long,
    Lookup,
    Option,
    Page,
    Part,
    Row,
    Sheet,
    Short,
    Sign,
)

View = dict[str, object]

# A message stays well under where Slack says msg_blocks_too_long (slackapi/bolt-js#2509, #2867), a view
# under its 250 kB with every unit sent as \uXXXX.
REDRAW = "redraw"  # the action of fields on which others depend
_MESSAGE_BLOCKS, _MESSAGE_SIZE = 50, 9_999
_VIEW_BLOCKS, _VIEW_SIZE = 100, 40_000
NOTHING = Filled()
TOP = "about_the_form"
_VIEW_TITLE, _LABEL, _PLACEHOLDER, _OPTIONS, _OPTION, _PROBLEM = 24, 2000, 150, 100, 75, 500


class Message(TypedDict):
    """What chat.postMessage takes: blocks for the eye, `text` for notifications and screen readers."""

    text: str
    blocks: list[Block]


def render_message(card: Card, zone: str) -> Message:
    """Return a card as a message for a reader in `zone` (IANA)."""
    blocks = draw_blocks(card.parts, Pen(zone, card.title), _MESSAGE_BLOCKS, _MESSAGE_SIZE)
    return Message(text=notification_text(_screen_reader_text(card), TEXT), blocks=blocks or _words_only(card.summary))


def render_home(card: Card, zone: str) -> View:
    """Return a card as the App Home of a person in `zone` (IANA), for views.publish."""
    blocks = draw_blocks(card.parts, Pen(zone, card.title), _VIEW_BLOCKS, _VIEW_SIZE)
    return {"type": "home", "blocks": blocks or _words_only(card.summary)}


def render_page(page: Page, zone: str) -> View:
    """Return a page as a modal without anything to send, for a person in `zone` (IANA)."""
    blocks = draw_blocks(page.parts, Pen(zone, page.title), _VIEW_BLOCKS, _VIEW_SIZE)
    return {
        "type": "modal",
        "title": _plain_object(page.title, _VIEW_TITLE),
        "close": _plain_object("Close", _VIEW_TITLE),
        "blocks": blocks or _words_only(page.title),
    }


def render_modal(
    sheet: Sheet, filled: Filled = NOTHING, ids: Mapping[str, str] = MappingProxyType({}), aside: Aside = NOTHING_ASIDE
) -> View:
    """Return a form; a field keeps its block_id and action_id over redraws, so Slack keeps what was typed.

    Slack then shows no other value: one in `filled` shows only in a new form, or in a field with another action_id, which
    `ids` gives by field. `aside` are values of fields that aren't shown. The form's name, sources, subject, search and
    option values are sent as they are: 255, 247, 2800, 100 and 150 characters at most.
    """
    return {
        "type": "modal",
        "callback_id": sheet.name,
        "private_metadata": private_metadata(sheet, aside),
        "title": _plain_object(sheet.title, _VIEW_TITLE),
        "submit": _plain_object(sheet.send, _VIEW_TITLE),
        "close": _plain_object("Cancel", _VIEW_TITLE),
        "blocks": [
            *(_words_only(sheet.intro) if sheet.intro else []),
            *(_input_block(field, filled, ids) for field in sheet.fields),
        ],
    }


def same_form_with_sentence(view: Mapping[str, Any], words: str) -> View:
    """Return the form as the person has it, with what they typed, and a sentence above it. Nothing is looked up."""
    state = view["state"]["values"]
    shown = {name: view[name] for name in ("type", "callback_id", "private_metadata", "title", "submit", "close")}
    return with_sentence_on_top({**shown, "blocks": [_keep_block(block, state) for block in view["blocks"]]}, words)


def with_sentence_on_top(view: Mapping[str, Any], words: str) -> View:
    """Return a form with a sentence above it, in place of an earlier one."""
    blocks = [block for block in view["blocks"] if block.get("block_id") != TOP]
    return {
        **view,
        "blocks": [{**section_block(_plain_object(f"{Sign.ALARM} {words}", TEXT)), "block_id": TOP}, *blocks],
    }


def typed_ids(values: Mapping[str, Mapping[str, object]]) -> dict[str, str]:
    """Return the action_id of each field of a form that came back (a view's `state.values`)."""
    return {name: action for name, states in values.items() for action in states}


def filled_text_id(words: str) -> str:
    """Return the action_id of a text that we filled in with these words, so that it can be told from a typed one."""
    return f"text.{sealing.hashed_name(words)[:8]}"


def render_options(found: Sequence[Option]) -> list[Block]:
    """Return the first hundred options, as a select or the answer to a block_suggestion takes them."""
    return [_option_object(option) for option in found[:_OPTIONS]]


def render_problems(fields: Mapping[str, str]) -> dict[str, object]:
    """Return the answer to a view_submission that shows a sentence at each named field."""
    errors = {name: plain_words(words, "", _PROBLEM) for name, words in fields.items()}
    return {"response_action": "errors", "errors": errors}


def read_answers(values: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> dict[str, str | list[str]]:
    """Return what was filled in (a view's `state.values`), by field name; nothing typed or chosen is "" or []."""
    return {name: _read_answer(state) for name, states in values.items() for state in states.values()}


def read_subject(view: Mapping[str, Any]) -> str:
    """Return what a form that came back is about, as its sheet said."""
    return _read_metadata(view, "about")


def read_search(view: Mapping[str, Any]) -> str:
    """Return what the form was opened to look for."""
    return _read_metadata(view, "sought")


def read_opening(view: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return what a form is about, what it was opened to look for, and the text above its fields then."""
    return read_subject(view), read_search(view), _read_metadata(view, "intro")


def read_press(action: Mapping[str, Any]) -> tuple[str, str]:
    """Return which button or field one of a payload's `actions` is of, and its value (several joined by commas)."""
    value = _read_answer(action)
    return action["action_id"].removeprefix(telling.ON_A_LINE), value if isinstance(value, str) else ",".join(value)


def on_a_line(action: Mapping[str, Any]) -> bool:
    """Return True if the button is on a line in words, not on a copy of the matter's card."""
    return str(action["action_id"]).startswith(telling.ON_A_LINE)


def filled_text_ids(filled: Filled) -> dict[str, str]:
    """Return the action_id of a CRM reference that follows from the chosen calls and wasn't typed; by field."""
    crm = str(filled.values.get("crm", ""))
    return {"crm": filled_text_id(crm)} if crm else {}


def _read_metadata(view: Mapping[str, Any], name: str) -> str:
    """Return what a form carried under this name; empty if nothing."""
    carried: dict[str, str] = json.loads(view.get("private_metadata") or "{}")
    return carried.get(name, "")


def _keep_block(block: Mapping[str, Any], state: Mapping[str, Mapping[str, Any]]) -> Block:
    """Return a block as it came, with what was typed or chosen in it as its initial value."""
    if block.get("type") != "input":
        return dict(block)
    element = {name: one for name, one in block["element"].items() if not name.startswith("initial_")}
    for answer in state.get(block["block_id"], {}).values():
        chosen = {
            f"initial_{name.removeprefix('selected_')}": answer.get(name)
            for name in ("selected_option", "selected_options", "selected_date")
        }
        now = {**chosen, "initial_value": answer.get("value")}
        element |= {name: one for name, one in now.items() if one}
    return {**block, "element": element}


def _screen_reader_text(card: Card) -> str:
    """Return the text for screen readers, which get nothing else; it adds the buttons that the summary doesn't mention."""
    labels = (
        one
        for one in dict.fromkeys(_button_labels(card.parts))
        if not re.search(rf"\b[Pp]ress {re.escape(one)}\b", card.summary)
    )
    *first, last = [*labels] or [""]
    choice = f"{', '.join(first)} or {last}" if first else last
    return f"{card.summary} You can press {choice}." if choice else card.summary


def _button_labels(parts: Sequence[Part]) -> Iterator[str]:
    """Yield the labels of all buttons on a card."""
    for part in parts:
        match part:
            case Actions(buttons=buttons):
                yield from (button.label for button in buttons)
            case Row(button=button) if button:
                yield button.label


def _words_only(words: str) -> list[Block]:
    return [section_block(_plain_object(words, TEXT))]


def _plain_object(words: str, most: int) -> Block:
    return plain_text(plain_words(words, "", most))


def _input_block(field: Field, filled: Filled, ids: Mapping[str, str]) -> Block:
    """Return a field with its label and help, filled in; `ids` as for `render_modal`."""
    block: Block = {
        "type": "input",
        "block_id": field.name,
        "label": _plain_object(field.label, _LABEL),
        "optional": field.optional,
        "element": _input_element(field, filled, ids.get(field.name, "text")),
    }
    hint: Block = {"hint": _plain_object(field.help, _LABEL)} if field.help else {}
    redraws: Block = {"dispatch_action": True} if isinstance(field, Choice | Lookup) and field.redraws else {}
    return block | hint | redraws


def _input_element(field: Field, filled: Filled, action_id: str) -> Block:
    """Return what a person fills in or chooses from, with its value in `filled`; `action_id` is that of a text field."""
    value = filled.values.get(field.name, "")
    match field:
        case Choice():
            action = REDRAW if field.redraws else "choice"
            chosen = [one for one in render_options(field.options) if one["value"] == (value or field.initial)]
            first: Block = {"initial_option": chosen[0]} if chosen else {}
            return {"type": "static_select", "action_id": action, "options": render_options(field.options)} | first
        case Lookup():
            named = [one for one in filled.offered.get(field.name, ()) if one.value in value][: field.most]
            several: Block = {"initial_options": render_options(named)} if named else {}
            return _lookup_element(field) | _placeholder_object(field.placeholder) | several
        case Short() | Long():
            words = cut_text(str(value), min(field.most, TEXT)) if value else ""
            text: Block = {"initial_value": words} if words else {}
            return {**_text_element(field), "action_id": action_id} | _placeholder_object(field.placeholder) | text
        case Day():
            picked: Block = {"initial_date": value} if value else {}
            return {"type": "datepicker", "action_id": "day"} | picked
        case _:
            assert_never(field)


def _lookup_element(field: Lookup) -> Block:
    return {
        "type": "multi_external_select",
        "action_id": f"{LOOKUP}{field.source}",
        "min_query_length": 0,
        "max_selected_items": field.most,
    }


def _text_element(field: Short | Long) -> Block:
    return {"type": "plain_text_input", "multiline": isinstance(field, Long), "max_length": min(field.most, TEXT)}


def _placeholder_object(words: str) -> Block:
    return {"placeholder": _plain_object(words, _PLACEHOLDER)} if words else {}


def _option_object(option: Option) -> Block:
    small: Block = {"description": _plain_object(option.small, _OPTION)} if option.small else {}
    return {"text": _plain_object(option.label, _OPTION), "value": option.value} | small


def _read_answer(state: Mapping[str, Any]) -> str | list[str]:
    """Return what a field's state or a pressed element holds: words, or the values of several choices."""
    if "selected_options" in state:
        return [str(option["value"]) for option in state["selected_options"] if option.get("value")]
    chosen = state.get("selected_option") or state
    return str(chosen.get("value") or state.get("selected_date") or "")
