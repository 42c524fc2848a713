"""What Slack accepts inside blocks: texts, options, confirmations and the interactive elements that the bot uses; any
other is refused.
"""

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


_WORDS = plain(most.OPTION_TEXT_MAX_LENGTH)
OPTION = record({"text": _WORDS, "value": string(most.OPTION_VALUE_MAX_LENGTH, 1)}, {"description": _WORDS})
OPTIONS = listing(OPTION, most.SELECT_OPTIONS_MAX_ITEMS)
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
PLACED: dict[str, Check] = {
    **BASIC, "confirm": CONFIRM, "focus_on_load": boolean, "placeholder": plain(most.SELECT_PLACEHOLDER_MAX_LENGTH),
}  # fmt: skip
DATE = pattern(r"\d{4}-\d\d-\d\d", "a date like 2026-11-24")


def _element(required: dict[str, Check] | None = None, /, **optional: Check) -> Check:
    return record({"type": anything, **(required or {})}, optional)


def offered(element: dict[str, Any]) -> list[Any]:
    """All options of a select."""
    listed = element.get("options")
    return listed if isinstance(listed, list) else []


def _initial(value: Any, path: str, report: Report) -> None:
    chosen = value.get("initial_option")
    values = [option.get("value") for option in offered(value) if isinstance(option, dict)]
    if isinstance(chosen, dict) and chosen.get("value") not in values:
        note(report, path, "initial option must be one of the options")


def _lengths(value: Any, path: str, report: Report) -> None:
    low, high = value.get("min_length"), value.get("max_length")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        note(report, path, "min_length must not be more than max_length")


PRESSABLE: dict[str, Check] = {
    "button": _element(
        {"text": plain(most.BUTTON_TEXT_MAX_LENGTH)},
        **BASIC,
        url=string(most.BUTTON_URL_MAX_LENGTH),
        value=string(most.BUTTON_VALUE_MAX_LENGTH),
        style=one_of("primary", "danger"),
        confirm=CONFIRM,
        accessibility_label=string(most.BUTTON_ACCESSIBILITY_LABEL_MAX_LENGTH),
    )
}
SELECTS: dict[str, Check] = {
    "static_select": both(_element({"options": OPTIONS}, **PLACED, initial_option=OPTION), _initial),
    "multi_external_select": _element(
        **PLACED,
        max_selected_items=integer(1, 10_000),
        initial_options=listing(OPTION, 100),
        min_query_length=integer(0, 100),
    ),
    "datepicker": _element(**PLACED, initial_date=DATE),
}
TYPED: dict[str, Check] = {
    "plain_text_input": both(
        _element(
            **BASIC,
            placeholder=plain(most.SELECT_PLACEHOLDER_MAX_LENGTH),
            focus_on_load=boolean,
            multiline=boolean,
            initial_value=string(most.PLAIN_TEXT_INPUT_MAX_LENGTH_MAX),
            min_length=integer(0, most.PLAIN_TEXT_INPUT_MIN_LENGTH_MAX),
            max_length=integer(most.PLAIN_TEXT_INPUT_MAX_LENGTH_MIN, most.PLAIN_TEXT_INPUT_MAX_LENGTH_MAX),
        ),
        _lengths,
    )
}
