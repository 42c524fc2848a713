"""P8: how a due moment was counted is told in words, in the line's zone and in the reader's where that differs."""

from __future__ import annotations

from datetime import UTC, datetime

from handlers.rules.working_days import DayOff, due
from handlers.words import caution, in_words, sum_words, why_off
from tests.each import each
from tests.rules.days import LONDON, SYDNEY, a_calendar, at, days

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
        (
            LONDON, "2027-03-25 18:00",
            ("Received Thu 25 Mar, 18:00 London, after 17:00 London, so it counts as Tue 30 Mar. "
            "Fri 26 Mar is a public holiday, Good Friday. Mon 29 Mar is a public holiday, Easter Monday. "
            "Due Thu 8 Apr, 17:00 London, on working day 7."),
        ),
        (
            LONDON, "2027-03-26 18:00",
            ("Received Fri 26 Mar, 18:00 London, on a public holiday, Good Friday, so it counts as Tue 30 Mar. "
            "Mon 29 Mar is a public holiday, Easter Monday. Due Thu 8 Apr, 17:00 London, on working day 7."),
        ),
    ],
)  # fmt: skip
def test_p8_the_sum_in_words(line: str, received: str, words: str) -> None:
    found = due(a_calendar(line), at(received, line), 7)
    assert in_words(sum_words(found, EARLY), found.zone) == words


def test_p8_whoever_is_elsewhere_reads_the_own_time_and_the_line_s() -> None:
    found = due(a_calendar(SYDNEY), at("2027-04-22 17:20", SYDNEY), 7)
    told = in_words(sum_words(found, EARLY), "Europe/London")
    assert told.startswith(
        "Received Thu 22 Apr, 08:20 London (17:20 Sydney), after 17:00 Sydney, so it counts as Fri 23"
    )
    assert told.endswith("Due Wed 5 May, 08:00 London (17:00 Sydney), on working day 7.")
    told = in_words(sum_words(found, EARLY), "America/Los_Angeles")
    assert "Due Wed 5 May, 00:00 Los Angeles (17:00 Sydney)" in told


def test_p8_a_closure_day_is_named_and_a_day_in_the_week_is_no_weekend() -> None:
    calendar = a_calendar(LONDON, "2027-06-08", days=("monday", "tuesday", "thursday", "friday"))
    found = due(calendar, at("2027-06-08 09:00", LONDON), 1)
    told = in_words(sum_words(found, EARLY), found.zone)
    assert told.startswith(
        "Received Tue 8 Jun, 09:00 London, on a closure day, so it counts as Thu 10 Jun. Due Fri 11 Jun"
    )
    [wednesday, saturday] = (DayOff(day, "weekend") for day in days("2027-06-09 12"))
    assert (why_off(wednesday), why_off(saturday)) == ("day on which no one works", "weekend")


def test_p8_holidays_that_may_be_missing_are_told() -> None:
    told = [caution(due(a_calendar(SYDNEY), at(f"{day} 12:00", SYDNEY), 7)) for day in ("2026-11-24", "2027-12-30")]
    assert told == ["", "The public holidays of 2027 and 2028 may not all be declared yet."]
