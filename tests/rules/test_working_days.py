"""P8: working days are counted by the line's calendar, and the whole sum is kept."""

from datetime import UTC, date, datetime, time

import pytest

from handlers.rules.working_days import DayOff, due_after, earliest_due
from tests.each import each

from .days import LONDON, SYDNEY, a_calendar, a_policy, at, days

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
def test_p8_a_cut_off_that_is_skipped_is_the_end_of_the_gap_and_of_two_the_first(
    line: str, cut_off: str, received: str, day0: str, moment: str
) -> None:
    calendar = a_calendar(line, days=EVERY_DAY, start="00:15", cut_off=cut_off)
    found = due_after(calendar, datetime.fromisoformat(received), 1)
    assert (found.day0.isoformat(), found.at) == (day0, datetime.fromisoformat(moment))


def test_p8_years_whose_holidays_nobody_has_declared_yet_are_named() -> None:
    calendar = a_calendar(SYDNEY)
    assert due_after(calendar, at("2026-11-24 12:00", SYDNEY), 7).undeclared == ()
    assert due_after(calendar, at("2026-12-24 12:00", SYDNEY), 7).undeclared == (2027,)
    assert due_after(calendar, at("2027-12-24 12:00", SYDNEY), 7).undeclared == (2027, 2028)
