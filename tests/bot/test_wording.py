"""Words that hold nothing odd are taken as they are, and come out as if they had been cleaned."""

from __future__ import annotations

import pytest
import regex
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import bot.slack.blocks
import bot.teams.elements
from bot.chats import wording
from tests.each import each

ANY = st.text(st.characters(), max_size=40)
USUAL = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x2100), max_size=40)
NEVER = regex.compile(r"(?!)")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=ANY | USUAL, typed=st.booleans())
def test_what_is_usual_would_be_cleaned_into_itself(monkeypatch: pytest.MonkeyPatch, text: str, typed: bool) -> None:
    quickly = wording.literal(text, typed=typed)
    with monkeypatch.context() as slowly:
        slowly.setattr(wording, "_USUAL", NEVER)
        assert wording.literal(text, typed=typed) == quickly


@each("text", ["Tara Lindqvist · “Which invoice?” – Fri 23 Apr", "José Núñez, £4.20", ""])
def test_names_and_sentences_are_usual(text: str) -> None:
    assert wording._USUAL.fullmatch(text)


@given(text=ANY | USUAL | st.text("{}&; aé\u00ad\n", max_size=40), most=st.integers(1, 50), typed=st.booleans())
def test_what_stands_as_it_is_comes_out_as_if_it_had_been_drawn(text: str, most: int, typed: bool) -> None:
    """Words of one piece may take the short way; as one piece of several they never do."""
    for plain in (bot.slack.blocks.plain, bot.teams.elements.plain):
        assert plain(text, "UTC", most, typed=typed) == plain((text,), "UTC", most, typed=typed)


@each("text", ["Tara Lindqvist · “Which invoice?” – Fri 23 Apr", "José Núñez, £4.20", "+61 412 345 678"])
def test_names_and_sentences_take_the_short_way(text: str) -> None:
    assert wording.as_it_stands(text, len(text))
    assert not wording.as_it_stands(text, len(text) - 1)
