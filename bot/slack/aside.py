"""Values of fields that a form doesn't show now: the form carries them along until the fields are shown again."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from handlers.cards import Filled, Lookup, Option, Sheet
from storage.columns import storable_text

Aside = Mapping[str, str | Sequence[Sequence[str]]]
"""By field: words, or what was chosen as value and label."""
NOTHING: Aside = {}
LOOKUP = "lookup:"
"""Prefix of a look-up's source in its field's action_id."""
TYPED_AT = "typed_at"
"""Carried along under this name, which no field has: where to answer the command that opened the form."""
_MOST = 3000  # UTF-16 units that private_metadata takes


def split_for_next_form(view: Mapping[str, Any], sheet: Sheet) -> tuple[Filled, Aside]:
    """Return a view's values for the form (`sheet`) that replaces it: those to fill its fields with, and those to carry along."""
    shown, kept_by_slack = {field.name for field in sheet.fields}, _fields_slack_keeps(view, sheet)
    known = _known_values(view)
    restored = {name: one for name, one in known.items() if name in shown and name not in kept_by_slack}
    offered = {name: [Option(*option) for option in one] for name, one in restored.items() if not isinstance(one, str)}
    values = {name: one if isinstance(one, str) else [value for value, _ in one] for name, one in restored.items()}
    return Filled(values, {}, offered), {name: one for name, one in known.items() if name not in shown}


def _fields_slack_keeps(view: Mapping[str, Any], sheet: Sheet) -> set[str]:
    """Return the fields whose content Slack itself keeps: all but look-ups with another source now."""
    before = {block.get("block_id"): block.get("element") or {} for block in view.get("blocks") or ()}
    other_lookups = {
        one.name
        for one in sheet.fields
        if isinstance(one, Lookup) and before.get(one.name, {}).get("action_id") != f"{LOOKUP}{one.source}"
    }
    return {str(name) for name in before} - other_lookups


def values_not_shown(sheet: Sheet, filled: Filled) -> Aside:
    """Return the values of a filled-in form for fields that it doesn't show."""
    shown = {field.name for field in sheet.fields}
    words = {name: one for name, one in filled.values.items() if isinstance(one, str)}
    chosen = {name: [[one.value, one.label] for one in options] for name, options in filled.offered.items()}
    return {name: one for name, one in {**words, **chosen}.items() if one and name not in shown}


def private_metadata(sheet: Sheet, aside: Aside) -> str:
    """Return what Slack sends back with the form, as JSON.

    That is what it's about, what was looked for, the text above its fields, and as many carried values as fit.
    """
    opened = {"sought": sheet.sought, "intro": sheet.intro if sheet.redraws else ""}
    carried: dict[str, object] = {"about": sheet.about, **{name: one for name, one in opened.items() if one}}
    fitting = dict(sorted(aside.items(), key=lambda one: len(str(one[1]))))
    while _utf16_length(whole := _as_json(carried | ({"aside": fitting} if fitting else {}))) > _MOST and fitting:
        fitting.popitem()  # the longest value
    return whole


def answer_address(view: Mapping[str, Any]) -> str:
    """Return where to answer the command that opened this form; empty if a button opened it."""
    return str(json.loads(view.get("private_metadata") or "{}").get("aside", {}).get(TYPED_AT, ""))


def _as_json(carried: Mapping[str, object]) -> str:
    return json.dumps(carried, ensure_ascii=False)


def _utf16_length(words: str) -> int:
    return len(words.encode("utf-16-le", "surrogatepass")) // 2


def _known_values(view: Mapping[str, Any]) -> dict[str, str | Sequence[Sequence[str]]]:
    """Return by field what the view carries along and what is in its fields now, leaving out what was emptied."""
    found: dict[str, str | Sequence[Sequence[str]]] = json.loads(view.get("private_metadata") or "{}").get("aside", {})
    values: Mapping[str, Mapping[str, Mapping[str, Any]]] = (view.get("state") or {}).get("values", {})
    for name, states in values.items():
        for state in states.values():
            if content := _field_content(state):
                found[name] = content
            else:
                found.pop(name, None)
    return found


def _field_content(state: Mapping[str, Any]) -> str | list[list[str]]:
    """Return what is in a field: words, or for a look-up the value and label of each choice; empty if nothing is."""
    if chosen := state.get("selected_options"):
        return [
            [value, _option_label(option) or value] for option in chosen if (value := str(option.get("value") or ""))
        ]
    option = state.get("selected_option") or {}
    return storable_text(str(option.get("value") or state.get("value") or state.get("selected_date") or ""))


def _option_label(option: Mapping[str, Any]) -> str:
    """Return what the option was called; empty if a client sent it without."""
    text = option.get("text")
    return str(text.get("text") or "") if isinstance(text, Mapping) else ""
