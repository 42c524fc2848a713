"""Whether a signed payload has the shape that Slack documents, told before anything reads it.

Sources: docs.slack.dev/reference/interaction-payloads and /apis/events-api. Only what this program
or Bolt reads is described; the rest of a payload may be anything.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

# A type, a mapping of fields, a list of one shape, a tuple of alternatives, None for null, or a question.
Shape = Any
ABSENT = object()
LONGEST_ABOUT = 2800  # of the 3,000 characters that a form carries


def fits(value: Any, shape: Shape) -> bool:
    """Whether a piece of JSON has this shape."""
    match shape:
        case dict():
            return isinstance(value, dict) and all(fits(value.get(name, ABSENT), part) for name, part in shape.items())
        case list():
            return isinstance(value, list) and all(fits(one, shape[0]) for one in value)
        case tuple():
            return any(fits(value, one) for one in shape)
        case type():
            return type(value) is shape
        case None:
            return value is None
        case _ if shape is ABSENT:
            return value is ABSENT
        case _:
            return bool(shape(value))


def _maybe(shape: Shape) -> Shape:
    return (ABSENT, None, shape)


def _some(shape: Shape) -> Callable[[Any], bool]:
    return lambda value: bool(value) and fits(value, [shape])


def _each(shape: Shape) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, dict) and all(fits(one, shape) for one in value.values())


def _word(value: Any) -> bool:
    """An id, a name or a number of Slack's, or one of ours that comes back."""
    return isinstance(value, str) and len(value) <= 2000 and value.isascii() and value.isprintable()


def _about(value: Any) -> bool:
    """What a form is about: an id, or the step before it, written without anything but ASCII."""
    return isinstance(value, str) and len(value) <= LONGEST_ABOUT and value.isascii() and value.isprintable()


def _carried(value: Any) -> bool:
    """What one of our forms carries along."""
    try:
        return value == "" or (isinstance(value, str) and fits(json.loads(value), _CARRIED))
    except (ValueError, RecursionError):
        return False


def _event(value: Any) -> bool:
    kind = value.get("type") if isinstance(value, dict) else None
    return isinstance(kind, str) and _word(kind) and fits(value, _EVENTS.get(kind, _OTHER))


_CARRIED = {"about": _about, "sought": _maybe(str), "intro": _maybe(str)}
_OPTION = {"value": _word}
_CHOSEN = {"selected_option": _maybe(_OPTION), "selected_options": (ABSENT, [_OPTION])}
_STATES = {"values": _each(_each(_CHOSEN | {"value": _maybe(str)}))}
_ACTION = _CHOSEN | {"action_id": _word, "block_id": _word, "action_ts": _maybe(_word), "value": _maybe(str)}
_ELEMENT = {"type": _word, "action_id": _maybe(_word)}
_VIEW = {
    "id": _word, "type": _word, "callback_id": _word, "hash": _maybe(_word), "private_metadata": _maybe(_carried),
    "blocks": [{"type": _word, "block_id": _word, "element": _maybe(_ELEMENT)}], "state": _maybe(_STATES), "previous_view_id": _maybe(_word),
    "app_installed_team_id": _maybe(_word), "team_id": _maybe(_word),
}  # fmt: skip
_EVENTS = {"app_home_opened": {"user": _word, "tab": _maybe(_word)}, "user_change": {"user": {"id": _word}}}
_OTHER = {"user": _maybe((_word, {"id": _word})), "channel": _maybe((_word, dict))}
_FROM = {"team_id": _maybe(_word), "enterprise_id": _maybe(_word)}
_ANY = {
    "type": _word, "team": _maybe((_word, {"id": _word, "enterprise_id": _maybe(_word)})),
    "enterprise": _maybe((_word, {"id": _word})), "authorizations": _maybe([_FROM]), "response_url": _maybe(_word),
    "response_urls": (ABSENT, [{"response_url": _maybe(_word)}]), "channel": _maybe((_word, {"id": _word})), **_FROM,
}  # fmt: skip
_BY = _ANY | {"user": {"id": _word, "team_id": _maybe(_word)}}
_PRESSED = _BY | {"trigger_id": _word, "actions": _some(_ACTION)}

KINDS: Mapping[str, Shape] = {
    "block_actions": (
        _PRESSED | {"message": ABSENT, "view": (ABSENT, _VIEW)},
        _PRESSED | {"message": {"ts": _word}, "channel": {"id": _word}, "view": ABSENT},
    ),
    "view_submission": _BY | {"view": _VIEW | {"state": _STATES}},
    "view_closed": _BY | {"view": _VIEW},
    "block_suggestion": _BY | {"action_id": _word, "block_id": _word, "value": _maybe(str), "view": (ABSENT, _VIEW)},
    "event_callback": _ANY | {"event_id": _maybe(_word), "event": _event},
    "url_verification": {"challenge": _word},
}
_COMMAND = {"command": _word, "trigger_id": _word, "user_id": _word}


def understood(payload: Any) -> bool:
    """Whether it is an interaction or an event that this program can read."""
    kind = payload.get("type") if isinstance(payload, dict) else None
    return isinstance(kind, str) and kind in KINDS and fits(payload, KINDS[kind])


def commanded(form: Mapping[str, str]) -> bool:
    """Whether it is a slash command, or Slack's question whether the address is alive."""
    return "ssl_check" in form or fits(form, _COMMAND)
