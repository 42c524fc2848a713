"""What Slack accepts inside blocks: texts, options, confirmations and every interactive element."""

from __future__ import annotations

from typing import Any

from bot.rehearsal.slack import limits as most
from bot.rehearsal.slack.shapes import (
    Check,
    Report,
    anything,
    boolean,
    both,
    integer,
    listing,
    note,
    one_of,
    pattern,
    record,
    string,
    variant,
)


def plain(length: int) -> Check:
    return variant({"plain_text": record({"type": anything, "text": string(length, 1)}, {"emoji": boolean})})


def text(length: int) -> Check:
    """Plain text or mrkdwn of at most `length` characters."""
    parts: dict[str, Check] = {"type": anything, "text": string(length, 1)}
    return variant({"plain_text": record(parts, {"emoji": boolean}), "mrkdwn": record(parts, {"verbatim": boolean})})


def _option(words: Check, *, url: bool = False) -> Check:
    extra: dict[str, Check] = {"description": words}
    if url:
        extra["url"] = string(most.OPTION_URL_MAX_LENGTH)
    return record({"text": words, "value": string(most.OPTION_VALUE_MAX_LENGTH, 1)}, extra)


PLAIN_OPTION = _option(plain(most.OPTION_TEXT_MAX_LENGTH))
RICH_OPTION = _option(text(most.OPTION_TEXT_MAX_LENGTH))
LINK_OPTION = _option(plain(most.OPTION_TEXT_MAX_LENGTH), url=True)
OPTIONS = listing(PLAIN_OPTION, most.SELECT_OPTIONS_MAX_ITEMS)
GROUP = record(
    {
        "label": plain(most.OPTION_GROUP_LABEL_MAX_LENGTH),
        "options": listing(PLAIN_OPTION, most.OPTION_GROUP_OPTIONS_MAX_ITEMS),
    },
    {},
)
GROUPS = listing(GROUP, most.SELECT_OPTION_GROUPS_MAX_ITEMS)
CONFIRM = record(
    {
        "title": plain(most.CONFIRMATION_TITLE_MAX_LENGTH),
        "text": text(most.CONFIRMATION_TEXT_MAX_LENGTH),
        "confirm": plain(most.CONFIRMATION_CONFIRM_MAX_LENGTH),
        "deny": plain(most.CONFIRMATION_DENY_MAX_LENGTH),
    },
    {"style": one_of("primary", "danger")},
)
BASIC: dict[str, Check] = {"action_id": string(most.ACTION_ID_MAX_LENGTH, 1)}
ASKING: dict[str, Check] = {**BASIC, "confirm": CONFIRM, "focus_on_load": boolean}
PLACED: dict[str, Check] = {**ASKING, "placeholder": plain(most.SELECT_PLACEHOLDER_MAX_LENGTH)}
ID = string(255, 1)
DATE = pattern(r"\d{4}-\d\d-\d\d", "a date like 2026-11-24")
TIME = pattern(r"([01]\d|2[0-3]):[0-5]\d", "a time like 17:00")


def _element(required: dict[str, Check] | None = None, /, **optional: Check) -> Check:
    return record({"type": anything, **(required or {})}, optional)


def offered(element: dict[str, Any]) -> list[Any]:
    """All options of a select, through its groups."""
    groups = element.get("option_groups")
    holders = [element, *(groups if isinstance(groups, list) else [])]
    lists = [one.get("options") for one in holders if isinstance(one, dict)]
    return [option for listed in lists if isinstance(listed, list) for option in listed]


def _choosable(value: Any, path: str, report: Report) -> None:
    if ("options" in value) == ("option_groups" in value):
        note(report, path, "must provide either options or option_groups")
    _initial(value, path, report)


def _initial(value: Any, path: str, report: Report) -> None:
    chosen = [value["initial_option"]] if "initial_option" in value else value.get("initial_options", [])
    values = [option.get("value") for option in offered(value) if isinstance(option, dict)]
    for option in chosen if isinstance(chosen, list) else []:
        if isinstance(option, dict) and option.get("value") not in values:
            note(report, path, "initial option must be one of the options")


def _lengths(value: Any, path: str, report: Report) -> None:
    low, high = value.get("min_length"), value.get("max_length")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        note(report, path, "min_length must not be more than max_length")


_BUTTON = _element(
    {"text": plain(most.BUTTON_TEXT_MAX_LENGTH)},
    **BASIC,
    url=string(most.BUTTON_URL_MAX_LENGTH),
    value=string(most.BUTTON_VALUE_MAX_LENGTH),
    style=one_of("primary", "danger"),
    confirm=CONFIRM,
    accessibility_label=string(most.BUTTON_ACCESSIBILITY_LABEL_MAX_LENGTH),
)
_DISPATCH = record({}, {"trigger_actions_on": listing(one_of("on_enter_pressed", "on_character_entered"), 2)})
_TYPED: dict[str, Check] = {
    **BASIC,
    "placeholder": plain(most.SELECT_PLACEHOLDER_MAX_LENGTH),
    "focus_on_load": boolean,
    "dispatch_action_config": _DISPATCH,
}
_PLAIN_INPUT = both(
    _element(
        **_TYPED,
        multiline=boolean,
        initial_value=string(most.PLAIN_TEXT_INPUT_MAX_LENGTH_MAX),
        min_length=integer(0, most.PLAIN_TEXT_INPUT_MIN_LENGTH_MAX),
        max_length=integer(most.PLAIN_TEXT_INPUT_MAX_LENGTH_MIN, most.PLAIN_TEXT_INPUT_MAX_LENGTH_MAX),
    ),
    _lengths,
)
_NUMBER = _element(
    {"is_decimal_allowed": boolean},
    **_TYPED,
    initial_value=string(3000),
    min_value=string(3000),
    max_value=string(3000),
)


def _listed(option: Check, length: int) -> dict[str, Check]:
    return {"options": listing(option, length)}


def _pick(initial: str, check: Check, **more: Check) -> tuple[Check, Check]:
    """A select and its multiple sister, over people, channels or conversations."""
    several = {f"{initial}s": listing(check, 100, 0), "max_selected_items": integer(1, 10_000)}
    return (
        _element(**PLACED, **{initial: check}, response_url_enabled=boolean, **more),
        _element(**PLACED, **several, **more),
    )


_USER, _USERS = _pick("initial_user", ID)
_CHANNEL, _CHANNELS = _pick("initial_channel", ID)
_TALK, _TALKS = _pick("initial_conversation", ID, filter=anything, default_to_current_conversation=boolean)
_MANY: dict[str, Check] = {"max_selected_items": integer(1, 10_000), **PLACED}
_CHOICES: dict[str, Check] = {"options": OPTIONS, "option_groups": GROUPS}

SELECTS: dict[str, Check] = {
    "static_select": both(_element(**PLACED, **_CHOICES, initial_option=PLAIN_OPTION), _choosable),
    "external_select": _element(**PLACED, initial_option=PLAIN_OPTION, min_query_length=integer(0, 100)),
    "users_select": _USER,
    "channels_select": _CHANNEL,
    "conversations_select": _TALK,
}
MULTI_SELECTS: dict[str, Check] = {
    "multi_static_select": both(_element(**_MANY, **_CHOICES, initial_options=listing(PLAIN_OPTION, 100)), _choosable),
    "multi_external_select": _element(
        **_MANY, initial_options=listing(PLAIN_OPTION, 100), min_query_length=integer(0, 100)
    ),
    "multi_users_select": _USERS,
    "multi_channels_select": _CHANNELS,
    "multi_conversations_select": _TALKS,
}
CHOICES: dict[str, Check] = {
    "checkboxes": both(
        _element(
            _listed(RICH_OPTION, most.CHECKBOXES_OPTIONS_MAX_ITEMS),
            **ASKING,
            initial_options=listing(RICH_OPTION, most.CHECKBOXES_OPTIONS_MAX_ITEMS),
        ),
        _initial,
    ),
    "radio_buttons": both(
        _element(_listed(RICH_OPTION, most.RADIO_BUTTONS_OPTIONS_MAX_ITEMS), **ASKING, initial_option=RICH_OPTION),
        _initial,
    ),
    "datepicker": _element(**PLACED, initial_date=DATE),
    "timepicker": _element(**PLACED, initial_time=TIME, timezone=string(255)),
    "datetimepicker": _element(**ASKING, initial_date_time=integer(1_000_000_000, 9_999_999_999)),
}
PRESSABLE: dict[str, Check] = {
    "button": _BUTTON,
    "overflow": _element(_listed(LINK_OPTION, most.OVERFLOW_OPTIONS_MAX_ITEMS), **BASIC, confirm=CONFIRM),
}
TYPED: dict[str, Check] = {
    "plain_text_input": _PLAIN_INPUT,
    "email_text_input": _element(**_TYPED, initial_value=string(3000)),
    "url_text_input": _element(**_TYPED, initial_value=string(3000)),
    "number_input": _NUMBER,
}
IMAGE: dict[str, Check] = {
    "image": _element(
        {
            "image_url": string(most.IMAGE_IMAGE_URL_MAX_LENGTH, 1),
            "alt_text": string(most.IMAGE_ALT_TEXT_MAX_LENGTH, 1),
        }
    )
}
