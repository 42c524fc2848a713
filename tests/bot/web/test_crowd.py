"""B8: who has to go when there is no room, and who has been too slow."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web.crowd import Crowd, Limits, Phase

SMALL = Limits(most=5, most_of_one=3, headers=10, body=20, idle=100)


@pytest.fixture
def crowd() -> Crowd[str]:
    return Crowd(SMALL)


def entered(crowd: Crowd[str], *names: str, now: float = 0.0) -> list[str | None]:
    """Each comes from the address before its colon."""
    return [crowd.enter(one, one.partition(":")[0], now) for one in names]


def test_there_is_room_up_to_the_limits(crowd: Crowd[str]) -> None:
    assert entered(crowd, "a:1", "a:2", "a:3", "b:1", "b:2") == [None] * 5
    assert len(crowd) == 5


def test_of_one_address_the_slowest_goes_and_nobody_else_s(crowd: Crowd[str]) -> None:
    entered(crowd, "b:1", "a:1", "a:2", "a:3")
    crowd.move("a:1", Phase.ANSWER, 1)
    assert entered(crowd, "a:4", now=2) == ["a:2"]
    assert crowd.phase("b:1") is Phase.HEADERS
    assert crowd.phase("a:2") is None


def test_of_all_whoever_sends_slowly_goes_before_whoever_only_rests(crowd: Crowd[str]) -> None:
    entered(crowd, "a:1", "b:1", "c:1", "d:1", "e:1")
    crowd.move("a:1", Phase.IDLE, 1)
    crowd.move("b:1", Phase.BODY, 2)
    crowd.move("c:1", Phase.ANSWER, 3)
    gone = entered(crowd, "f:1", "g:1", now=4)
    for one in ("f:1", "g:1"):
        crowd.move(one, Phase.ANSWER, 5)
    gone += entered(crowd, "h:1", now=6)
    crowd.move("h:1", Phase.ANSWER, 7)
    gone += entered(crowd, "i:1", now=8)
    assert gone == ["d:1", "e:1", "b:1", "a:1"]


def test_where_all_are_being_answered_the_newcomer_goes(crowd: Crowd[str]) -> None:
    entered(crowd, "a:1", "a:2", "a:3")
    for one in ("a:1", "a:2", "a:3"):
        crowd.move(one, Phase.ANSWER, 1)
    assert entered(crowd, "a:4", now=2) == ["a:4"]
    assert (crowd.phase("a:4"), len(crowd)) == (None, 3)


def test_of_an_unknown_address_only_the_limit_for_all_counts(crowd: Crowd[str]) -> None:
    assert [crowd.enter(f"unknown {one}", None, one) for one in range(6)] == [None] * 5 + ["unknown 0"]


def test_each_phase_has_its_time(crowd: Crowd[str]) -> None:
    entered(crowd, "a:1", "b:1", "c:1", "d:1")
    crowd.move("b:1", Phase.BODY, 0)
    crowd.move("c:1", Phase.IDLE, 0)
    crowd.move("d:1", Phase.ANSWER, 0)
    found = {now: list(crowd.overdue(now)) for now in (9.9, 10, 19.9, 20, 99.9, 100, 1e9)}
    assert found == {
        9.9: [], 10: ["a:1"], 19.9: ["a:1"], 20: ["a:1", "b:1"], 99.9: ["a:1", "b:1"],
        100: ["a:1", "b:1", "c:1"], 1e9: ["a:1", "b:1", "c:1"],
    }  # fmt: skip


def test_who_left_is_not_taken_in_again(crowd: Crowd[str]) -> None:
    entered(crowd, "a:1")
    crowd.leave("a:1")
    crowd.leave("a:1")
    crowd.move("a:1", Phase.ANSWER, 1)
    assert (len(crowd), list(crowd.overdue(1e9))) == (0, [])


steps = st.lists(st.tuples(st.sampled_from("emlo"), st.integers(0, 12), st.sampled_from(list(Phase))), max_size=60)


@given(steps)
def test_whatever_happens_the_limits_hold_and_nobody_is_forgotten(todo: list[tuple[str, int, Phase]]) -> None:
    crowd: Crowd[str] = Crowd(SMALL)
    there: set[str] = set()
    for now, (what, number, phase) in enumerate(todo):
        one = f"{number % 3}:{number}"
        if what == "e" and one not in there:
            there.add(one)
            there.discard(crowd.enter(one, one[0], now) or "")
        elif what == "m":
            crowd.move(one, phase, now)
        elif what == "l":
            crowd.leave(one)
            there.discard(one)
        assert len(crowd) == len(there) <= SMALL.most
        assert all(sum(name[0] == address for name in there) <= SMALL.most_of_one for address in "012")
    assert {one for one in there if crowd.phase(one) is None} == set()
