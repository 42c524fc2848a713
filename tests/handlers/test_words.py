"""How a moment, a number and a question are named to people."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import handlers
from handlers.cards import When, Written
from handlers.phrases import (
    as_plain_text,
    coming_day,
    holiday_caution,
    list_words,
    masked_number,
    moment_and_notes,
    moment_words,
    sum_words,
    time_left_words,
)
from handlers.rules.working_days import due_after
from tests.each import each
from tests.moments import NOW
from tests.rules.days import LONDON, SYDNEY, a_calendar, at


def test_no_room_takes_its_day_from_utc() -> None:
    """In Sydney that is another day until the forenoon, and on New Year's Day another year."""
    rooms = Path(handlers.__file__).parent.rglob("*.py")
    assert [one.name for one in rooms if re.search(r"\bnow\.date\(\)", one.read_text(encoding="utf-8"))] == []


@each(
    ("at", "zone", "words"),
    [
        (datetime(2026, 11, 24, 3, 4, tzinfo=UTC), "Australia/Sydney", "Tue 24 Nov, 14:04 Sydney"),
        (datetime(2026, 12, 31, 15, tzinfo=UTC), "America/Los_Angeles", "Thu 31 Dec, 07:00 Los Angeles"),
        (datetime(2026, 12, 31, 15, tzinfo=UTC), "Australia/Sydney", "Fri 1 Jan 2027, 02:00 Sydney"),
        (datetime(2026, 12, 31, 15, tzinfo=UTC), "Nowhere/At_All", "Thu 31 Dec, 15:00 UTC"),
    ],
)
def test_a_moment_has_its_year_where_that_is_another_one(at: datetime, zone: str, words: str) -> None:
    assert moment_words(at, zone, NOW) == words


@each(
    ("reader", "brief", "words"),
    [
        ("Europe/London", False, "Tue 24 Nov, 03:00 London (in 2 days; 14:00 Sydney)"),
        ("Europe/London", True, "Tue 24 Nov, 03:00 (in 2 days)"),
        ("Pacific/Honolulu", False, "Mon 23 Nov, 17:00 Honolulu (in 2 days; Tue 24 Nov, 14:00 Sydney)"),
        ("Pacific/Honolulu", True, "Mon 23 Nov, 17:00 (in 2 days; Tue 24 Nov, 14:00 Sydney)"),
        ("Australia/Melbourne", False, "Tue 24 Nov, 14:00 Melbourne (in 2 days)"),
        ("Nowhere/At_All", True, "Tue 24 Nov, 03:00 UTC (in 2 days)"),
    ],
)
def test_d1_a_moment_shows_how_far_off_it_is_and_the_lines_time(reader: str, brief: bool, words: str) -> None:
    assert moment_and_notes(When(NOW, "Australia/Sydney", NOW, "in 2 days", brief=brief), reader) == words


@each(
    ("after", "zone", "day"),
    [
        (timedelta(days=2), "Australia/Sydney", "Thursday"), (timedelta(days=2, hours=11), "Australia/Sydney", "Friday"),
        (timedelta(days=2, hours=11), "Europe/London", "Friday (Sydney)"), (timedelta(days=6), "Australia/Sydney", "Mon 30 Nov"),
    ],
)  # fmt: skip
def test_a_day_to_come_is_the_lines_with_its_city_where_the_readers_differs(
    after: timedelta, zone: str, day: str
) -> None:
    assert coming_day(When(NOW + after, "Australia/Sydney"), zone, NOW) == day


@each(
    ("span", "left"),
    [
        (timedelta(days=7), "in 7 days"), (timedelta(days=6, hours=13), "in 7 days"),
        (timedelta(hours=47), "in 47 hours"), (timedelta(minutes=119), "in 119 minutes"),
        (timedelta(seconds=5), "in 1 minute"), (timedelta(0), ""), (timedelta(days=-1), ""),
    ],
)  # fmt: skip
def test_d1_how_far_off_something_is_has_the_largest_unit_that_it_fills_twice(span: timedelta, left: str) -> None:
    assert time_left_words(NOW + span, NOW) == left


@each(("number", "shown"), [("+61412345678", "••••\N{NO-BREAK SPACE}678"), ("", "number withheld"), ("+61412", "••••")])
def test_p7_a_masked_number_stays_in_one_line(number: str, shown: str) -> None:
    assert masked_number(number) == shown


@each(("names", "told"), [((), ""), (("A",), "A"), (("A", "B"), "A or B"), (("A", "B", "C"), "A, B or C")])
def test_several_are_listed_with_commas_and_a_word_before_the_last(names: tuple[str, ...], told: str) -> None:
    assert list_words(names, "or") == told


EARLY = datetime(2027, 1, 4, tzinfo=UTC)


@each(
    ("line", "received", "words"),
    [
        (
            SYDNEY, "2027-04-22 17:20",
            ("Received Thu 22 Apr, 17:20 Sydney, after 17:00 Sydney, so it counts as Fri 23 Apr. "
            "Mon 26 Apr is a public holiday, ANZAC Day (observed). Due Wed 5 May, 17:00 Sydney, on working day 7."),
        ),
        (LONDON, "2027-06-07 17:00", "Received Mon 7 Jun, 17:00 London. Due Wed 16 Jun, 17:00 London, on working day 7."),
        (
            LONDON, "2027-06-12 10:00",
            ("Received Sat 12 Jun, 10:00 London, on a weekend, so it counts as Mon 14 Jun. "
            "Due Wed 23 Jun, 17:00 London, on working day 7."),
        ),
    ],
)  # fmt: skip
def test_p8_the_sum_in_words(line: str, received: str, words: str) -> None:
    found = due_after(a_calendar(line), at(received, line), 7)
    assert as_plain_text(sum_words(found, EARLY), found.zone) == words


def test_p8_a_person_elsewhere_reads_their_own_time_and_the_line_s() -> None:
    found = due_after(a_calendar(SYDNEY), at("2027-04-22 17:20", SYDNEY), 7)
    told = as_plain_text(sum_words(found, EARLY), "Europe/London")
    assert told.startswith(
        "Received Thu 22 Apr, 08:20 London (17:20 Sydney), after 17:00 Sydney, so it counts as Fri 23"
    )
    assert told.endswith("Due Wed 5 May, 08:00 London (17:00 Sydney), on working day 7.")
    told = as_plain_text(sum_words(found, EARLY), "America/Los_Angeles")
    assert "Due Wed 5 May, 00:00 Los Angeles (17:00 Sydney)" in told


def test_p8_holidays_that_may_be_missing_are_told() -> None:
    told = [
        holiday_caution(due_after(a_calendar(SYDNEY), at(f"{day} 12:00", SYDNEY), 7))
        for day in ("2026-11-24", "2027-12-30")
    ]
    assert told == ["", "The public holidays of 2027 and 2028 may not all be declared yet."]


@each(
    "link",
    [
        "javascript:alert(1)", "steward.example.com", "https://x.example/a b", "https://x.example/<b>",
        "https://x.example/\n",
    ],
)  # fmt: skip
def test_p8_nothing_else_is(link: str) -> None:
    with pytest.raises(ValueError, match="a web address"):
        Written("Your copy", "Dear Jo,", (), link, "Open")
