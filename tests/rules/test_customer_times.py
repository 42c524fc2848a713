"""When a customer's request is spoken of again: before it is due, on the day, once it is late, and each morning (P8)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from handlers.rules import customers as rule
from handlers.rules.working_days import calendar_of, due_after
from tests.each import each
from tests.handlers.builders import AU, POLICY
from tests.moments import NOW

CALENDAR = calendar_of(POLICY, AU)
SYDNEY = ZoneInfo("Australia/Sydney")
DUE = due_after(CALENDAR, NOW, 7)  # Thu 3 December, 17:00 in Sydney


def here(day: int, hour: int, minute: int = 0, month: int = 12) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SYDNEY)


@each(
    ("now", "at"),
    [
        (NOW, here(27, 9, month=11)), (here(27, 9, month=11), here(1, 9)), (here(1, 9), here(2, 9)), (here(2, 9), None), (here(9, 9), None),
    ],
)  # fmt: skip
def test_p8_reminders_fall_in_the_morning_so_many_working_days_before(now: datetime, at: datetime | None) -> None:
    assert rule.next_reminder(CALENDAR, DUE, (4, 2, 1), now) == at


@each(
    ("now", "at"), [(NOW, here(3, 9)), (here(3, 9), here(3, 16)), (here(3, 15, 59), here(3, 16)), (here(3, 16), None)]
)
def test_p8_on_the_day_it_is_the_morning_and_an_hour_before_the_cut_off(now: datetime, at: datetime | None) -> None:
    assert rule.next_on_the_day(CALENDAR, DUE, now) == at


def test_p8_the_due_moment_itself_is_in_time_and_then_each_working_morning() -> None:
    assert rule.next_late(CALENDAR, DUE, NOW, missed=False) == DUE.at + timedelta(seconds=1)
    assert rule.next_late(CALENDAR, DUE, here(9, 9), missed=False) == DUE.at + timedelta(seconds=1)
    assert rule.next_late(CALENDAR, DUE, DUE.at + timedelta(seconds=1), missed=True) == here(4, 9)
    assert rule.next_late(CALENDAR, DUE, here(4, 9), missed=True) == here(7, 9)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)))
def test_p8_the_next_morning_is_ahead_on_a_working_day_and_none_lies_between(now: datetime) -> None:
    moment = now.replace(tzinfo=UTC)
    at = rule.next_morning(CALENDAR, moment)
    day = at.astimezone(SYDNEY).date()
    assert at > moment
    assert CALENDAR.off(day) is None
    assert at == CALENDAR.begins(day)
    between = moment.astimezone(SYDNEY).date()
    while between < day:
        assert CALENDAR.off(between) is not None or CALENDAR.begins(between) <= moment
        between += timedelta(days=1)
