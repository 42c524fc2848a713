"""Whether a signed payload has the shape that Slack documents, told before anything reads it.

Sources: docs.slack.dev/reference/interaction-payloads and /apis/events-api. Only what this program
or Bolt reads is described; the rest of a payload may be anything.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

# A type, a mapping of fields, a list of one shape, a tuple of alternatives, None for null, or a question.
Shape = Any
Asked = Callable[[Any], bool]
ABSENT = object()
LONGEST_ABOUT = 2800  # of the 3,000 characters that a form carries


def asked(shape: Shape) -> Asked:
    """Whether a piece of JSON has this shape, as a question: each request asks it, so that the shape is read only once."""
    match shape:
        case dict():
            return _fields({name: asked(part) for name, part in shape.items()})
        case list():
            return _all_of(asked(shape[0]))
        case tuple():
            return _one_of([asked(one) for one in shape])
        case type():
            return lambda value: type(value) is shape
        case _ if shape is None or shape is ABSENT:
            return lambda value: value is shape
        case _:
            return cast("Asked", shape)


def _fields(parts: Mapping[str, Asked]) -> Asked:
    items = tuple(parts.items())

    def ask(value: Any) -> bool:
        if not isinstance(value, dict):
            return False
        for name, part in items:  # noqa: SIM110  a loop costs half of what `all` does
            if not part(value.get(name, ABSENT)):
                return False
        return True

    return ask


def _all_of(one: Asked) -> Asked:
    return lambda value: isinstance(value, list) and all(map(one, value))


def _one_of(those: Sequence[Asked]) -> Asked:
    def ask(value: Any) -> bool:
        for one in those:  # noqa: SIM110  as above
            if one(value):
                return True
        return False

    return ask


def _maybe(shape: Shape) -> Shape:
    return (ABSENT, None, shape)


def _some(shape: Shape) -> Asked:
    each = asked([shape])
    return lambda value: bool(value) and each(value)


def _each(shape: Shape) -> Asked:
    each = asked(shape)
    return lambda value: isinstance(value, dict) and all(map(each, value.values()))


def _word(value: Any) -> bool:
    """An id, a name or a number of Slack's, or one of ours that comes back."""
    return isinstance(value, str) and len(value) <= 2000 and value.isascii() and value.isprintable()


def _about(value: Any) -> bool:
    """What a form is about: an id, or the step before it, written without anything but ASCII."""
    return isinstance(value, str) and len(value) <= LONGEST_ABOUT and value.isascii() and value.isprintable()


def _carried(value: Any) -> bool:
    """What one of our forms carries along."""
    try:
        return value == "" or (isinstance(value, str) and _CARRIED(json.loads(value)))
    except (ValueError, RecursionError):
        return False


def _event(value: Any) -> bool:
    kind = value.get("type") if isinstance(value, dict) else None
    return isinstance(kind, str) and _word(kind) and _EVENTS.get(kind, _OTHER)(value)


_CARRIED = asked({"about": _about, "sought": _maybe(str), "intro": _maybe(str)})
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
_EVENTS = {
    "app_home_opened": asked({"user": _word, "tab": _maybe(_word)}), "user_change": asked({"user": {"id": _word}}),
}  # fmt: skip
_OTHER = asked({"user": _maybe((_word, {"id": _word})), "channel": _maybe((_word, dict))})
_FROM = {"team_id": _maybe(_word), "enterprise_id": _maybe(_word)}
_ANY = {
    "type": _word, "team": _maybe((_word, {"id": _word, "enterprise_id": _maybe(_word)})),
    "enterprise": _maybe((_word, {"id": _word})), "authorizations": _maybe([_FROM]), "response_url": _maybe(_word),
    "response_urls": (ABSENT, [{"response_url": _maybe(_word)}]), "channel": _maybe((_word, {"id": _word})), **_FROM,
}  # fmt: skip
_BY = _ANY | {"user": {"id": _word, "team_id": _maybe(_word)}}
_PRESSED = _BY | {"trigger_id": _word, "actions": _some(_ACTION)}

_SHAPES: Mapping[str, Shape] = {
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
KINDS: Mapping[str, Asked] = {kind: asked(shape) for kind, shape in _SHAPES.items()}
_COMMAND = asked({"command": _word, "trigger_id": _word, "user_id": _word})


def understood(payload: Any) -> bool:
    """Whether it is an interaction or an event that this program can read."""
    kind = payload.get("type") if isinstance(payload, dict) else None
    return isinstance(kind, str) and kind in KINDS and KINDS[kind](payload)


def commanded(form: Mapping[str, str]) -> bool:
    """Whether it is a slash command, or Slack's question whether the address is alive."""
    return "ssl_check" in form or _COMMAND(form)
