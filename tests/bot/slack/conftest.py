"""A strict reader of Slack's blocks and views, by the numbers of an independent registry (`slackblocks`)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import chain
from typing import Any

import pytest
import pytest_asyncio
from slackblocks import _limits as limit

from storage.database.store import Database
from tests.slack_street import Street, a_street

Reader = Callable[[Any], list[str]]


@pytest.fixture(scope="session")
def faults() -> Reader:
    """What Slack would refuse in a message's blocks."""
    return lambda blocks: block_faults(blocks, limit.MESSAGE_BLOCKS_MAX_ITEMS)


@pytest.fixture(scope="session")
def view_faults() -> Reader:
    """What Slack would refuse in a view."""
    return shown_faults


def units(words: str) -> int:
    return len(words.encode("utf-16-le")) // 2


def too_long(value: Any, most: int, least: int = 1) -> Iterator[str]:
    if not isinstance(value, str) or not least <= units(value) <= most or not value.strip():
        yield f"not {least} to {most} long: {value!r:.80}"


def text(value: Any, most: int, kinds: tuple[str, ...] = ("plain_text",)) -> Iterator[str]:
    if value["type"] not in kinds or value.keys() - {"type", "text", "emoji"}:
        yield f"no such text: {value!r:.80}"
    if (value["type"] == "plain_text") != (value.get("emoji") is False):
        yield "emoji codes would come to life"
    yield from too_long(value["text"], most)


def option(value: Any) -> Iterator[str]:
    yield from text(value["text"], limit.OPTION_TEXT_MAX_LENGTH)
    yield from too_long(value["value"], limit.OPTION_VALUE_MAX_LENGTH)
    if "description" in value:
        yield from text(value["description"], limit.OPTION_DESCRIPTION_MAX_LENGTH)


def confirmation(value: Any) -> Iterator[str]:
    yield from text(value["title"], limit.CONFIRMATION_TITLE_MAX_LENGTH)
    yield from text(value["text"], limit.CONFIRMATION_TEXT_MAX_LENGTH)
    yield from text(value["confirm"], limit.CONFIRMATION_CONFIRM_MAX_LENGTH)
    yield from text(value["deny"], limit.CONFIRMATION_DENY_MAX_LENGTH)


def element(value: Any) -> Iterator[str]:
    yield from too_long(value["action_id"], limit.ACTION_ID_MAX_LENGTH)
    if "placeholder" in value:
        yield from text(value["placeholder"], limit.SELECT_PLACEHOLDER_MAX_LENGTH)
    match value["type"]:
        case "button":
            yield from text(value["text"], limit.BUTTON_TEXT_MAX_LENGTH)
            yield from too_long(value["accessibility_label"], limit.BUTTON_ACCESSIBILITY_LABEL_MAX_LENGTH)
            yield from too_long(value.get("value", "-"), limit.BUTTON_VALUE_MAX_LENGTH)
            yield from too_long(value.get("url", "-"), limit.BUTTON_URL_MAX_LENGTH)
            yield from confirmation(value["confirm"]) if "confirm" in value else ()
            if value.get("style", "primary") not in {"primary", "danger"}:
                yield "no such style"
        case "static_select":
            yield from chain.from_iterable(map(option, value["options"]))
            if not 1 <= len(value["options"]) <= limit.SELECT_OPTIONS_MAX_ITEMS:
                yield "too few or too many options"
        case "multi_external_select" if value["max_selected_items"] < 1 or value["min_query_length"] < 0:
            yield "nothing can be chosen"
        case "plain_text_input" if not 1 <= value["max_length"] <= limit.PLAIN_TEXT_INPUT_MAX_LENGTH_MAX:
            yield "no such length"
        case "multi_external_select" | "plain_text_input" | "datepicker":
            pass
        case other:
            yield f"no such element: {other}"


def block(value: Any) -> Iterator[str]:
    either = ("plain_text", "mrkdwn")
    match value["type"]:
        case "header":
            yield from text(value["text"], limit.HEADER_TEXT_MAX_LENGTH)
        case "section":
            if "text" in value:
                yield from text(value["text"], limit.SECTION_TEXT_MAX_LENGTH, either)
            elif not 1 <= len(value["fields"]) <= limit.SECTION_FIELDS_MAX_ITEMS:
                yield "too few or too many fields"
            for one in value.get("fields", ()):
                yield from text(one, limit.SECTION_FIELDS_ITEM_MAX_LENGTH, either)
            yield from element(value["accessory"]) if "accessory" in value else ()
        case "context":
            for one in value["elements"]:
                yield from text(one, limit.TEXT_MAX_LENGTH, either)
        case "actions":
            yield from chain.from_iterable(map(element, value["elements"]))
            names = [one["action_id"] for one in value["elements"]]
            if len(set(names)) < len(names) or not 1 <= len(names) <= limit.ACTIONS_ELEMENTS_MAX_ITEMS:
                yield "too few or too many buttons, or an action twice"
        case "rich_text":
            for run in chain.from_iterable(part["elements"] for part in value["elements"]):
                yield from too_long(run["text"], limit.TEXT_MAX_LENGTH)
        case "input":
            yield from text(value["label"], limit.INPUT_LABEL_MAX_LENGTH)
            yield from text(value["hint"], limit.INPUT_HINT_MAX_LENGTH) if "hint" in value else ()
            yield from element(value["element"])
        case other:
            yield f"no such block: {other}"


def block_faults(blocks: list[Any], most: int) -> list[str]:
    names = [one["block_id"] for one in blocks if "block_id" in one]
    counted = [] if 1 <= len(blocks) <= most else [f"{len(blocks)} blocks"]
    named = [] if len(set(names)) == len(names) else ["a block_id twice"]
    return [*counted, *named, *chain.from_iterable(map(block, blocks))]


def shown_faults(view: Any) -> list[str]:
    found = block_faults(view["blocks"], limit.VIEW_BLOCKS_MAX_ITEMS)
    for name in {"title", "submit", "close"} & view.keys():
        found += text(view[name], limit.VIEW_TITLE_MAX_LENGTH)
    if any(one["type"] == "input" for one in view["blocks"]) and "submit" not in view:
        found.append("a form that can't be sent")
    if view["type"] == "modal" and "title" not in view:
        found.append("a dialog without a title")
    return found + (["view_too_large"] if len(json.dumps(view)) > 250_000 else [])


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind is enough at this edge."""
    return sqlite_url


@pytest_asyncio.fixture
async def street(database: Database) -> AsyncIterator[Street]:
    async with a_street(database) as opened:
        yield opened
        assert opened.workspace.problems == []
