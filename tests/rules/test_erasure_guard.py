"""P12: what is safe to erase now, and what waits until somebody has looked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.erasure_guard import Day, PauseCircumstances, causes, day_of, decide, seen_late
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
    ("day", "seen", "again", "why"),
    [
        # As many as the policy allows go; one more, and all of them wait.
        (Day(50, 50), None, False, ()),
        (Day(51, 50), None, False, ("many",)),
        # While others wait since they were too many, one alone waits with them.
        (Day(1, 50, joins=True), None, False, ("many",)),
        # A call that comes past its moment is of an old archive, or its date is wrong.
        (Day(1, 50), BEFORE, False, ()),
        (Day(1, 50), MOMENT, False, ("seen_late",)),
        (Day(1, 50), AFTER, False, ("seen_late",)),
        # After a restore a single one waits.
        (Day(1, 50, restored=True), BEFORE, False, ("restored",)),
        # Each cause is told.
        (Day(51, 50, restored=True), AFTER, False, ("restored", "seen_late", "many")),
        # What had been erased before waits for nobody.
        (Day(51, 50, joins=True, restored=True), AFTER, True, ()),
    ],
)
def test_p12_what_is_not_safe_to_erase_waits_and_says_why(
    day: Day, seen: datetime | None, again: bool, why: tuple[str, ...]
) -> None:
    assert causes(day, MOMENT, seen, again=again) == why


@given(DAYS, MOMENTS, st.none() | MOMENTS)
def test_p12_nothing_is_let_through_that_any_cause_stops(day: Day, moment: datetime, seen: datetime | None) -> None:
    stopped = day.restored or day.joins or day.would_go > day.allowed or (seen is not None and seen >= moment)
    assert bool(causes(day, moment, seen, again=False)) is stopped
    assert causes(day, moment, seen, again=True) == ()


@given(DAYS, MOMENTS, st.none() | MOMENTS, st.integers(1, 1000))
def test_p12_more_to_erase_a_lower_limit_or_a_later_sight_never_lets_go_what_waited(
    day: Day, moment: datetime, seen: datetime | None, more: int
) -> None:
    before = set(causes(day, moment, seen, again=False))
    worse = (
        (replace(day, would_go=day.would_go + more), moment, seen),
        (replace(day, allowed=day.allowed - more), moment, seen),
        (replace(day, joins=True), moment, seen),
        (replace(day, restored=True), moment, seen),
        (day, moment, seen and seen + timedelta(seconds=more)),
        (day, moment - timedelta(seconds=more), seen),
    )
    for one in worse:
        assert before <= set(causes(*one, again=False))


@each(
    ("moment", "seen", "late"),
    [
        (MOMENT, AFTER, True),
        (MOMENT, MOMENT, True),
        (MOMENT, BEFORE, False),
        (None, AFTER, False),
        (MOMENT, None, False),
    ],
)
def test_p12_a_call_was_seen_late_where_it_was_past_its_moment_by_then(
    moment: datetime | None, seen: datetime | None, late: bool
) -> None:
    assert seen_late(moment, seen) is late


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
