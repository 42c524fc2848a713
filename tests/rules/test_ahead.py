"""P12: on which days the card of erasures ahead is drawn anew, how far it looks, and who has it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.ahead import AheadCircumstances, draws_now, next_drawing, soon, week_of, windows
from handlers.rules.routing import route
from tests.each import each
from tests.rules.days import a_policy

SYDNEY = ZoneInfo("Australia/Sydney")
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC))


def _at(local: str) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=SYDNEY)


@each(
    ("now", "then"),
    [
        ("2026-11-24T08:59", "2026-11-24T09:00"),
        ("2026-11-24T09:00", "2026-11-25T09:00"),
        # Friday, then a weekend; Christmas Day is a Friday in 2026, and Monday the 28th stands for Boxing Day.
        ("2026-11-27T12:00", "2026-11-30T09:00"),
        ("2026-12-24T12:00", "2026-12-29T09:00"),
    ],
)
def test_p12_it_is_drawn_when_work_begins_on_a_working_day_of_the_home_line(now: str, then: str) -> None:
    assert next_drawing(a_policy(), _at(now)) == _at(then)


@given(MOMENTS)
def test_p12_the_next_drawing_is_one_and_the_one_before_it_was_not_missed(now: datetime) -> None:
    then = next_drawing(a_policy(), now)
    assert then > now
    assert draws_now(a_policy(), then)
    assert not draws_now(a_policy(), then - timedelta(microseconds=1)) or then.astimezone(SYDNEY).hour != 9


@each(
    ("now", "week"),
    [("2026-11-22T23:59", "2026-11-16"), ("2026-11-23T00:00", "2026-11-23"), ("2026-11-29T12:00", "2026-11-23")],
)
def test_p12_a_week_begins_on_monday_in_the_companys_time(now: str, week: str) -> None:
    assert week_of(a_policy(), _at(now)) == date.fromisoformat(week)


def test_p12_it_looks_as_far_as_the_policy_says_the_nearest_first() -> None:
    now = _at("2026-11-24T09:00")
    assert windows(a_policy(), now) == tuple((days, now + timedelta(days=days)) for days in (1, 7, 30))


@each(("days", "then"), [((30, 7, 1), 7), ((30, 7), 7), ((5,), 5)])
def test_p12_people_are_told_of_what_they_ask_for_in_time_to_decide(days: tuple[int, ...], then: int) -> None:
    policy, now = a_policy(), _at("2026-11-24T09:00")
    retention = policy.retention.model_copy(update={"warn_days_before": days})
    assert soon(policy.model_copy(update={"retention": retention}), now) == now + timedelta(days=then)


def test_p12_the_head_and_the_team_leader_have_it() -> None:
    case = AheadCircumstances(policy=a_policy(), today=date(2026, 11, 24))
    assert [one.role for one in route(case).approvers] == ["head_of_customer_success", "team_leader"]
    assert case.clause == "P12"
