"""Every kind of effect comes out of its row as it went in, and what is no effect is told from one of a newer version."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from handlers.effects import (
    Alert,
    Blank,
    Digest,
    Effect,
    Home,
    Show,
    Tell,
    UnknownKind,
    Unreadable,
    Warn,
    Whisper,
    decoded,
    encoded,
    kind_of,
)
from tests.each import each

EACH: list[Effect] = [
    Show(1, "R-1", 3), Show(1, "R-1", 3, "20261124"), Tell(2, "Hello.", "once"), Whisper(2, "Hello.", "once", "teams"),
    Home(3, "slack"), Home(3, "teams", fresh=True),
    Warn(2, "No one decides.", "A-1.0", "R-1"), Warn(2, "Two accounts.", "A-2.0"), Alert(1, "R-1", "A-1"),
    Blank(1, "access", "S-1", "teams"), Digest(1, ("R-1:access.remind:1:20261124", "R-2:access.lapse:1:20261124"), "digest:1"),
]  # fmt: skip


@each("effect", EACH)
def test_an_effect_comes_out_of_its_row_as_it_went_in(effect: Effect) -> None:
    assert decoded(kind_of(effect), effect.person, encoded(effect)) == effect
    assert {type(one) for one in EACH} == set(get_args(Effect))


def test_a_kind_that_this_version_has_not_is_told_apart() -> None:
    """A6: during an upgrade a row may be a newer version's."""
    with pytest.raises(UnknownKind):
        decoded("erase", 1, {})


@each("payload", ["", None, [], {}, {"matter": 1, "revision": 1}])
def test_what_is_no_effect_is_unreadable(payload: Any) -> None:
    """A1: whatever stands in a row."""
    with pytest.raises(Unreadable):
        decoded("show", 1, payload)
