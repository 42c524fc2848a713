"""P12: when a day's erasures stop, what is usual, which day it is, and who agrees."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.policy.terms import Breaker
from handlers.rules.breaker import (
    USUAL_DAYS,
    RunCircumstances,
    agree,
    day_of,
    days_before,
    next_morning,
    stops,
    stops_restored,
    usual,
)
from handlers.rules.refusal import Refused
from handlers.rules.routing import route
from tests.each import each
from tests.rules.days import a_policy

NUMBERS = st.integers(0, 10**6)
HELENA, HENRIK, RUTH = (f"{name}@fernhill.example" for name in ("helena.marsh", "henrik.solberg", "ruth.adeyemi"))


@each(
    ("erasures", "register", "median", "stopped"),
    [
        # No more than 50 in a day go on, however many that are of the register or beside what is usual.
        (50, 50, 0, False),
        (50, 10**6, 0, False),
        # Over 5 in a hundred of the register; 5 in a hundred is not over it.
        (51, 1019, 51, True),
        (51, 1020, 51, False),
        (100, 2000, 100, False),
        # Over five times what is usual; five times is not over it.
        (101, 10**6, 20, True),
        (100, 10**6, 20, False),
        (51, 10**6, 10, True),
        # The first start on an old archive: nothing is usual yet.
        (51, 10**6, 0, True),
        (10**5, 10**5, 0, True),
    ],
)
def test_p12_more_than_50_in_a_day_stop_where_they_are_many_of_the_register_or_many_beside_the_usual(
    erasures: int, register: int, median: float, stopped: bool
) -> None:
    assert stops(Breaker(), erasures, register, median) is stopped


@each(
    ("restored", "left", "stopped"),
    [
        # After a restore that nobody answered, whatever is yet to be erased.
        (datetime(2026, 11, 24, tzinfo=UTC), 1, True),
        (datetime(2026, 11, 24, tzinfo=UTC), 10**5, True),
        # What came back is brought by no day: nobody is asked to agree to nothing.
        (datetime(2026, 11, 24, tzinfo=UTC), 0, False),
        # No restore, or two people have answered it.
        (None, 1, False),
        (None, 0, False),
    ],
)
def test_p12_anything_at_all_stops_after_a_restore_that_nobody_answered(
    restored: datetime | None, left: int, stopped: bool
) -> None:
    assert stops_restored(restored, left) is stopped


@given(NUMBERS, NUMBERS, st.integers(0, 10**5), st.integers(1, 1000), st.integers(1, 100), st.integers(1, 50))
def test_p12_one_more_erasure_never_lets_a_day_go_on(
    erasures: int, register: int, median: int, least: int, percent: int, times: int
) -> None:
    breaker = Breaker(least=least, percent=percent, times_usual=times)
    stopped = stops(breaker, erasures, register, median)
    assert stops(breaker, erasures + 1, register, median) >= stopped
    assert stopped is (erasures > least and (erasures > percent * register / 100 or erasures > times * median))
    assert not stops(breaker, least, register, median)


@each(
    ("days", "median"),
    [((), 0), ((7,), 7), ((0,) * 20 + (900,) * 10, 0), ((0,) * 8 + (40,) * 22, 40), ((10, 20), 15)],
)
def test_p12_what_is_usual_is_the_median_of_the_days_before(days: tuple[int, ...], median: float) -> None:
    assert usual(days) == median


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)))
def test_p12_each_moment_is_in_one_day_of_the_company_and_30_days_come_before_it(now: datetime) -> None:
    day = day_of(a_policy(), now)
    assert day.begins <= now < day.ends
    before = days_before(a_policy(), day.day)
    assert [one.day for one in before] == [day.day - timedelta(days=back) for back in range(1, USUAL_DAYS + 1)]
    ends = [one.ends for one in before]
    assert ends == [day.begins, *(one.begins for one in before[:-1])]


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)))
def test_p12_the_next_morning_comes_within_a_day_or_what_the_clocks_add_to_it(now: datetime) -> None:
    assert timedelta() < next_morning(a_policy(), now) - now <= timedelta(hours=25)


def test_p12_both_roles_and_their_deputies_are_asked_at_once_and_nobody_else_ever() -> None:
    case = RunCircumstances(policy=a_policy(), today=date(2026, 11, 24))
    assert [(one.email, one.deputy) for one in route(case).approvers] == [
        (HELENA, False),
        (HENRIK, True),
        (RUTH, False),
    ]
    gone = RunCircumstances(policy=a_policy(), today=date(2026, 11, 24), unreachable=frozenset({HELENA, HENRIK, RUTH}))
    assert (route(gone).approvers, route(gone).alarm, gone.clause) == ((), True, "P12")


@each(("is_open", "again", "code"), [(False, False, "already"), (True, True, "twice")])
def test_p12_nobody_agrees_twice_or_to_what_has_gone_on(is_open: bool, again: bool, code: str) -> None:
    agree(is_open=True, again=False)
    with pytest.raises(Refused) as refused:
        agree(is_open=is_open, again=again)
    assert refused.value.code == code
