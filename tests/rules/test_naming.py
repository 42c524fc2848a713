"""P13: a form asks about whoever of the would-be readers the words seem to name."""

from __future__ import annotations

import pytest

from handlers.rules.naming import Named, named_in

RUTH = Named("ruth.adeyemi@fernhill.example", "Ruth Adeyemi", "Manager, Human Resources")
HELENA = Named("helena.marsh@fernhill.example", "Helena Marsh", "Head of Customer Success")
MILES = Named("miles.fairweather@fernhill.example", "Miles Fairweather", "Managing Director")
PEOPLE = (RUTH, HELENA, MILES)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("Helena did it", [HELENA]),
        ("it was ADEYEMI", [RUTH]),
        ("Ruthless, simply ruthless", []),
        ("the head of CS", [HELENA]),
        ("the manager of human resources", [RUTH]),
        ("HR manager", [RUTH]),
        ("", []),
    ],
)
def test_p13_words_name(words: str, named: list[Named]) -> None:
    assert list(named_in(words, PEOPLE)) == named
