"""P11: names by which people and the log know things: short where they are read aloud, long where there are millions."""

from __future__ import annotations

import re

import pytest

from handlers.ids import ALPHABET, MANY, new_id

pytestmark = pytest.mark.long


def test_an_id_that_is_read_aloud_has_eight_letters_that_nobody_takes_for_others() -> None:
    for prefix in ("R", "PR"):
        assert re.fullmatch(rf"{prefix}-[{ALPHABET}]{{8}}", new_id(prefix))
    assert not set("01OI") & set(ALPHABET)


def test_p11_of_what_there_are_millions_no_two_have_one_name() -> None:
    """Of as many names of eight letters some two would be the same."""
    number = 200_000
    assert number**2 / 2 / len(ALPHABET) ** MANY < 1e-12
    assert len({new_id("L", MANY) for _ in range(number)}) == number
