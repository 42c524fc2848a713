"""P7: days as people write them: one, a week, a month or a span, and never one that is yet to come."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.days import day_in, days_in
from tests.each import each

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
        ("24.11.2026", on(11, 24)), ("24.11.", on(11, 24)), ("24.11", on(11, 24)), ("24-11-2026", on(11, 24)), ("2026-11-24", on(11, 24)),
        ("2026-1-4", on(1, 4)), ("24 nov", on(11, 24)), ("24nov", on(11, 24)), ("24. november", on(11, 24)),
        ("24th of november, 2025", on(11, 24, 2025)), ("nov 24", on(11, 24)), ("sept 3rd", on(9, 3)), ("may 1", on(5, 1)),
        ("29 feb", on(2, 29, 2024)), ("today", on(11, 26)), ("yesterday's", on(11, 25)), ("the day before yesterday", on(11, 24)),
        ("this morning", on(11, 26)), ("tonight", on(11, 26)),
        ("tues", on(11, 24)), ("tuesday’s", on(11, 24)), ("wed", on(11, 25)), ("sun", on(11, 22)), ("on sunday", on(11, 22)),
        ("thursday", on(11, 26)), ("this thursday", on(11, 26)), ("last thursday", on(11, 19)), ("on last thursday", on(11, 19)),
        ("last wednesday", on(11, 25)), ("last friday", on(11, 20)), ("3 days ago", on(11, 23)), ("a couple of days ago", on(11, 24)),
        ("on the 3rd", on(11, 3)), ("the 30th", on(10, 30)), ("the 31st", on(10, 31)), ("24th", on(11, 24)),
        ("tue 24 nov", on(11, 24)), ("tuesday, 24/11", on(11, 24)), ("sun 30 nov 2025", on(11, 30, 2025)), ("friday 13th", on(11, 13)),
        ("thursday last week", on(11, 19)), ("last week on friday", on(11, 20)), ("nov. 24", on(11, 24)), ("24-11", on(11, 24)),
        ("2026/11/24", on(11, 24)), ("20261124", on(11, 24)), ("24. 11. 2026", on(11, 24)), ("3-nov-2026", on(11, 3)), ("24 nov 26", on(11, 24)),
        ("24 nov ’25", on(11, 24, 2025)),
    ],
)  # fmt: skip
def test_a_day_in_any_usual_writing(typed: str, days: tuple[date, date]) -> None:
    """“last thursday” said on a Thursday is the one of last week."""
    assert days_in(typed, TODAY) == (days, "")


@each(
    ("typed", "first", "last"),
    [
        ("last week", "2026-11-16", "2026-11-22"), ("of last week", "2026-11-16", "2026-11-22"), ("this week", "2026-11-23", "2026-11-26"),
        ("the week before last", "2026-11-09", "2026-11-15"), ("month before last", "2026-09-01", "2026-09-30"),
        ("two weeks ago", "2026-11-09", "2026-11-15"), ("a month ago", "2026-10-01", "2026-10-31"),
        ("november", "2026-11-01", "2026-11-26"), ("in december", "2025-12-01", "2025-12-31"), ("last november", "2025-11-01", "2025-11-30"),
        ("this november", "2026-11-01", "2026-11-26"), ("last may", "2026-05-01", "2026-05-31"), ("nov 2025", "2025-11-01", "2025-11-30"),
        ("2025-11", "2025-11-01", "2025-11-30"), ("11/2025", "2025-11-01", "2025-11-30"), ("nov 2027", "2027-11-01", "2027-11-01"),
        ("last month", "2026-10-01", "2026-10-31"), ("this month", "2026-11-01", "2026-11-26"), ("this year", "2026-01-01", "2026-11-26"),
        ("last year", "2025-01-01", "2025-12-31"), ("in 2025", "2025-01-01", "2025-12-31"), ("in 2027", "2027-01-01", "2027-01-01"),
        ("last 3 days", "2026-11-23", "2026-11-26"), ("the past two weeks", "2026-11-12", "2026-11-26"),
        ("16 to 22 november", "2026-11-16", "2026-11-22"), ("3-5 oct 2025", "2025-10-03", "2025-10-05"),
        ("24/11 - 26/11", "2026-11-24", "2026-11-26"), ("2026-11-16 to 2026-11-22", "2026-11-16", "2026-11-22"),
        ("from monday to wednesday", "2026-11-23", "2026-11-25"), ("between monday and friday", "2026-11-23", "2026-11-26"),
        ("since monday", "2026-11-23", "2026-11-26"), ("since last week", "2026-11-16", "2026-11-26"),
        ("since november", "2026-11-01", "2026-11-26"), ("nov '25", "2025-11-01", "2025-11-30"), ("in ’25", "2025-01-01", "2025-12-31"),
        ("last 3 months", "2026-08-28", "2026-11-26"), ("last weekend", "2026-11-21", "2026-11-22"), ("the weekend", "2026-11-21", "2026-11-22"),
        ("24/11-26/11", "2026-11-24", "2026-11-26"), ("24.11.-26.11.", "2026-11-24", "2026-11-26"), ("mon-wed", "2026-11-23", "2026-11-25"),
        ("oct-nov", "2026-10-01", "2026-11-26"), ("between 24 and 26 november", "2026-11-24", "2026-11-26"),
        ("before 20 november", "2000-01-01", "2026-11-19"), ("after 20 november", "2026-11-21", "2026-11-26"),
        ("until the 20th", "2000-01-01", "2026-11-20"), ("after today", "2026-11-27", "2026-11-27"), ("before 1/1/1999", "1998-12-31", "1998-12-31"), ("oct 2026 to nov 2026", "2026-10-01", "2026-11-26"),
    ],
)  # fmt: skip
def test_several_days(typed: str, first: str, last: str) -> None:
    assert days_in(typed, TODAY) == (span(first, last), "")


@each(
    ("typed", "days", "rest"),
    [
        ("anna yesterday", on(11, 25), "anna"), ("24/11 345 678", on(11, 24), "345 678"), ("quill from monday to tuesday cs-1", span("2026-11-23", "2026-11-24"), "quill cs-1"),
        ("26/11 to 1/11", on(11, 26), "to 1/11"), ("monday and quill", on(11, 23), "and quill"), ("22 to 16 november", on(11, 16), "22 to"),
        ("31 to 5 november", on(11, 5), "31 to"), ("31/02", None, "31/02"), ("32/01/2026", None, "32/01/2026"), ("0/0", None, "0/0"), ("10.44", None, "10.44"),
        ("31 november", None, "31 november"), ("november 31", None, "november 31"), ("wednesday 24 nov", on(11, 24), "wednesday"),
        ("24 nov 10442", on(11, 24), "10442"),
        ("13/2025", None, "13/2025"), ("2026-13", None, "2026-13"), ("the 45th", None, "the 45th"), ("0412.34", None, "0412.34"), ("may i hear", None, "may i hear"), ("week", None, "week"),
        ("cs-2026-11-24", None, "cs-2026-11-24"), ("", None, ""),
    ],
)  # fmt: skip
def test_what_is_no_day_stays(typed: str, days: tuple[date, date] | None, rest: str) -> None:
    assert days_in(typed, TODAY) == (days, rest)


def test_in_a_sentence_a_weekday_is_written_out_and_one_day_alone_is_meant() -> None:
    assert days_in("she sat there", TODAY, sentence=True) == (None, "she sat there")
    assert day_in("she sat there on tuesday", TODAY) == (date(2026, 11, 24), "she sat there")
    assert day_in("a call of last week", TODAY) == (None, "a call of last week")
    assert day_in("a call of last week, on friday", TODAY)[0] == date(2026, 11, 20)


@given(st.text(max_size=120), st.dates(date(1971, 1, 1), date(2099, 12, 31)))
def test_anything_can_be_typed(typed: str, today: date) -> None:
    days, _ = days_in(typed.casefold(), today)
    assert days is None or days[0] <= days[1]


@given(st.dates(date(2000, 1, 1), TODAY))
def test_a_whole_date_is_read_back_in_every_writing(day: date) -> None:
    for written in (f"{day:%d/%m/%Y}", f"{day:%Y-%m-%d}", f"{day.day} {day:%B %Y}", f"{day:%b} {day.day}, {day.year}"):
        assert days_in(written.casefold(), TODAY) == ((day, day), "")


@given(st.integers(0, 365))
def test_a_day_without_year_is_never_in_the_future(ago: int) -> None:
    day = TODAY - timedelta(days=ago)
    found, _ = days_in(f"{day.day}/{day.month}", TODAY)
    assert found is not None
    assert found[0] in (day, day + timedelta(days=365))


@each("today", [date(2026, 11, 28), date(2026, 11, 29)])
def test_on_a_weekend_the_last_one_is_that_of_the_week_before(today: date) -> None:
    assert days_in("last weekend", today)[0] == span("2026-11-21", "2026-11-22")
    assert days_in("this weekend", today)[0] == (date(2026, 11, 28), today)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.sampled_from(["monday", "thu", "sunday"]))
def test_a_last_weekday_is_one_of_the_seven_days_before_today(today: date, name: str) -> None:
    found, _ = days_in(f"last {name}", today)
    assert found is not None
    assert 1 <= (today - found[0]).days <= 7
    assert f"{found[0]:%A}".casefold().startswith(name[:3])
