"""When a customer first asked: what people write is read, what can't be is said, and old ones want a reason (P8)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules import received
from handlers.rules.calendars import calendar_of
from handlers.rules.refusal import Refused
from tests.each import each
from tests.handlers.builders import AU, POLICY
from tests.moments import NOW

SYDNEY, LONDON = "Australia/Sydney", "Europe/London"
CALENDAR = calendar_of(POLICY, AU)


@each(
    ("typed", "read"),
    [
        ("14:30", time(14, 30)), ("1430", time(14, 30)), ("14.30", time(14, 30)), ("9", time(9)), ("930", time(9, 30)),
        ("2:30 pm", time(14, 30)), ("2.30 p.m.", time(14, 30)), ("12 am", time(0)), ("12pm", time(12)), (" 9:05 AM ", time(9, 5)),
        ("14h05", time(14, 5)), ("0:00", time(0)),
    ],
)  # fmt: skip
def test_p8_a_time_is_read_as_people_write_it(typed: str, read: time) -> None:
    assert received.read_clock(typed) == read


@each("typed", ["", "noon", "25:00", "14:60", "13 pm", "0 am", "14:3", "14:30:00", "１４:30", "14:30 x"])
def test_p8_what_is_no_time_is_told_with_an_example(typed: str) -> None:
    with pytest.raises(ValueError, match="Write it like 14:30"):
        received.read_clock(typed)


@given(st.text(max_size=12))
def test_p8_whatever_is_typed_is_a_time_or_a_sentence(typed: str) -> None:
    try:
        assert isinstance(received.read_clock(typed), time)
    except ValueError as wrong:
        assert str(wrong) == received.LIKE


CALL = datetime(2026, 11, 23, 3, tzinfo=UTC)  # Monday, 14:00 in Sydney


@each(
    ("day", "clock", "began", "at"),
    [
        (date(2026, 11, 24), "", None, datetime(2026, 11, 24, tzinfo=ZoneInfo(SYDNEY))),
        (date(2026, 11, 24), "", CALL, datetime(2026, 11, 24, tzinfo=ZoneInfo(SYDNEY))),
        (date(2026, 11, 23), "", CALL, CALL),
        (date(2026, 11, 23), "15:00", CALL, datetime(2026, 11, 23, 15, tzinfo=ZoneInfo(SYDNEY))),
        (date(2026, 10, 4), "2:30", None, datetime(2026, 10, 4, 3, tzinfo=ZoneInfo(SYDNEY))),  # that hour is skipped
    ],
)
def test_p8_without_a_time_it_is_the_earliest_moment_of_the_day_that_can_be(
    day: date, clock: str, began: datetime | None, at: datetime
) -> None:
    assert received.first_asked(day, clock, SYDNEY, began) == at


@each(
    ("at", "began", "field", "words"),
    [
        (NOW + timedelta(minutes=1), None, "received_at", "In Sydney it is 14:00, so this time has not come yet."),
        (CALL - timedelta(minutes=1), CALL, "received_at", "The call began on Mon 23 Nov at 14:00 Sydney"),
        (CALL - timedelta(days=1), CALL, "received_on", "can’t have asked for it before that"),
    ],
)
def test_p8_never_in_the_future_nor_before_the_call(
    at: datetime, began: datetime | None, field: str, words: str
) -> None:
    with pytest.raises(Refused) as refused:
        received.possible(at, NOW, SYDNEY, began)
    assert list(refused.value.fields) == [field]
    assert words in refused.value.fields[field]


def test_p8_a_day_that_has_not_begun_where_the_line_is_names_the_place_and_its_day() -> None:
    """At 09:30 on Wednesday in Sydney it is Tuesday in London."""
    now = datetime(2026, 11, 25, 9, 30, tzinfo=ZoneInfo(SYDNEY))
    received.readable(date(2026, 11, 25), now, SYDNEY)
    with pytest.raises(Refused) as refused:
        received.readable(date(2026, 11, 25), now, LONDON)
    assert refused.value.fields == {"received_on": "In London it is still Tue 24 Nov, so this day has not come yet."}


def test_p8_the_moment_itself_and_the_call_s_own_are_possible() -> None:
    received.possible(NOW, NOW, SYDNEY, NOW)
    received.possible(NOW, NOW, SYDNEY, None)


@each(
    ("day", "zone", "refused"),
    [
        (date(2026, 11, 24), SYDNEY, ""), (date(2026, 11, 25), SYDNEY, "not come yet"), (date(2021, 1, 1), SYDNEY, ""),
        (date(2020, 12, 31), SYDNEY, "look at the year"), (date(1, 1, 1), LONDON, "look at the year"),
    ],
)  # fmt: skip
def test_p8_a_day_that_can_t_be_meant_is_told_at_its_field(day: date, zone: str, refused: str) -> None:
    if not refused:
        return received.readable(day, NOW, zone)
    with pytest.raises(Refused, match=refused) as told:
        received.readable(day, NOW, zone)
    assert list(told.value.fields) == ["received_on"]
    return None


@each(
    ("day", "number"),
    [
        (date(2026, 11, 24), 0), (date(2026, 11, 23), 1), (date(2026, 11, 20), 2), (date(2026, 11, 21), 2),
        (date(2026, 11, 10), 10), (date(2026, 11, 9), 11), (date(2026, 11, 25), 0),
    ],
)  # fmt: skip
def test_p8_working_days_are_counted_after_the_day_until_today(day: date, number: int) -> None:
    assert received.working_days_since(CALENDAR, day, date(2026, 11, 24)) == number


@each(
    ("now", "told"),
    [
        (datetime(2026, 11, 24, 3, tzinfo=UTC), "in 7 working days"), (datetime(2026, 12, 2, 3, tzinfo=UTC), "in 1 working day"),
        (datetime(2026, 12, 3, 3, tzinfo=UTC), "today"), (datetime(2026, 12, 3, 6, tzinfo=UTC), "today"),
        (datetime(2026, 12, 3, 6, 0, 1, tzinfo=UTC), "late since today"), (datetime(2026, 12, 4, 3, tzinfo=UTC), "1 working day late"),
        (datetime(2026, 12, 7, 3, tzinfo=UTC), "2 working days late"),
    ],
)  # fmt: skip
def test_p8_what_is_left_is_told_in_working_days_of_the_line(now: datetime, told: str) -> None:
    assert received.left_words(CALENDAR, datetime(2026, 12, 3, 6, tzinfo=UTC), now) == told


@given(st.integers(0, 60), st.integers(0, 60))
def test_p8_working_days_never_grow_fewer_as_time_goes_by(first: int, more: int) -> None:
    day = date(2026, 11, 1)
    some = received.working_days_since(CALENDAR, day, day + timedelta(days=first))
    assert some <= received.working_days_since(CALENDAR, day, day + timedelta(days=first + more)) <= some + more
