"""Phrases as people say them: alternatives, gaps, groups and other forms of a word."""

from __future__ import annotations

import pytest

from handlers.rules.spelling import Phrases, stems, words
from tests.each import each

TABLE = """
    who listened/heard .. my {call}
    ^play it
    [the] big * wolf
    need [the] #
"""
CALLS = {"call": "call/phone_call"}


@each(
    ("said", "there"),
    [
        ("who listened to my call", True), ("and who has listening to all of my phone calls", False), ("who heard my phone calls", True),
        ("who listens all of them my calls", True), ("who heard all of them and then my calls", False), ("play it now", True),
        ("please play it", False), ("big bad wolf", True), ("the big wolf", False), ("awho heard my call", False),
        ("i need 10442 now", True), ("i need the 12 calls", False),
    ],
)  # fmt: skip
def test_a_phrase_stands_in_words_or_does_not(said: str, there: bool) -> None:
    assert Phrases(TABLE, CALLS).within(stems(said)) is there


def test_a_group_that_there_is_not_is_refused() -> None:
    with pytest.raises(KeyError):
        Phrases("who {listens}", CALLS).within("who ")


def test_every_word_of_a_table_is_known_by_it() -> None:
    assert set(words("who_is {call} a/b ...")) == {"who", "is", "a", "b"}
