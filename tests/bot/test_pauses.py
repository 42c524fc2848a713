"""A pause that a platform asked for is kept for its place."""

from __future__ import annotations

import pytest

from bot.chats.background import Pauses
from bot.ports import Unavailable
from tests.clocks import Seconds


@pytest.fixture
def pauses(seconds: Seconds) -> Pauses:
    return Pauses(seconds)


def rest(pauses: Pauses, kind: str, place: str = "") -> float:
    """How long a call has to wait; 0 where it may go."""
    try:
        pauses.check(kind, place)
    except Unavailable as error:
        assert (error.code, error.outage, error.tried) == ("ratelimited", False, False)
        return error.retry_after or 0.0
    return 0.0


def test_a_pause_holds_for_its_place_and_kind_of_call_until_it_is_over(pauses: Pauses, seconds: Seconds) -> None:
    pauses.refused("post", "D1", 7.0)
    assert [rest(pauses, *one) for one in (("post", "D1"), ("post", "D2"), ("update", "D1"), ("post", ""))] == [
        7,
        0,
        0,
        0,
    ]
    seconds.now += 6.5
    assert rest(pauses, "post", "D1") == 0.5
    seconds.now += 0.5
    assert rest(pauses, "post", "D1") == 0.0


def test_a_shorter_pause_does_not_end_a_longer_one(pauses: Pauses) -> None:
    pauses.refused("post", "D1", 30.0)
    pauses.refused("post", "D1", 1.0)
    assert rest(pauses, "post", "D1") == 30.0


def test_a_call_that_goes_to_nobody_in_particular_waits_for_all(pauses: Pauses) -> None:
    pauses.refused("users.info", "", 5.0)
    assert rest(pauses, "users.info") == 5.0
