"""Days and times as people write them, and when a customer first asked (P7, P8)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from handlers.rules import Refused, customers
from handlers.rules.access import newest_day
from handlers.rules.searching import days_in, hours_in
from handlers.rules.working_days import calendar_of
from tests.each import each
from tests.handlers.builders import AU, POLICY
from tests.moments import NOW

TODAY = date(2026, 11, 26)  # a Thursday


def on(month: int, day: int, year: int = 2026) -> tuple[date, date]:
    """One day."""
    return date(year, month, day), date(year, month, day)


def span(first: str, last: str) -> tuple[date, date]:
    """Two days, as the calendar writes them."""
    return date.fromisoformat(first), date.fromisoformat(last)


@each(
    ("typed", "days"),
    [
        ("24/11", on(11, 24)), ("27/11", on(11, 27, 2025)), ("5/4", on(4, 5)), ("24/11/2026", on(11, 24)), ("24/11/25", on(11, 24, 2025)),
        ("24.11.2026", on(11, 24)), ("24.11.", on(11, 24)), ("24.11", on(11, 24)), ("2026-11-24", on(11, 24)),
        ("24 nov", on(11, 24)), ("24nov", on(11, 24)), ("24. november", on(11, 24)),
        ("24th of november, 2025", on(11, 24, 2025)), ("nov 24", on(11, 24)), ("sept 3rd", on(9, 3)), ("may 1", on(5, 1)),
        ("29 feb", on(2, 29, 2024)), ("today", on(11, 26)), ("yesterday's", on(11, 25)), ("the day before yesterday", on(11, 24)),
        ("this morning", on(11, 26)), ("last night", on(11, 25)),
        ("tues", on(11, 24)), ("tuesday’s", on(11, 24)), ("wed", on(11, 25)), ("sun", on(11, 22)), ("on sunday", on(11, 22)),
        ("thursday", on(11, 26)), ("this thursday", on(11, 26)), ("last thursday", on(11, 19)), ("3 days ago", on(11, 23)), ("a couple of days ago", on(11, 24)),

        ("tue 24 nov", on(11, 24)), ("tuesday, 24/11", on(11, 24)), ("sun 30 nov 2025", on(11, 30, 2025)),
        ("nov. 24", on(11, 24)),
        ("2026/11/24", on(11, 24)),
    ],
)  # fmt: skip
def test_a_day_in_any_usual_writing(typed: str, days: tuple[date, date]) -> None:
    """“last thursday” said on a Thursday is the one of last week."""
    assert days_in(typed, TODAY) == (days, "")


@each(
    ("typed", "first", "last"),
    [
        ("last week", "2026-11-16", "2026-11-22"), ("of last week", "2026-11-16", "2026-11-22"), ("this week", "2026-11-23", "2026-11-26"),
        ("the week before last", "2026-11-09", "2026-11-15"), ("two weeks ago", "2026-11-09", "2026-11-15"), ("a month ago", "2026-10-01", "2026-10-31"),
        ("november", "2026-11-01", "2026-11-26"), ("in december", "2025-12-01", "2025-12-31"), ("last november", "2025-11-01", "2025-11-30"),
        ("this november", "2026-11-01", "2026-11-26"), ("last may", "2026-05-01", "2026-05-31"), ("nov 2025", "2025-11-01", "2025-11-30"),
        ("2025-11", "2025-11-01", "2025-11-30"), ("nov 2027", "2027-11-01", "2027-11-01"), ("last month", "2026-10-01", "2026-10-31"),
        ("this year", "2026-01-01", "2026-11-26"), ("last year", "2025-01-01", "2025-12-31"), ("16 to 22 november", "2026-11-16", "2026-11-22"),
        ("24/11 - 26/11", "2026-11-24", "2026-11-26"), ("from monday to wednesday", "2026-11-23", "2026-11-25"),
        ("between monday and friday", "2026-11-23", "2026-11-26"), ("between 24 and 26 november", "2026-11-24", "2026-11-26"),
        ("since monday", "2026-11-23", "2026-11-26"), ("since last week", "2026-11-16", "2026-11-26"),
    ],
)  # fmt: skip
def test_several_days(typed: str, first: str, last: str) -> None:
    assert days_in(typed, TODAY) == (span(first, last), "")


@each(
    ("typed", "days", "rest"),
    [
        ("anna yesterday", on(11, 25), "anna"), ("24/11 345 678", on(11, 24), "345 678"), ("quill from monday to tuesday cs-1", span("2026-11-23", "2026-11-24"), "quill cs-1"),
        ("monday and quill", on(11, 23), "and quill"), ("31/02", None, "31/02"), ("0/0", None, "0/0"), ("10.44", None, "10.44"),
        ("31 november", None, "31 november"), ("24 nov 10442", on(11, 24), "10442"), ("2026-13", None, "2026-13"), ("0412.34", None, "0412.34"),
        ("may i hear", None, "may i hear"), ("week", None, "week"), ("cs-2026-11-24", None, "cs-2026-11-24"), ("", None, ""),
    ],
)  # fmt: skip
def test_what_is_no_day_stays(typed: str, days: tuple[date, date] | None, rest: str) -> None:
    assert days_in(typed, TODAY) == (days, rest)


@each(
    ("typed", "begins", "ends", "rest"),
    [
        ("16:20", time(16, 10), time(16, 30, 59), ""), ("at 9:35", time(9, 25), time(9, 45, 59), ""),
        ("4:20 pm", time(16, 10), time(16, 30, 59), ""), ("12:05am", time(0), time(0, 15, 59), ""), ("23:55", time(23, 45), time(23, 59, 59), ""),
        ("4pm", time(16), time(16, 59, 59), ""), ("12 pm", time(12), time(12, 59, 59), ""), ("12 am", time(0), time(0, 59, 59), ""),
        ("tue 24 nov, 16:20 sydney", time(16, 10), time(16, 30, 59), "tue 24 nov sydney"), ("around 3 pm yesterday", time(15), time(15, 59, 59), "yesterday"),
        ("between 1pm and 5pm yesterday", time(13), time(17, 0, 59), "yesterday"), ("1-5 pm", time(13), time(17, 0, 59), ""),
        ("from 13:00 to 15:30", time(13), time(15, 30, 59), ""), ("11 to 1pm", time(11), time(13, 0, 59), ""),
        ("24 to 26 nov at noon", time(12), time(12, 59, 59), "24 to 26 nov"), ("nov 5 - 4pm", time(16), time(16, 59, 59), "nov 5 -"), ("last night", time(18), time(23, 59, 59), "last night"),
    ],
)  # fmt: skip
def test_a_time_has_some_minutes_around_it_unless_a_span_is_written(
    typed: str, begins: time, ends: time, rest: str
) -> None:
    assert hours_in(typed) == ((begins, ends), rest)


SYDNEY = "Australia/Sydney"
CALENDAR = calendar_of(POLICY, AU)


CALL = datetime(2026, 11, 23, 3, tzinfo=UTC)  # Monday, 14:00 in Sydney


@each(
    ("day", "began", "at"),
    [
        (None, CALL, NOW),
        (date(2026, 11, 24), CALL, datetime(2026, 11, 24, tzinfo=ZoneInfo(SYDNEY))), (date(2026, 11, 23), CALL, CALL),
        (date(2026, 11, 23), None, datetime(2026, 11, 23, tzinfo=ZoneInfo(SYDNEY))),
        (date(2021, 1, 1), None, datetime(2021, 1, 1, tzinfo=ZoneInfo(SYDNEY))),
    ],
)  # fmt: skip
def test_p8_a_day_counts_from_its_earliest_moment(day: date | None, began: datetime | None, at: datetime) -> None:
    assert customers.first_asked(day, NOW, date(2026, 11, 24), SYDNEY, began) == at


def test_p8_today_is_the_newest_day_of_a_line_or_of_the_person_wherever_the_home_line_is() -> None:
    """At 09:30 on Wednesday in Sydney a call of the UK line was asked for “yesterday” only."""
    for home in POLICY.lines:
        policy = POLICY.model_copy(update={"company": POLICY.company.model_copy(update={"home_line": home})})
        half_past_nine = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)
        assert newest_day(policy, half_past_nine, "") == date(2026, 11, 25)
        assert newest_day(policy, half_past_nine - timedelta(hours=10), "Pacific/Auckland") == date(2026, 11, 25)


@each(
    ("day", "words"),
    [
        (date(2026, 11, 25), "is in the future"), (date(2020, 12, 31), "check the year"), (date(1, 1, 1), "check the year"),
        (date(2026, 11, 22), "The call was on Mon 23 Nov, and they can’t have asked for it before that."),
    ],
)  # fmt: skip
def test_p8_never_in_the_future_nor_before_the_call(day: date, words: str) -> None:
    with pytest.raises(Refused) as refused:
        customers.first_asked(day, NOW, date(2026, 11, 24), SYDNEY, CALL)
    assert list(refused.value.fields) == ["received_on"]
    assert words in refused.value.fields["received_on"]


@each(
    ("day", "number"),
    [
        (date(2026, 11, 24), 0), (date(2026, 11, 23), 1), (date(2026, 11, 20), 2), (date(2026, 11, 21), 2),
        (date(2026, 11, 10), 10), (date(2026, 11, 9), 11), (date(2026, 11, 25), 0),
    ],
)  # fmt: skip
def test_p8_working_days_are_counted_after_the_day_until_today(day: date, number: int) -> None:
    assert customers.working_days_since(CALENDAR, day, date(2026, 11, 24)) == number


@each(
    ("now", "told"),
    [
        (datetime(2026, 11, 24, 3, tzinfo=UTC), "in 7 working days"), (datetime(2026, 12, 2, 3, tzinfo=UTC), "in 1 working day"),
        (datetime(2026, 12, 3, 3, tzinfo=UTC), "today"), (datetime(2026, 12, 3, 6, tzinfo=UTC), "today"),
        (datetime(2026, 12, 3, 6, 0, 1, tzinfo=UTC), "overdue since today"), (datetime(2026, 12, 4, 3, tzinfo=UTC), "1 working day late"),
        (datetime(2026, 12, 7, 3, tzinfo=UTC), "2 working days late"),
    ],
)  # fmt: skip
def test_p8_what_is_left_is_told_in_working_days_of_the_line(now: datetime, told: str) -> None:
    assert customers.left_words(CALENDAR, datetime(2026, 12, 3, 6, tzinfo=UTC), now) == told
