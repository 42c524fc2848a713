"""A strict reader of Adaptive Cards as Teams takes them."""

import html
import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import regex
from jsonschema import Draft6Validator
from markdown_it import MarkdownIt

SCHEMA = json.loads((Path(__file__).parents[2] / "data/adaptive-card.schema.1.5.json").read_text("utf-8"))
SCHEMA["anyOf"] = [{"allOf": [{"$ref": "#/definitions/AdaptiveCard"}], "required": ["type", "version"]}]
VALIDATOR = Draft6Validator(SCHEMA)
MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
LARGEST = 25_000


def faults(card: Any) -> list[str]:
    """Return what Teams would refuse in a card, or show differently from how it was typed."""
    bare = deepcopy(card)
    found = [fault for one in nodes(bare, "type", "Input.ChoiceSet") for fault in typeahead(one)]
    found += [f"{error.json_path}: {error.message:.200}" for error in VALIDATOR.iter_errors(bare)]
    found += [f"too large: {len(json.dumps(card))}"] if len(json.dumps(card)) > LARGEST else []
    found += [f"nothing to see: {one!r:.80}" for one in nodes(card, "type") if one.get("text", "x").strip() == ""]
    found += [
        f"too many side by side: {len(one['actions'])}" for one in nodes(card, "actions") if len(one["actions"]) > 5
    ]
    return found + alive(card)


def typeahead(block: dict[str, Any]) -> Iterator[str]:
    """Check and remove what Teams documents beyond the schema (Typeahead search in Adaptive Cards)."""
    query = block.pop("choices.data", None)
    if query is None:
        return
    if query.keys() != {"type", "dataset"} or query["type"] != "Data.Query" or not query["dataset"]:
        yield f"no such query: {query}"
    if block.pop("style") != "filtered":
        yield "a typeahead that doesn't search"


def alive(card: Any) -> list[str]:
    """Return everything that a client could read as more than text."""
    blocks = [one.get("text", "") for one in nodes(card, "type", "TextBlock")]
    found = [f"a TextBlock reads it as {marked(one)}" for one in blocks if marked(one) != one]
    titles = [choice["title"] for one in nodes(card, "choices") for choice in one["choices"]]
    read = [*titles, *(one["fallbackText"] for one in nodes(card, "fallbackText"))]
    found += [
        f"Markdown in {one}" for one in read if regex.search(r"<(?:a|img|li|h\d|hr|table)\b", MARKDOWN.render(one))
    ]
    found += [
        f"an address in {one}" for one in [*blocks, *read] if regex.search(r"https?://|www\.\w|\w\.(?:test|com)\b", one)
    ]
    return found + [f"a date in {one}" for one in texts(card) if "{{" in one]


def marked(words: str) -> str:
    """Return what people see of words that are read as Markdown."""
    drawn = MARKDOWN.render(words).strip()
    return html.unescape(drawn.removeprefix("<p>").removesuffix("</p>"))


def nodes(value: object, key: str, wanted: str | None = None) -> Iterator[dict[str, Any]]:
    """Yield every object that has this key, at any depth."""
    if isinstance(value, dict):
        if key in value and wanted in (None, value[key]):
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from nodes(inner, key, wanted)


def texts(card: object) -> list[str]:
    """Return all that is shown, from top to bottom, except the content of inputs."""
    keys = {"text", "title", "label", "placeholder", "tooltip", "errorMessage"}
    return [one[key] for one in nodes(card, "type") for key in keys & one.keys()]


def said(block: dict[str, Any]) -> str:
    """Return what a text run or a heading shows."""
    return str(block["text"] if "text" in block else block["inlines"][0]["text"])
