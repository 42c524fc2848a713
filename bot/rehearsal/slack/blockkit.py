"""Says what Slack would refuse in a message's blocks or in a view, with a JSON pointer to each fault."""

import json
from collections.abc import Iterator
from typing import Any

from bot.rehearsal.slack import limits as most
from bot.rehearsal.slack.elements import OPTIONS, PRESSABLE, SELECTS, TYPED, plain, text
from bot.rehearsal.slack.people import Json
from bot.rehearsal.slack.refusals import SlackError
from bot.rehearsal.slack.shapes import Check, Report, anything, boolean, both, listing, note, record, string, variant


def _block(required: dict[str, Check] | None = None, /, **optional: Check) -> Check:
    common: dict[str, Check] = {"block_id": string(most.BLOCK_ID_MAX_LENGTH, 1)}
    return record({"type": anything, **(required or {})}, {**common, **optional})


def _says_something(value: Any, path: str, report: Report) -> None:
    if "text" not in value and "fields" not in value:
        note(report, path, "missing required field: text")


_SECTION = both(
    _block(
        text=text(most.SECTION_TEXT_MAX_LENGTH),
        fields=listing(text(most.SECTION_FIELDS_ITEM_MAX_LENGTH), most.SECTION_FIELDS_MAX_ITEMS),
        accessory=variant({**PRESSABLE, **SELECTS}),
        expand=boolean,
    ),
    _says_something,
)
_ACTIONS = _block({"elements": listing(variant({**PRESSABLE, **SELECTS}), most.ACTIONS_ELEMENTS_MAX_ITEMS)})
_WORDS = text(most.TEXT_MAX_LENGTH)
_CONTEXT = _block(
    {"elements": listing(variant({"plain_text": _WORDS, "mrkdwn": _WORDS}), most.CONTEXT_ELEMENTS_MAX_ITEMS)}
)
_INPUT = _block(
    {"label": plain(most.INPUT_LABEL_MAX_LENGTH), "element": variant({**TYPED, **SELECTS})},
    hint=plain(most.INPUT_HINT_MAX_LENGTH),
    optional=boolean,
    dispatch_action=boolean,
)
EVERYWHERE: dict[str, Check] = {
    "section": _SECTION,
    "actions": _ACTIONS,
    "context": _CONTEXT,
    "divider": _block(),
    "header": _block({"text": plain(most.HEADER_TEXT_MAX_LENGTH)}),
    "input": _INPUT,
    "rich_text": _block({"elements": listing(anything, 100)}),
}
MESSAGE_BLOCKS = listing(variant(EVERYWHERE), most.MESSAGE_BLOCKS_MAX_ITEMS, 0)
VIEW_BLOCKS = listing(variant(EVERYWHERE), most.VIEW_BLOCKS_MAX_ITEMS, 0)

_NAMED: dict[str, Check] = {
    "private_metadata": string(most.VIEW_PRIVATE_METADATA_MAX_LENGTH),
    "callback_id": string(most.VIEW_CALLBACK_ID_MAX_LENGTH),
}
_BUTTONS: dict[str, Check] = {"close": plain(most.VIEW_CLOSE_MAX_LENGTH), "submit": plain(most.VIEW_SUBMIT_MAX_LENGTH)}
MODAL = record(
    {"type": anything, "title": plain(most.VIEW_TITLE_MAX_LENGTH), "blocks": VIEW_BLOCKS}, {**_NAMED, **_BUTTONS}
)
HOME = record({"type": anything, "blocks": VIEW_BLOCKS}, _NAMED)
VIEWS = {"modal": variant({"modal": MODAL}), "home": variant({"home": HOME})}


def elements_of(block: Json) -> list[Json]:
    """Return every element of one block that a person can use or fill in."""
    inside = block.get("elements") if block.get("type") == "actions" else None
    listed = inside if isinstance(inside, list) else []
    candidates = [*listed, block.get("accessory"), block.get("element")]
    return [one for one in candidates if isinstance(one, dict)]


def check_message(blocks: Any) -> None:
    """Check a message's blocks; raises SlackError invalid_blocks_format, invalid_blocks or msg_blocks_too_long."""
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    report: Report = []
    MESSAGE_BLOCKS(blocks, "/blocks", report)
    _together(blocks, "/blocks", report)
    if report:
        raise SlackError("invalid_blocks", report)
    if len(_compact(blocks)) > most.MESSAGE_BLOCKS_MAX_SIZE:
        raise SlackError("msg_blocks_too_long")


def check_view(view: Any, kind: str) -> None:
    """Check a view; raises SlackError invalid_arguments or view_too_large. `kind` is modal or home."""
    report: Report = []
    VIEWS[kind](view, "/view", report)
    if isinstance(view, dict) and isinstance(view.get("blocks"), list):
        _together(view["blocks"], "/view/blocks", report)
        _submittable(view, report)
    if report:
        raise SlackError("invalid_arguments", report)
    if len(_compact(view).encode()) > most.VIEW_MAX_SIZE:
        raise SlackError("view_too_large")


def check_options(answer: Any) -> None:
    """Check an options answer; raises SlackError invalid_arguments if it is over a select's limits."""
    report: Report = []
    if not isinstance(answer, dict) or "options" not in answer:
        raise SlackError("invalid_arguments", ["must provide options"])
    if answer["options"]:
        OPTIONS(answer["options"], "/options", report)
    if report:
        raise SlackError("invalid_arguments", report)


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _submittable(view: Json, report: Report) -> None:
    has_input = any(isinstance(block, dict) and block.get("type") == "input" for block in view["blocks"])
    if view.get("type") == "modal" and has_input and "submit" not in view:
        note(report, "/view/submit", "missing required field: submit")


def _together(blocks: list[Any], path: str, report: Report) -> None:
    """Check what blocks can only break together: ids that must differ, and focus."""
    seen: set[str] = set()
    for place, block in _dicts(blocks):
        name = block.get("block_id")
        if isinstance(name, str) and name in seen:
            note(report, f"{path}/{place}/block_id", f"block_id `{name}` already exists")
        seen.add(str(name))
        _actions_differ(block, f"{path}/{place}", report)
    _one_focus(blocks, path, report)


def _actions_differ(block: Json, path: str, report: Report) -> None:
    seen: set[str] = set()
    for element in elements_of(block):
        name = element.get("action_id")
        if isinstance(name, str) and name in seen:
            where = block.get("block_id", "")
            note(report, path, f"action_id `{name}` already exists for block_id `{where}`")
        seen.add(str(name))


def _one_focus(blocks: list[Any], path: str, report: Report) -> None:
    focused = [one for _, block in _dicts(blocks) for one in elements_of(block) if one.get("focus_on_load")]
    if len(focused) > 1:
        note(report, path, "only one element may have focus_on_load")


def _dicts(blocks: list[Any]) -> Iterator[tuple[int, Json]]:
    return ((place, block) for place, block in enumerate(blocks) if isinstance(block, dict))
