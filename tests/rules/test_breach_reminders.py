"""P13: what of a report is late, and when whoever reads it is reminded of that."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from handlers.policy import Policy
from handlers.rules.breach_clock import Moments, Receipt, moments, overdue, reminders
from tests.each import each

from .days import SYDNEY, ZONES, a_calendar, a_policy, utc

SECOND, WEEK = timedelta(seconds=1), timedelta(days=7)
MINUTES = st.sampled_from((0, 539, 540, 541, 1020)) | st.integers(0, 1439)
DAYS = st.dates(date(2026, 1, 2), date(2034, 12, 1))


def promised_of(policy: Policy, day: date) -> Moments:
    return moments(policy, Receipt(day, late=False))


@each(
    ("day", "expected"),
    [
        # The feedback moment is the Tuesday's end: then each Wednesday morning, a week later and on.
        ("2026-11-24", ["2026-12-08 17:00", "2026-12-16 09:00", "2026-12-23 09:00", "2026-12-30 09:00"]),
        # A Thursday's end: that Friday is Christmas, and the Monday stands for Boxing Day.
        ("2026-12-03", ["2026-12-17 17:00", "2026-12-29 09:00", "2027-01-04 09:00", "2027-01-08 09:00"]),
        # Summer time begins on 4 October: mornings are those of the clock on the wall.
        ("2026-09-15", ["2026-09-29 17:00", "2026-10-07 09:00", "2026-10-14 09:00"]),
    ],
)
def test_p13_after_the_feedback_moment_one_comes_each_week_in_the_morning(
    policy: Policy, day: str, expected: list[str]
) -> None:
    promised = promised_of(policy, date.fromisoformat(day))
    for number, moment in enumerate((utc(told, SYDNEY) for told in expected), 2):
        before, then = reminders(policy, promised, moment - SECOND), reminders(policy, promised, moment)
        assert (before, then) == (number - 1, number), moment


def test_p13_over_a_long_closure_several_come_in_one() -> None:
    closed = tuple(f"2026-12-{day}" for day in range(10, 31))
    policy = a_policy(closed)
    promised = promised_of(policy, date(2026, 11, 24))
    morning = utc("2026-12-31 09:00", SYDNEY)
    assert promised.feedback == utc("2026-12-08 17:00", SYDNEY)
    assert [reminders(policy, promised, one) for one in (morning - SECOND, morning)] == [2, 5]


@given(DAYS, st.timedeltas(timedelta(), timedelta(days=400)))
def test_p13_no_week_goes_by_without_one_and_none_has_two(policy: Policy, day: date, waited: timedelta) -> None:
    promised = promised_of(policy, day)
    now = promised.feedback + waited
    zone = ZoneInfo(ZONES[SYDNEY])
    weeks = (now.astimezone(zone).date() - promised.feedback.astimezone(zone).date()) // WEEK
    # A morning after may be as late as the end of Christmas or Easter: never a second week.
    assert weeks + 1 <= reminders(policy, promised, now) <= weeks + 2
    assert reminders(policy, promised, now) <= reminders(policy, promised, now + timedelta(hours=5))


@given(DAYS, st.integers(0, 300), MINUTES)
def test_p13_but_the_first_each_comes_as_work_begins(policy: Policy, day: date, after: int, minute: int) -> None:
    """Of any minute: where a reminder comes with it, that is the minute in which a working day begins."""
    promised, calendar = promised_of(policy, day), a_calendar(SYDNEY)
    local = promised.feedback.astimezone(calendar_zone := ZoneInfo(calendar.zone)).date() + timedelta(days=1 + after)
    now = datetime(local.year, local.month, local.day, minute // 60, minute % 60, tzinfo=calendar_zone).astimezone(UTC)
    come = reminders(policy, promised, now) - reminders(policy, promised, now - timedelta(minutes=1))
    assert come in (0, 1)
    if come:
        assert calendar.off(local) is None
        assert now == calendar.begins(local)


def test_p13_before_the_feedback_moment_there_is_one(policy: Policy) -> None:
    promised = promised_of(policy, date(2026, 11, 24))
    assert [
        reminders(policy, promised, one)
        for one in (promised.acknowledge - SECOND, promised.acknowledge, promised.waits)
    ] == [0, 1, 1]


@each(
    ("acknowledged", "answered", "expected"),
    [
        (False, False, ["", "acknowledged", "acknowledged", "acknowledged"]),
        (True, False, ["", "", "", "answered"]),
        (False, True, ["", "", "", ""]),
        (True, True, ["", "", "", ""]),
    ],
)
def test_p13_what_is_late_at_which_moment(
    policy: Policy, acknowledged: bool, answered: bool, expected: list[str]
) -> None:
    promised = promised_of(policy, date(2026, 11, 24))
    at = (promised.acknowledge - SECOND, promised.acknowledge, promised.feedback - SECOND, promised.feedback)
    assert [overdue(promised, one, acknowledged=acknowledged, answered=answered) for one in at] == expected
