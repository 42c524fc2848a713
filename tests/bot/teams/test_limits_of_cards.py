"""Whatever a card or a form holds, Teams takes what is drawn of it and nothing in it comes to life."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chats.wording import units
from bot.teams import forms, render
from bot.teams.text import plain, still, tamed
from handlers.cards import (
    Actions,
    Button,
    Card,
    Choice,
    Facts,
    Heading,
    Line,
    Long,
    Lookup,
    Option,
    Page,
    Row,
    Said,
    Sheet,
    Short,
    Sign,
    Small,
    Title,
    When,
)
from tests.each import each
from tests.golden.cases import CARDS, FORMS, READER

from .cards import HOSTILE, LARGEST, cards, faults, marked, rows, sheets, typed, zones


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


@settings(max_examples=20, deadline=None)
@given(cards, zones, st.booleans())
def test_a_page_is_taken_whatever_it_holds(card: Card, zone: str, dialog: bool) -> None:
    drawn = render.page(Page(card.summary, card.parts), zone, dialog=dialog)
    assert faults(drawn) == []
    assert drawn["body"] != []


@pytest.mark.soak
@each("words", HOSTILE)
def test_five_thousand_characters_in_every_place_are_taken(words: str) -> None:
    long = (words * 5000)[:5000]
    when = When(datetime(2027, 5, 5, 7, 0, tzinfo=UTC), long)
    button = Button("approve", long, "R-1", "danger", confirm=long)
    parts = (
        Title(Sign.WAITING, long, long),
        Facts(((long, long), (long, (long, when, long))) * 6),
        Said(long, long),
        Line((long, when), Sign.ALARM),
        Heading(long),
        Row((when, long), button, long),
        Small(long),
        Actions((button,) * 30),
    )
    assert faults(render.content(Card(parts, long), long)) == []
    assert faults(render.page(Page(long, parts), long, dialog=True)) == []
    sheet = Sheet(
        "access", long, long, (Short("crm", long, 60, long, long), Long("why", long, 5000, long)), "R-1", long
    )
    drawn = forms.form(sheet, values={"crm": long[:60], "why": long}, problems={"why": long, "": long})
    assert faults(drawn) == []


@pytest.mark.soak
@each("words", HOSTILE)
def test_a_form_that_is_drawn_anew_carries_no_more_above_its_fields_than_fits(words: str) -> None:
    long = (words * 5000)[:5000]
    why = Choice("why", long, (Option("training", long),) * 8, long, redraws=True)
    looks = tuple(Lookup(name, "", "recordings", 1) for name in ("one", "two"))
    assert faults(forms.form(Sheet("access", long, long, (why, *looks), "R-1", long))) == []


@pytest.mark.soak
@settings(max_examples=5, deadline=None)
@given(rows)
def test_a_long_list_is_taken_whatever_it_holds(row: Row) -> None:
    assert faults(render.content(Card((row,) * 110, ""), "")) == []


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


@each("words", ["⏳ Access request · waiting for you", "Anna Quill’s request (P9)", "Training needs, 3 calls"])
def test_ordinary_words_stay_headings(words: str) -> None:
    assert still(words)


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


@each(
    "bad",
    [
        {"type": "TextBlock"},
        {"type": "TextBlock", "text": "*x*"},
        {"type": "TextBlock", "text": "see evil.test"},
        {"type": "TextBlock", "text": " "},
        {"type": "Text", "text": "x"},
        {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": "{{DATE(2026-11-24T03:00:00Z)}}"}]},
        {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": "x" * LARGEST}]},
        {"type": "ActionSet", "actions": [{"type": "Action.Execute", "title": "x", "url": "x"}]},
        {"type": "ActionSet", "actions": [{"type": "Action.Submit", "title": "x"}] * 6},
        {"type": "Input.Text"},
        {"type": "Input.Text", "id": "x", "maxLength": "60"},
        {"type": "Input.ChoiceSet", "id": "x", "choices": [{"title": "[a](b)", "value": "a"}]},
        {"type": "Input.ChoiceSet", "id": "x", "style": "filtered", "choices.data": {"type": "Query", "dataset": "x"}},
        {
            "type": "Input.ChoiceSet",
            "id": "x",
            "style": "compact",
            "choices.data": {"type": "Data.Query", "dataset": "x"},
        },
    ],
)
def test_the_oracle_can_say_no(bad: dict[str, Any]) -> None:
    assert faults({"type": "AdaptiveCard", "version": "1.5", "body": []}) == []
    assert faults({"type": "AdaptiveCard", "version": "1.5", "body": [bad]}) != []


@pytest.mark.soak
@each("name", CARDS)
def test_what_people_meet_is_taken(name: str) -> None:
    assert faults(render.content(CARDS[name], READER)) == []


@each("name", FORMS)
def test_the_forms_that_people_meet_are_taken(name: str) -> None:
    assert faults(forms.form(FORMS[name], dialog=True)) == []
