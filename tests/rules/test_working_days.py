"""P8, P12: working days are counted by the line’s calendar, a local time is a moment, and the rules agree with a count that walks day by day."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.rules import Refused
from handlers.rules.working_days import DECLARED_TO, DayOff, due_after, earliest_due, moment_of, read_moment
from tests.each import each
from tests.rules.days import LONDON, SHIPPED, SYDNEY, a_calendar, a_policy, at, days

EVERY_DAY = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@each(
    ("line", "received", "day0", "last"),
    [
        # the cut-off itself, and anything later
        (SYDNEY, "2026-11-24 17:00:00", "2026-11-24", "2026-12-03"),
        (SYDNEY, "2026-11-24 17:00:00.000001", "2026-11-25", "2026-12-04"),
        # a weekend, and the Friday evening before it
        (SYDNEY, "2026-11-27 17:20", "2026-11-30", "2026-12-09"),
        (SYDNEY, "2026-11-28 10:00", "2026-11-30", "2026-12-09"),
        # year ends: Boxing Day is observed on Monday, New Year's Day is a Friday in 2027, a Saturday in 2028
        (SYDNEY, "2026-12-24 17:01", "2026-12-29", "2027-01-08"),
        (LONDON, "2026-12-24 17:00", "2026-12-24", "2027-01-07"),
        (LONDON, "2027-12-31 17:30", "2028-01-04", "2028-01-13"),
        # Easter: in New South Wales Saturday and Sunday are holidays, too
        (SYDNEY, "2027-03-25 17:20", "2027-03-30", "2027-04-08"),
        (LONDON, "2027-03-25 16:59", "2027-03-25", "2027-04-07"),
        # a holiday that is observed on Monday, in one country alone
        (SYDNEY, "2027-04-22 17:20", "2027-04-23", "2027-05-05"),
        (LONDON, "2027-04-22 17:20", "2027-04-23", "2027-05-05"),
        # 29 February
        (SYDNEY, "2028-02-29 17:00", "2028-02-29", "2028-03-09"),
        (LONDON, "2027-02-26 17:30", "2027-03-01", "2027-03-10"),
        # daylight saving both ways
        (SYDNEY, "2026-10-02 17:00", "2026-10-02", "2026-10-14"),
        (SYDNEY, "2027-04-02 17:00:00.000001", "2027-04-05", "2027-04-14"),
        (LONDON, "2027-03-24 12:00", "2027-03-24", "2027-04-06"),
        (LONDON, "2026-10-23 17:01", "2026-10-26", "2026-11-04"),
        # proclaimed for one year alone
        (SYDNEY, "2022-09-21 17:01", "2022-09-23", "2022-10-05"),
        (LONDON, "2022-09-16 12:00", "2022-09-16", "2022-09-28"),
    ],
)
def test_p8_seven_working_days(line: str, received: str, day0: str, last: str) -> None:
    found = due_after(a_calendar(line), at(received, line), 7)
    assert (found.day0.isoformat(), found.counted[-1].isoformat()) == (day0, last)
    assert (found.at, len(found.counted)) == (at(f"{last} 17:00", line), 7)
    assert (found.local.isoformat()[:16], found.at.tzinfo) == (f"{last}T17:00", UTC)


def test_p8_the_whole_sum_is_kept() -> None:
    """The example of the policy: Anzac Day 2027 is a Sunday, and New South Wales has the Monday off."""
    found = due_after(a_calendar(SYDNEY), at("2027-04-22 17:20", SYDNEY), 7)
    assert found.received == datetime(2027, 4, 22, 7, 20, tzinfo=UTC)
    assert (found.line, found.zone, found.cut_off) == (SYDNEY, "Australia/Sydney", time(17))
    assert (found.late, found.before, found.day0) == (True, (), date(2027, 4, 23))
    assert found.counted == days("2027-04-27 28 29 30") + days("2027-05-03 04 05")
    weekends = [DayOff(day, "weekend") for day in days("2027-04-24 25") + days("2027-05-01 02")]
    holiday = DayOff(date(2027, 4, 26), "public holiday", "ANZAC Day (observed)")
    assert found.skipped == (*weekends[:2], holiday, *weekends[2:])
    assert found.at == datetime(2027, 5, 5, 7, tzinfo=UTC)


def test_p8_the_day_of_receipt_is_the_line_s_wherever_it_was_typed() -> None:
    """08:30 in London is the evening in Sydney; a day later there may be none yet here."""
    typed = at("2026-11-24 08:30", "Europe/London")
    assert due_after(a_calendar(SYDNEY), typed, 1).day0 == date(2026, 11, 25)
    assert due_after(a_calendar(LONDON), typed, 1).day0 == date(2026, 11, 24)
    assert due_after(a_calendar(SYDNEY), at("2026-11-24 14:00", "America/New_York"), 1).day0 == date(2026, 11, 25)


def test_p8_a_closure_day_counts_for_the_lines_that_it_names() -> None:
    closures = (("2026-11-26", SYDNEY), "2026-11-27", "2026-11-28")
    for line, off, last in ((SYDNEY, (26, 27), 7), (LONDON, (27,), 4)):
        found = due_after(a_calendar(line, *closures), at("2026-11-24 12:00", line), 7)
        closed = [one.day.day for one in found.skipped if one.why == "closure day"]
        assert (tuple(closed), found.counted[-1].day) == (off, last)
    assert due_after(a_calendar(SYDNEY, *closures), at("2026-11-26 09:00", SYDNEY), 1).day0 == date(2026, 11, 30)


def test_p8_of_several_lines_the_earliest_moment_counts() -> None:
    received = at("2027-04-22 12:00")
    for lines in ((SYDNEY, LONDON), (LONDON, SYDNEY), (LONDON, SYDNEY, LONDON)):
        found = earliest_due(a_policy(), lines, received, 7)
        assert (found.line, found.at) == (LONDON, at("2027-05-04 17:00", LONDON))
    morning = at("2026-11-24 09:00", LONDON)
    assert earliest_due(a_policy(), (LONDON, SYDNEY), morning, 7).line == LONDON
    assert earliest_due(a_policy(), (LONDON, SYDNEY), at("2026-11-24 05:00"), 7).line == SYDNEY
    assert earliest_due(a_policy(), (SYDNEY,), morning, 7).line == SYDNEY
    with pytest.raises(KeyError):
        earliest_due(a_policy(), (SYDNEY, "+4930123456"), morning, 7)


@each(
    ("line", "cut_off", "received", "day0", "moment"),
    [
        # Sydney skips 02:00 to 03:00 on Sunday 4 October 2026; at 03:00, the end of the gap, it is still in time. The
        # Monday is Labour Day.
        (SYDNEY, "02:30", "2026-10-03T12:00:00Z", "2026-10-04", "2026-10-05T15:30:00Z"),
        (SYDNEY, "02:30", "2026-10-03T16:00:00Z", "2026-10-04", "2026-10-05T15:30:00Z"),
        (SYDNEY, "02:30", "2026-10-03T16:00:00.000001Z", "2026-10-06", "2026-10-06T15:30:00Z"),
        (SYDNEY, "02:30", "2026-10-02T12:00:00Z", "2026-10-03", "2026-10-03T16:00:00Z"),
        # It has them twice on 4 April 2027, and the first counts.
        (SYDNEY, "02:30", "2027-04-03T15:30:00Z", "2027-04-04", "2027-04-04T16:30:00Z"),
        (SYDNEY, "02:30", "2027-04-03T15:30:00.000001Z", "2027-04-05", "2027-04-05T16:30:00Z"),
        (SYDNEY, "02:30", "2027-04-02T16:00:00Z", "2027-04-04", "2027-04-04T16:30:00Z"),
        # London skips 01:00 to 02:00 on 29 March 2026, and has it twice on 25 October 2026
        (LONDON, "01:30", "2026-03-28T01:00:00Z", "2026-03-28", "2026-03-29T01:00:00Z"),
        (LONDON, "01:30", "2026-03-29T01:00:00.000001Z", "2026-03-30", "2026-03-31T00:30:00Z"),
        (LONDON, "01:30", "2026-10-24T00:30:00Z", "2026-10-24", "2026-10-25T00:30:00Z"),
        (LONDON, "01:30", "2026-10-25T00:30:00.000001Z", "2026-10-26", "2026-10-27T01:30:00Z"),
        (LONDON, "01:30", "2026-10-25T01:10:00Z", "2026-10-26", "2026-10-27T01:30:00Z"),
    ],
)
def test_p8_a_cut_off_skipped_or_repeated(line: str, cut_off: str, received: str, day0: str, moment: str) -> None:
    calendar = a_calendar(line, days=EVERY_DAY, start="00:15", cut_off=cut_off)
    found = due_after(calendar, datetime.fromisoformat(received), 1)
    assert (found.day0.isoformat(), found.at) == (day0, datetime.fromisoformat(moment))


def test_p8_years_whose_holidays_no_one_has_declared_yet_are_named() -> None:
    calendar = a_calendar(SYDNEY)
    assert due_after(calendar, at("2026-11-24 12:00", SYDNEY), 7).undeclared == ()
    assert due_after(calendar, at("2026-12-24 12:00", SYDNEY), 7).undeclared == (2027,)
    assert due_after(calendar, at("2027-12-24 12:00", SYDNEY), 7).undeclared == (2027, 2028)


ZONE = "Australia/Sydney"


@each(
    ("day", "clock", "zone", "moment"),
    [
        (date(2026, 10, 4), time(2, 30), ZONE, "2026-10-03T16:00:00+00:00"),
        (date(2026, 4, 5), time(2, 30), ZONE, "2026-04-04T15:30:00+00:00"),
        (date(2027, 3, 28), time(1, 30), "Europe/London", "2027-03-28T01:00:00+00:00"),
        (date(2026, 10, 25), time(1, 30), "Europe/London", "2026-10-25T00:30:00+00:00"),
        (date(2026, 10, 4), time(2, 10), "Australia/Lord_Howe", "2026-10-03T15:30:00+00:00"),
        (date(2028, 2, 29), time(17), ZONE, "2028-02-29T06:00:00+00:00"),
    ],
)
def test_p8_p12_a_gap_ends_and_of_two_the_first_counts(day: date, clock: time, zone: str, moment: str) -> None:
    found = moment_of(day, clock, zone)
    assert (found.isoformat(), found.tzinfo) == (moment, UTC)


@given(
    st.dates(date(2020, 1, 1), date(2037, 12, 31)),
    st.times(),
    st.sampled_from([ZONE, "Europe/London", "America/New_York", "Australia/Lord_Howe"]),
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
    assert read_moment(typed, ZONE).astimezone(UTC).isoformat() == moment


@each(
    ("typed", "sentence"),
    [
        ("", "“” isn't a date and a time. Write it like 2027-04-22T17:20, or 2027-04-22T17:20+10:00."),
        ("22/04/2027 17:20", "“22/04/2027 17:20” isn't a date and a time. Write it like"),
        ("x" * 400, f"“{'x' * 40}…” isn't a date and a time. Write it like"),
        ("2027-04-22", "“2027-04-22” has no time of day. Write it like"),
        ("2027-02-29T10:00", "“2027-02-29T10:00” isn't a date and a time. Write it like"),
        ("2027-04-22T17:20+25:00", "“2027-04-22T17:20+25:00” isn't a date and a time."),
        ("9999-12-31T23:59:59.9999999", "I can't count in the year 9999. Write one from 1900 to 2100."),
        ("2026-10-04T02:30", "02:30 on 2026-10-04 doesn't exist in Australia/Sydney, where clocks go forward. Write a time"),
        ("2026-04-05T02:30", "02:30 on 2026-04-05 comes twice in Australia/Sydney. Add +11:00 for the first, +10:00"),
    ],
)  # fmt: skip
def test_p8_what_cannot_be_meant_for_certain_is_refused_with_the_remedy(typed: str, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        read_moment(typed, ZONE)
    assert refused.value.sentence.startswith(sentence)
    assert refused.value.sentence.endswith(".")


YEARS = range(2024, 2036)
SETS = {
    line: frozenset(holidays.country_holidays(country, subdiv=part, years=YEARS))
    for line, country, part in ((SYDNEY, "AU", "NSW"), (LONDON, "GB", "ENG"))
}
PLACES = {SYDNEY: "Australia/Sydney", LONDON: "Europe/London"}
MINUTE = timedelta(minutes=1)


@cache
def five_o_clock(line: str, day: date) -> datetime:
    """By looking at the clock on the wall, minute after minute."""
    moment = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
    wanted = (day, 17)
    while True:
        wall = moment.astimezone(ZoneInfo(PLACES[line]))
        if (wall.date(), wall.hour) == wanted and wall.minute == 0:
            return moment
        moment += MINUTE


def is_open(line: str, day: date, shut: frozenset[date]) -> bool:
    return day.isoweekday() <= 5 and day not in SETS[line] and day not in shut


def counted_by_hand(line: str, received: datetime, wanted: int, shut: frozenset[date]) -> datetime:
    """Wait for the office to take it in; then tick off the days on which it is open."""
    day = received.astimezone(ZoneInfo(PLACES[line])).date()
    taken = False
    ticked = 0
    while True:
        if is_open(line, day, shut):
            ticked += taken
            taken = taken or received <= five_o_clock(line, day)
            if ticked == wanted:
                return five_o_clock(line, day)
        day = date.fromordinal(day.toordinal() + 1)


MOMENTS = st.datetimes(datetime(2024, 1, 2), datetime(2034, 12, 1), timezones=st.just(UTC))


@settings(deadline=None)  # a policy is read for each
@given(
    line=st.sampled_from([SYDNEY, LONDON]),
    received=MOMENTS,
    wanted=st.integers(1, 30),
    shut=st.frozensets(st.integers(1, 60), max_size=6),
)
def test_p8_any_moment_is_counted_as_by_hand(line: str, received: datetime, wanted: int, shut: frozenset[int]) -> None:
    closures = frozenset(received.date() + timedelta(days=day) for day in shut)
    calendar = a_calendar(line, *(day.isoformat() for day in sorted(closures)))
    assert due_after(calendar, received, wanted).at == counted_by_hand(line, received, wanted, closures)


def test_p8_holidays_count_as_declared_up_to_the_year_of_the_library_s_release() -> None:
    """An engineer who takes a newer library looks at this year, too."""
    lock = (SHIPPED.parent / "uv.lock").read_text(encoding="utf-8")
    package = lock[lock.index('name = "holidays"') :]
    assert package[package.index("upload-time") :].startswith(f'upload-time = "{DECLARED_TO}-')
