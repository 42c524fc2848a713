"""The card check against version 1.5: what passes, what is named as a fault and where, and that nothing breaks it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rehearsal.teams import card_faults

from .street import button, card, submit, text

GOOD = card(
    {"type": "TextBlock", "text": "Access request", "size": "Large", "weight": "bolder", "wrap": True, "style": "heading"},
    {"type": "FactSet", "facts": [{"title": "Who", "value": "Anna"}]},
    {"type": "ColumnSet", "columns": [
        {"type": "Column", "width": "stretch", "items": [text("a")]}, {"width": 2, "items": [text("b")]},
    ]},
    {"type": "Container", "style": "emphasis", "items": [
        {"type": "RichTextBlock", "inlines": ["plain ", {"type": "TextRun", "text": "bold", "weight": "Bolder"}]},
    ]},
    {"type": "ActionSet", "actions": [button("Approve"), submit("Deny")]},
    {"type": "Table", "columns": [{"width": 1}], "rows": [
        {"type": "TableRow", "cells": [{"type": "TableCell", "items": [text("cell")]}]},
    ]},
    {"type": "Input.Text", "id": "why", "label": "Why", "isMultiline": True, "maxLength": 500, "isRequired": True},
    {"type": "Input.ChoiceSet", "id": "calls", "style": "filtered", "isMultiSelect": True,
     "choices.data": {"type": "Data.Query", "dataset": "recordings"}},
    {"type": "Image", "url": "https://x.example/a.png", "altText": "A", "fallback": "drop"},
    actions=[
        {"type": "Action.ShowCard", "title": "More", "card": {"type": "AdaptiveCard", "body": [text("more")]}},
        {"type": "Action.ToggleVisibility", "title": "Sum", "targetElements": ["sum", {"elementId": "b"}]},
        {"type": "Action.OpenUrl", "title": "Listen", "url": "https://x.example"},
    ],
    **{"$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "msteams": {"width": "Full"}},
)  # fmt: skip


def test_a_good_card_has_no_fault() -> None:
    assert card_faults(GOOD) == []


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"type": "TextBlock"}, "/body/0/text"),
        ({"type": "TextBlock", "text": 5}, "/body/0/text"),
        ({"type": "TextBlock", "text": "x", "size": "huge"}, "/body/0/size"),
        ({"type": "TextBlock", "text": "x", "colour": "good"}, "/body/0/colour"),
        ({"type": "TextBlock", "text": "x", "wrap": 1}, "/body/0/wrap"),
        ({"type": "TextBlock", "text": "x", "maxLines": True}, "/body/0/maxLines"),
        ({"type": "Button"}, "/body/0/type"),
        ("text", "/body/0"),
        ({"type": "Container", "items": text("x")}, "/body/0/items"),
        ({"type": "Container", "items": [{"type": "Action.Submit"}]}, "/body/0/items/0/type"),
        ({"type": "Input.Text"}, "/body/0/id"),
        ({"type": "Input.ChoiceSet", "id": "a"}, "/body/0/choices"),
        ({"type": "Input.ChoiceSet", "id": "a", "isMultiSelect": True, "choices": [{"title": "a", "value": "a,b"}]}, "/body/0/choices"),
        ({"type": "Input.ChoiceSet", "id": "a", "choices.data": {"type": "Data.Query"}}, "/body/0/choices.data/dataset"),
        ({"type": "ActionSet", "actions": [{"type": "Action.OpenUrl", "url": "javascript:x"}]}, "/body/0/actions/0/url"),
        ({"type": "ActionSet", "actions": [{"type": "Action.Execute", "title": "x"}]}, "/body/0/actions/0/verb"),
        ({"type": "Container", "items": [], "selectAction": {"type": "Action.ShowCard", "card": card()}}, "/body/0/selectAction/type"),
        ({"type": "RichTextBlock", "inlines": [{"type": "TextRun"}]}, "/body/0/inlines/0/text"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_place(wrong: Any, place: str) -> None:
    (fault,) = card_faults(card(wrong))
    assert fault.startswith(place + ": ")


def test_two_inputs_may_not_share_an_id() -> None:
    field = {"type": "Input.Text", "id": "why"}
    inner = {"type": "AdaptiveCard", "body": [field]}
    shown = card(field, actions=[{"type": "Action.ShowCard", "title": "x", "card": inner}])
    assert card_faults(shown) == ["/: two inputs share the id 'why'"]


def _names() -> set[str]:
    """The names that occur in the good card, so that nonsense has the shape of cards."""
    found: set[str] = set()

    def walk(value: Any) -> None:
        for name, part in value.items() if isinstance(value, dict) else ():
            found.add(name)
            walk(part)
        for part in value if isinstance(value, list) else ():
            walk(part)

    walk(GOOD)
    return found


NAMES = sorted(_names())
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=12,
)


@given(ANY)
def test_nonsense_is_a_fault_and_never_a_failure(value: Any) -> None:
    report = card_faults({"type": "AdaptiveCard", "version": "1.5", "body": value})
    assert report or isinstance(value, list), json.dumps(value)
