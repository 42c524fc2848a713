"""P8, P12: a local time is a moment, also where daylight saving skips it or has it twice; what is typed is read or refused."""

from datetime import UTC, date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.refusal import Refused
from handlers.rules.working_days import moment_of, read_moment
from tests.each import each

SYDNEY = "Australia/Sydney"


@each(
    ("day", "clock", "zone", "moment"),
    [
        (date(2026, 10, 4), time(2, 30), SYDNEY, "2026-10-03T16:00:00+00:00"),
        (date(2026, 4, 5), time(2, 30), SYDNEY, "2026-04-04T15:30:00+00:00"),
        (date(2027, 3, 28), time(1, 30), "Europe/London", "2027-03-28T01:00:00+00:00"),
        (date(2026, 10, 25), time(1, 30), "Europe/London", "2026-10-25T00:30:00+00:00"),
        (date(2026, 10, 4), time(2, 10), "Australia/Lord_Howe", "2026-10-03T15:30:00+00:00"),
        (date(2028, 2, 29), time(17), SYDNEY, "2028-02-29T06:00:00+00:00"),
    ],
)
def test_p8_p12_a_gap_ends_and_of_two_the_first_counts(day: date, clock: time, zone: str, moment: str) -> None:
    found = moment_of(day, clock, zone)
    assert (found.isoformat(), found.tzinfo) == (moment, UTC)


@given(
    st.dates(date(2020, 1, 1), date(2037, 12, 31)),
    st.times(),
    st.sampled_from([SYDNEY, "Europe/London", "America/New_York", "Australia/Lord_Howe"]),
)
def test_p8_no_earlier_moment_shows_that_time_or_a_later_one_of_that_day(day: date, clock: time, zone: str) -> None:
    """It is the first moment at which the clock on the wall has come so far."""
    found, here = moment_of(day, clock, zone), ZoneInfo(zone)
    local = found.astimezone(here)
    assert (local.date(), local.time()) >= (day, clock)
    just_before = (found - timedelta(microseconds=1)).astimezone(here)
    assert (just_before.date(), just_before.time()) < (day, clock)


@each(
    ("typed", "moment"),
    [
        ("2027-04-22T17:20", "2027-04-22T07:20:00+00:00"),
        ("2027-04-22t17:20z", "2027-04-22T17:20:00+00:00"),
        ("2027-04-22 17:20:30.5 +01:00", "2027-04-22T16:20:30.500000+00:00"),
        ("2026-10-04T02:30+10:00", "2026-10-03T16:30:00+00:00"),
        ("2026-04-05T02:30+11:00", "2026-04-04T15:30:00+00:00"),
        ("2027-W16-4T17:20", "2027-04-22T07:20:00+00:00"),
        ("2027-04-22T17:20−03:30", "2027-04-22T20:50:00+00:00"),
    ],
)
def test_p8_a_time_is_the_line_s_unless_it_says_otherwise(typed: str, moment: str) -> None:
    assert read_moment(typed, SYDNEY).astimezone(UTC).isoformat() == moment


@each(
    ("typed", "sentence"),
    [
        ("", "“” isn't a date and a time. Write it like 2027-04-22T17:20, or 2027-04-22T17:20+10:00."),
        ("22/04/2027 17:20", "“22/04/2027 17:20” isn't a date and a time. Write it like"),
        ("x" * 400, f"“{'x' * 40}…” isn't a date and a time. Write it like"),
        ("2027-04-22", "“2027-04-22” has no time of day. Write it like"),
        ("2027-02-29T10:00", "“2027-02-29T10:00” isn't a date and a time. Write it like"),
        ("2027-04-22T17:20+25:00", "“2027-04-22T17:20+25:00” isn't a date and a time."),
        ("9999-12-31T23:59:59.9999999", "The year 9999 can't be counted. Write one from 1900 to 2100."),
        ("2026-10-04T02:30", "02:30 on 2026-10-04 does not exist in Australia/Sydney, where clocks go forward. Write a time"),
        ("2026-04-05T02:30", "02:30 on 2026-04-05 comes twice in Australia/Sydney. Write +11:00 behind it for the first, +10:00"),
    ],
)  # fmt: skip
def test_p8_what_can_not_be_meant_for_certain_is_refused_with_the_remedy(typed: str, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        read_moment(typed, SYDNEY)
    assert refused.value.sentence.startswith(sentence)
    assert refused.value.sentence.endswith(".")
