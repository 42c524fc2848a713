"""A strict reader of Adaptive Cards as Teams takes them, and cards of every kind to read with it."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import regex
from hypothesis import strategies as st
from jsonschema import Draft6Validator
from markdown_it import MarkdownIt

from handlers.cards import (
    Actions,
    Button,
    Card,
    Choice,
    Day,
    Facts,
    Heading,
    Line,
    Long,
    Lookup,
    Option,
    Row,
    Said,
    Sheet,
    Short,
    Sign,
    Small,
    Title,
    When,
)

SCHEMA = json.loads((Path(__file__).parents[2] / "data/adaptive-card.schema.1.5.json").read_text("utf-8"))
SCHEMA["anyOf"] = [{"allOf": [{"$ref": "#/definitions/AdaptiveCard"}], "required": ["type", "version"]}]
VALIDATOR = Draft6Validator(SCHEMA)
MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
LARGEST = 25_000


def faults(card: Any) -> list[str]:
    """What Teams would refuse in a card, or show otherwise than it was typed."""
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
    """Takes out what Teams documents beyond the schema (Typeahead search in Adaptive Cards), after checking it."""
    query = block.pop("choices.data", None)
    if query is None:
        return
    if query.keys() != {"type", "dataset"} or query["type"] != "Data.Query" or not query["dataset"]:
        yield f"no such query: {query}"
    if block.pop("style") != "filtered":
        yield "a typeahead that doesn't search"


def alive(card: Any) -> list[str]:
    """Everything that a client could read as more than text."""
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
    """What is seen of words that are read as Markdown."""
    drawn = MARKDOWN.render(words).strip()
    return html.unescape(drawn.removeprefix("<p>").removesuffix("</p>"))


def nodes(value: object, key: str, wanted: str | None = None) -> Iterator[dict[str, Any]]:
    """Every object that has this key, at any depth."""
    if isinstance(value, dict):
        if key in value and wanted in (None, value[key]):
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from nodes(inner, key, wanted)


def texts(card: object) -> list[str]:
    """All that is shown, from top to bottom, but for what stands in an input."""
    keys = {"text", "title", "label", "placeholder", "tooltip", "errorMessage"}
    return [one[key] for one in nodes(card, "type") for key in keys & one.keys()]


def said(block: dict[str, Any]) -> str:
    """What a text run or a heading shows."""
    return str(block["text"] if "text" in block else block["inlines"][0]["text"])


HOSTILE = [
    "[your bank](https://evil.test) ![x](https://evil.test/x.png) <https://evil.test> www.evil.test evil.test ",
    "<at>Anna Quill</at> @Anna <b>bold</b> &lt;i&gt; &amp; ",
    "*bold* **b** _i_ __i__ ~~s~~ `c` \\* # ",
    "{{DATE(2026-11-24T03:00:00Z, LONG)}} {{TIME(2026-11-24T03:00:00Z)}} {{{ ${name} ",
    "- one\n- two\n1. three\n\n# four\n> five\n---\n| a | b |\n|---|---|\n",
    "\u202eright to left שלום مرحبا \u2066",
    "👩‍👩‍👧‍👦👍🏽\u0301",
    "\ud83d\x00\x1b",
    '"\\\n' * 20,
    "\u200d",
    " ",
]
typed = st.one_of(
    st.text(max_size=100),
    st.text(st.characters(), max_size=30),
    st.text("*_~`<>@#!:|&[](){}\\-+=1.\n \u202e\u2069אa", max_size=60),
    st.builds(lambda words, times: words * times, st.sampled_from(HOSTILE), st.integers(1, 100)),
    st.sampled_from(HOSTILE).map(lambda words: (words * 5000)[:5000]),
)
whens = st.builds(
    When,
    st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(["Australia/Sydney", "Europe/London", "UTC", "no such zone"]),
)
wordings = st.one_of(typed, whens, st.lists(st.one_of(typed, whens), max_size=4).map(tuple))
ids = st.sampled_from(["approve", "deny", "listen", "details"])
buttons = st.builds(
    Button,
    ids,
    typed,
    st.sampled_from(["R-1", "R-2:7", ""]),
    st.sampled_from(["primary", "danger", "plain"]),
    st.none() | typed,
    st.none() | st.just("https://steward.example.com/listen#x"),
)
rows = st.builds(Row, wordings, st.none() | buttons, st.none() | wordings)
parts = st.one_of(
    st.builds(Title, st.sampled_from(Sign), typed, typed),
    st.builds(Heading, typed),
    st.lists(st.tuples(typed, wordings), max_size=5).map(lambda some: Facts(tuple(some))),
    st.builds(Said, typed, typed),
    st.builds(Line, wordings, st.none() | st.sampled_from(Sign)),
    st.builds(Small, wordings),
    rows,
    st.lists(buttons, max_size=30).map(lambda some: Actions(tuple(some))),
)
cards = st.builds(Card, st.lists(parts, max_size=6).map(tuple), typed)
zones = st.sampled_from(["Australia/Sydney", "Europe/London", ""])
choices = st.lists(st.builds(Option, st.sampled_from(["training", "crime"]), typed, typed), min_size=1, max_size=120)
names = st.uuids().map(str)
fields = st.one_of(
    st.builds(Choice, names, typed, choices.map(tuple), typed, st.booleans(), st.booleans()),
    st.builds(Lookup, names, typed, st.just("recordings"), st.integers(1, 10), typed, typed),
    st.builds(Short, names, typed, st.integers(1, 5000), typed, typed),
    st.builds(Long, names, typed, st.integers(1, 5000), typed, typed),
    st.builds(Day, names, typed, typed, st.booleans()),
)
sheets = st.builds(Sheet, ids, typed, typed, st.lists(fields, max_size=7).map(tuple), ids, typed)
