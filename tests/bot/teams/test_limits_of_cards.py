"""Whatever a card or a form holds, Teams takes what is drawn of it and nothing in it comes to life."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chats.wording import units
from bot.teams import forms, render
from bot.teams.elements import plain, still, tamed
from handlers.cards import (
    Card,
    Lookup,
    Option,
    Sheet,
)
from tests.each import each
from tests.golden.cases import CARDS, FORMS, READER

from .cards import cards, faults, marked, sheets, typed, zones


@pytest.mark.soak
@settings(max_examples=60, deadline=None)
@given(cards, zones)
def test_a_message_is_taken_whatever_it_holds(card: Card, zone: str) -> None:
    drawn: Any = render.message(card, zone)
    assert faults(drawn["attachments"][0]["content"]) == []
    assert drawn["attachments"][0]["content"]["body"] != []
    assert len(json.dumps(drawn)) < 28_000
    assert 1 <= units(drawn["summary"]) <= 300
    assert "\n" not in drawn["summary"]


@pytest.mark.soak
@settings(max_examples=50, deadline=None)
@given(
    sheets, st.lists(typed, min_size=7, max_size=7), st.lists(st.none() | typed, min_size=7, max_size=7), st.booleans()
)
def test_a_form_is_taken_whatever_it_holds(
    sheet: Sheet, values: list[str], told: list[str | None], dialog: bool
) -> None:
    given_back = {field.name: value for field, value in zip(sheet.fields, values, strict=False)}
    problems = {field.name: words for field, words in zip(sheet.fields, told, strict=False) if words is not None}
    offered = {
        field.name: [Option(str(n), values[n % 7]) for n in range(20)]
        for field in sheet.fields
        if isinstance(field, Lookup)
    }
    drawn: Any = forms.form(sheet, values=given_back, problems=problems, offered=offered, dialog=dialog)
    assert faults(drawn) == []
    assert forms.sent(drawn["actions"][0]["data"]) == (sheet.name, sheet.about)


@given(typed, st.integers(1, 300))
def test_words_fit_and_can_be_sent(words: str, most: int) -> None:
    for drawn in (plain(words, "UTC", most), tamed(words, most)):
        assert 1 <= units(drawn) <= most
        assert drawn.encode("utf-8")
        assert "{{" not in drawn


@given(typed)
def test_what_a_text_block_is_given_is_no_markdown(words: str) -> None:
    shown = plain(words, "UTC", 300)
    assert not still(shown) or marked(shown) == shown.strip()


@each(
    "words",
    [
        "*b*",
        "_i_",
        "[a](b)",
        "- one",
        "1. one",
        "2) two",
        "# one",
        "https://x.test",
        "x.test",
        "a@x.test",
        "<at>A</at>",
    ],
)
def test_what_some_client_would_read_is_no_text_block(words: str) -> None:
    assert not still(words)


@pytest.mark.soak
@each("name", CARDS)
def test_what_people_meet_is_taken(name: str) -> None:
    assert faults(render.content(CARDS[name], READER)) == []


@each("name", FORMS)
def test_the_forms_that_people_meet_are_taken(name: str) -> None:
    assert faults(forms.form(FORMS[name], dialog=True)) == []
