"""The table of reminders and steps, row by row, when each falls, and that reminders come in working hours (P7, P8, P9, P12)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.rules.deadlines import (
    REMINDERS,
    before_end,
    calendar_and_zone_of,
    last_working_moment,
    next_working_moment,
    reminder_moment,
    schedule_silence,
)
from handlers.rules.working_days import calendar_of, due_after
from tests.each import each
from tests.rules.days import LONDON, SYDNEY, a_calendar, a_policy, utc

LATER = "2027-06-01 12:00"


@each(
    ("moment", "zone", "reminded"),
    [
        # within the hours, both ends included
        ("2026-11-24 09:00", "Australia/Sydney", "2026-11-24 09:00"),
        ("2026-11-24 17:00", "Australia/Sydney", "2026-11-25 09:00"),
        # before and after them, over a weekend, over holidays
        ("2026-11-24 08:59", "Australia/Sydney", "2026-11-24 09:00"),
        ("2026-11-27 17:01", "Australia/Sydney", "2026-11-30 09:00"),
        ("2026-12-24 18:00", "Europe/London", "2026-12-29 09:00"),
        # New South Wales has Anzac Day off, England the Monday after
        ("2027-04-26 10:00", "Australia/Sydney", "2027-04-27 09:00"),
        ("2027-04-26 10:00", "Europe/London", "2027-04-26 10:00"),
        # daylight saving in between: 09:00 stays 09:00
        ("2026-10-02 18:00", "Australia/Sydney", "2026-10-06 09:00"),
        ("2027-03-26 18:00", "Europe/London", "2027-03-30 09:00"),
        # a person elsewhere has their own hours, on the days of the matter's line
        ("2027-04-26 10:00", "America/New_York", "2027-04-27 09:00"),
        ("2027-05-03 10:00", "America/New_York", "2027-05-03 10:00"),
        # Slack's name of Sydney's zone; and a zone that nobody knows
        ("2027-04-26 10:00", "Australia/Canberra", "2027-04-27 09:00"),
    ],
)
def test_a_reminder_comes_in_the_readers_own_hours(moment: str, zone: str, reminded: str) -> None:
    found = reminder_moment(a_policy(), utc(moment, zone), zone, SYDNEY, utc(LATER))
    assert (found, found.tzinfo) == (utc(reminded, zone), UTC)


@each(
    ("moment", "zone", "deadline", "reminded"),
    [
        # due 17:00 in Sydney is 06:00 in London, before work begins there
        ("2026-11-24 06:00", "Europe/London", "2026-11-25 06:00", "2026-11-24 09:00"),
        ("2026-11-25 05:00", "Europe/London", "2026-11-25 06:00", "2026-11-24 17:00"),
        ("2026-11-24 16:59", "Europe/London", "2026-11-25 06:00", "2026-11-24 16:59"),
        # on a Monday, or after Easter, that is days before
        ("2026-11-29 12:00", "Europe/London", "2026-11-30 06:00", "2026-11-27 17:00"),
        ("2027-03-29 12:00", "Europe/London", "2027-03-30 07:00", "2027-03-25 17:00"),
        # due when work begins, or while it lasts
        ("2026-11-24 20:00", "Europe/London", "2026-11-25 09:00", "2026-11-25 09:00"),
        ("2026-11-24 20:00", "Europe/London", "2026-11-25 11:00", "2026-11-25 09:00"),
        # one that would come after what it reminds of
        ("2026-11-25 12:00", "Europe/London", "2026-11-25 11:00", "2026-11-25 11:00"),
    ],
)
def test_a_reminder_never_comes_too_late(moment: str, zone: str, deadline: str, reminded: str) -> None:
    found = reminder_moment(a_policy(), utc(moment, zone), zone, SYDNEY, utc(deadline, zone))
    assert found == utc(reminded, zone)


@each(
    ("zone", "line", "days", "here"),
    [
        ("Europe/London", SYDNEY, LONDON, "Europe/London"),
        ("Australia/Canberra", LONDON, SYDNEY, "Australia/Canberra"),
        ("Europe/Belfast", SYDNEY, LONDON, "Europe/Belfast"),
        ("Europe/Dublin", SYDNEY, SYDNEY, "Europe/Dublin"),
        ("Australia/Melbourne", LONDON, LONDON, "Australia/Melbourne"),
        ("", SYDNEY, SYDNEY, "Australia/Sydney"),
        ("Nowhere/At_All", LONDON, LONDON, "Europe/London"),
        ("../etc", LONDON, LONDON, "Europe/London"),
    ],
)
def test_the_days_are_those_of_the_line_in_their_zone(zone: str, line: str, days: str, here: str) -> None:
    calendar, found = calendar_and_zone_of(a_policy(), zone, line)
    assert (calendar.line, found) == (days, here)


@settings(deadline=None)  # it walks through whole weekends
@given(
    moment=st.datetimes(datetime(2025, 1, 10), datetime(2034, 1, 1), timezones=st.just(UTC)),
    zone=st.sampled_from(
        ["Australia/Sydney", "Europe/London", "America/New_York", "Pacific/Kiritimati", "Asia/Kolkata"]
    ),
    line=st.sampled_from([SYDNEY, LONDON]),
)
def test_no_working_moment_lies_between(moment: datetime, zone: str, line: str) -> None:
    """Quarter by quarter of an hour."""
    calendar = a_calendar(line)

    def at_work(when: datetime) -> bool:
        wall = when.astimezone(ZoneInfo(zone))
        minutes = wall.hour * 60 + wall.minute + wall.second / 60 + wall.microsecond / 6e7
        return calendar.off(wall.date()) is None and 9 * 60 <= minutes <= 17 * 60

    after, before = next_working_moment(calendar, moment, zone), last_working_moment(calendar, moment, zone)
    assert before <= moment <= after
    assert at_work(after)
    assert at_work(before)
    between = before + timedelta(minutes=1)
    while between < after:
        assert not at_work(between) or before == after
        between += timedelta(minutes=15)


ROWS = [
    ("access.remind", "approver", 1), ("access.deputy", "deputy", 2), ("access.next", "next", 3),
    ("access.lapse", "requester", 10), ("access.lapse", "approver", 10), ("access.nudge", "approver", None),
    ("access.more", "approver", None), ("access.undecided", "approver", timedelta(days=7)),
    ("access.ending", "holder", (1,)), ("hold.ending", "setter", (10, 2)), ("hold.ending", "approver", (10, 2)),
    ("hold.end", "requester", None), ("hold.end", "setter", None), ("customer.remind", "approver", (4, 2, 1)),
    ("customer.remind", "filer", (4, 2, 1)), ("customer.remind", "head", (1,)),
    ("customer.due_today", "approver", (0,)), ("customer.due_today", "filer", (0,)),
    ("customer.overdue", "approver", timedelta(days=1)), ("customer.overdue", "filer", timedelta(days=1)),
    ("customer.link_ends", "filer", None), ("customer.link_ends", "approver", None),
]  # fmt: skip
moments = st.datetimes(datetime(2026, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))


def test_each_row_says_when_and_to_whom() -> None:
    policy = a_policy()
    told = [
        (one.step, one.to, one.after(policy) if one.after else (one.before and one.before(policy)) or one.every)
        for one in REMINDERS
    ]
    assert told == ROWS


@given(asked=moments, lines=st.sampled_from([(SYDNEY,), (LONDON,), (SYDNEY, LONDON)]))
def test_p7_each_step_falls_when_the_command_says_it_is_due(asked: datetime, lines: tuple[str, ...]) -> None:
    """Of several lines at the earliest of their moments."""
    policy = a_policy()
    found = schedule_silence(policy, lines, asked)
    for step, number in (("access.remind", 1), ("access.deputy", 2), ("access.next", 3), ("access.lapse", 10)):
        assert found.moments[step] == min(due_after(calendar_of(policy, one), asked, number).at for one in lines)
    assert found.promise.at == found.moments["access.lapse"]


@each(
    ("end", "before"),
    [
        ("2026-12-01 14:00", "2026-11-30 14:00"), ("2026-11-30 14:00", "2026-11-27 14:00"),
        ("2027-04-27 09:30", "2027-04-23 09:30"), ("2026-10-05 02:30", "2026-10-02 02:30"),
    ],
)  # fmt: skip
def test_p7_one_working_day_before_an_end_is_the_same_time_of_day(end: str, before: str) -> None:
    found = before_end(a_policy(), utc(end, SYDNEY), "Australia/Sydney", SYDNEY, 1)
    assert found == utc(before, SYDNEY)
    assert found.tzinfo == UTC
