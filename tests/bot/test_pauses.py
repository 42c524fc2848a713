"""A pause that a platform asked for is kept: for the place, and for all where it means all."""

from __future__ import annotations

import pytest

from bot.chats.background import Pauses
from bot.ports import Unavailable
from tests.clocks import Seconds


@pytest.fixture
def pauses(seconds: Seconds) -> Pauses:
    return Pauses(seconds, {"post": 3})


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


def test_so_many_places_refused_in_a_row_mean_all_until_the_first_may_be_asked_again(
    pauses: Pauses, seconds: Seconds
) -> None:
    """A limit of the whole workspace is told to each conversation; without this each would be tried within it."""
    for number in range(3):
        assert rest(pauses, "post", "D9") == 0.0
        pauses.refused("post", f"D{number}", 10.0 + number)
    assert (rest(pauses, "post", "D9"), rest(pauses, "update", "D9")) == (10.0, 0.0)
    seconds.now += 10.0
    assert (rest(pauses, "post", "D9"), rest(pauses, "post", "D2")) == (0.0, 2.0)


def test_while_others_get_through_nobody_waits_for_somebody_else(pauses: Pauses) -> None:
    """A5: with half of all refused, everybody else goes on."""
    for number in range(30):
        pauses.refused("post", f"D{number}", 10.0)
        if number % 2:
            pauses.answered("post")
    assert rest(pauses, "post", "D99") == 0.0


def test_one_place_that_is_refused_often_is_one_place(pauses: Pauses) -> None:
    for _ in range(5):
        pauses.refused("post", "D1", 10.0)
    assert rest(pauses, "post", "D2") == 0.0


def test_what_was_refused_long_ago_says_nothing_of_now(pauses: Pauses, seconds: Seconds) -> None:
    for number in range(2):
        pauses.refused("post", f"D{number}", 1.0)
    seconds.now += 60.0
    pauses.refused("post", "D3", 10.0)
    assert rest(pauses, "post", "D4") == 0.0
