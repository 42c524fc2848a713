"""P12: what is safe to erase now, and what waits until somebody has looked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.erasure_guard import Day, PauseCircumstances, causes, day_of, decide, older_than_file
from handlers.rules.refusal import Refused
from handlers.rules.reminding import next_morning
from handlers.rules.routing import route
from tests.each import each
from tests.rules.days import a_policy

MOMENT = datetime(2027, 11, 24, 3, tzinfo=UTC)
BEFORE, AFTER = MOMENT - timedelta(seconds=1), MOMENT + timedelta(seconds=1)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))
NUMBERS = st.integers(0, 10**6)
DAYS = st.builds(Day, NUMBERS, NUMBERS, st.booleans(), st.booleans())
HELENA, HENRIK, RUTH = (f"{name}@fernhill.example" for name in ("helena.marsh", "henrik.solberg", "ruth.adeyemi"))


@each(
    ("day", "written", "again", "why"),
    [
        # As many as the policy allows go; one more, and all of them wait.
        (Day(50, 50), None, False, ()),
        (Day(51, 50), None, False, ("many",)),
        # While others wait since they were too many, one alone waits with them.
        (Day(1, 50, joins=True), None, False, ("many",)),
        # A file is older than its call's moment, or it could never have been kept for twelve months.
        (Day(1, 50), BEFORE, False, ()),
        (Day(1, 50), MOMENT, False, ()),
        (Day(1, 50), AFTER, False, ("older",)),
        # After a restore a single one waits.
        (Day(1, 50, restored=True), BEFORE, False, ("restored",)),
        # Each cause is told.
        (Day(51, 50, restored=True), AFTER, False, ("restored", "older", "many")),
        # What had been erased before waits for nobody.
        (Day(51, 50, joins=True, restored=True), AFTER, True, ()),
    ],
)
def test_p12_what_is_not_safe_to_erase_waits_and_says_why(
    day: Day, written: datetime | None, again: bool, why: tuple[str, ...]
) -> None:
    assert causes(day, MOMENT, written, again=again) == why


@given(DAYS, MOMENTS, st.none() | MOMENTS)
def test_p12_nothing_is_let_through_that_any_cause_stops(day: Day, moment: datetime, written: datetime | None) -> None:
    stopped = day.restored or day.joins or day.would_go > day.allowed or (written is not None and written > moment)
    assert bool(causes(day, moment, written, again=False)) is stopped
    assert causes(day, moment, written, again=True) == ()


@given(DAYS, MOMENTS, st.none() | MOMENTS, st.integers(1, 1000))
def test_p12_more_to_erase_a_lower_limit_or_a_younger_file_never_lets_go_what_waited(
    day: Day, moment: datetime, written: datetime | None, more: int
) -> None:
    before = set(causes(day, moment, written, again=False))
    worse = (
        (replace(day, would_go=day.would_go + more), moment, written),
        (replace(day, allowed=day.allowed - more), moment, written),
        (replace(day, joins=True), moment, written),
        (replace(day, restored=True), moment, written),
        (day, moment, written and written + timedelta(seconds=more)),
        (day, moment - timedelta(seconds=more), written),
    )
    for one in worse:
        assert before <= set(causes(*one, again=False))


@each(
    ("moment", "written", "older"),
    [(MOMENT, AFTER, True), (MOMENT, MOMENT, False), (None, AFTER, False), (MOMENT, None, False)],
)
def test_p12_a_call_is_older_than_its_file_where_it_was_written_after_the_calls_moment(
    moment: datetime | None, written: datetime | None, older: bool
) -> None:
    assert older_than_file(moment, written) is older


@given(MOMENTS)
def test_p12_each_moment_is_in_one_day_of_the_company(now: datetime) -> None:
    day = day_of(a_policy(), now)
    assert day.begins <= now < day.ends
    assert day_of(a_policy(), day.ends).day == day.day + timedelta(days=1)


@given(MOMENTS)
def test_p12_the_next_morning_comes_within_a_day_or_what_the_clocks_add_to_it(now: datetime) -> None:
    assert timedelta() < next_morning(a_policy(), now) - now <= timedelta(hours=25)


@each(
    ("out", "asked"),
    [((), [HELENA]), ((HELENA,), [HENRIK]), ((HELENA, HENRIK), [RUTH])],
)
def test_p12_one_person_is_asked_the_head_then_the_deputy_then_the_next_authority(
    out: tuple[str, ...], asked: list[str]
) -> None:
    case = PauseCircumstances(policy=a_policy(), today=date(2026, 11, 24), unreachable=frozenset(out))
    assert ([one.email for one in route(case).approvers], case.clause) == (asked, "P12")


@each(("waits", "seen", "code"), [(False, 3, "already"), (True, 2, "changed")])
def test_p12_nobody_decides_twice_or_by_a_card_that_has_changed(waits: bool, seen: int, code: str) -> None:
    decide(waits=True, seen=3, revision=3)
    with pytest.raises(Refused) as refused:
        decide(waits=waits, seen=seen, revision=3)
    assert refused.value.code == code
