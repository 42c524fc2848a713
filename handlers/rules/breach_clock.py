"""When a report has to be acknowledged and first answered, and what silence brings (P13).

A report keeps the day on which it came, by the home line, and whether that was after the cut-off; no minute. The working
days of the home line count.

| at                          | unless it was | what happens                                     |
|-----------------------------|---------------|--------------------------------------------------|
| the acknowledge moment      | acknowledged  | its readers are reminded, and the reporter hears |
| one working day later       | opened        | the fallback is let in                           |
| the feedback moment         | answered      | the same, and the fallback is let in             |
| each week from then on      | answered      | its readers are reminded                         |
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from handlers.policy import Policy

from .access import company_day
from .calendars import Calendar, calendar_of
from .local_time import moment_of
from .reminding import next_working_moment
from .retention import erase_at
from .working_days import due

Overdue = Literal["", "acknowledged", "answered"]
"""What nobody did in time and somebody still waits for; empty where nothing is late."""

REMIND_BEFORE_DAYS = 30
"""So many days before a closed report is destroyed its handlers are reminded."""
_AFTER, _DAY, _WEEK_DAYS = timedelta(microseconds=1), timedelta(days=1), 7


@dataclass(frozen=True, slots=True)
class Receipt:
    """When a report came: the day of the home line, and whether on a working day after the cut-off."""

    day: date
    late: bool


@dataclass(frozen=True, slots=True)
class Moments:
    """Until when a report has to be acknowledged and when more has to be said to the reporter, in UTC.

    `waits` is one working day after `acknowledge`.
    """

    acknowledge: datetime
    waits: datetime
    feedback: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """When the handlers are reminded of the end of a closed report, and when it is destroyed; in UTC."""

    remind: datetime
    destroy: datetime


def received(policy: Policy, now: datetime) -> Receipt:
    """All that a report keeps of the moment (aware) at which it came."""
    calendar, day = _home(policy), company_day(policy, now)
    return Receipt(day, late=calendar.off(day) is None and now > calendar.ends(day))


def moments(policy: Policy, receipt: Receipt) -> Moments:
    """What is promised of a report; to be kept with it, so that a calendar changed later moves no promise.

    Raises `Refused` where the count leaves the years whose holidays are known.
    """
    calendar = _home(policy)
    acknowledge, feedback = policy.breach.acknowledge_working_days, policy.breach.feedback_working_days
    # The cut-off itself is in time; of all moments of that day the sum tells only whether they were.
    came = calendar.ends(receipt.day) + (_AFTER if receipt.late else timedelta())
    found = due(calendar, came, max(acknowledge + 1, feedback))
    ends = [calendar.ends(day) for day in found.counted]
    return Moments(ends[acknowledge - 1], ends[acknowledge], ends[feedback - 1])


def lets_in(promised: Moments, now: datetime, *, opened: bool, answered: bool) -> bool:
    """Whether silence lets the fallback in by a moment (aware)."""
    return (promised.waits <= now and not opened) or (promised.feedback <= now and not answered)


def overdue(promised: Moments, now: datetime, *, acknowledged: bool, answered: bool) -> Overdue:
    """What is late at a moment (aware). Whoever answered has read it: nothing is late then, also without an acknowledgement."""
    if answered:
        return ""
    if acknowledged:
        return "answered" if promised.feedback <= now else ""
    return "acknowledged" if promised.acknowledge <= now else ""


def reminders(policy: Policy, promised: Moments, now: datetime) -> int:
    """How many reminders have come by a moment (aware): at the acknowledge moment, at the feedback moment, and each week after.

    The weekly ones come in the morning of the next working day of the home line; several of them in one where nobody works for
    longer. Raises `Refused` in a year whose holidays nobody knows.
    """
    if now < promised.feedback:
        return int(promised.acknowledge <= now)
    calendar, first = _home(policy), promised.feedback.astimezone(_zone(policy)).date()
    weeks = (now.astimezone(_zone(policy)).date() - first).days // _WEEK_DAYS
    while weeks and _morning_after(calendar, first + weeks * _WEEK_DAYS * _DAY) > now:
        weeks -= 1
    return 2 + weeks


def kept(policy: Policy, closed: date) -> Kept:
    """How long a report is kept that was closed on a day of the company's: from the end of that day so many calendar months."""
    zone = policy.lines[policy.company.home_line].time_zone
    destroy = erase_at(moment_of(closed + timedelta(days=1), time(), zone), zone, policy.breach.closed_months)
    return Kept(destroy - timedelta(days=REMIND_BEFORE_DAYS), destroy)


def _morning_after(calendar: Calendar, day: date) -> datetime:
    return next_working_moment(calendar, calendar.ends(day), calendar.zone)


def _home(policy: Policy) -> Calendar:
    return calendar_of(policy, policy.company.home_line)


def _zone(policy: Policy) -> ZoneInfo:
    return ZoneInfo(policy.lines[policy.company.home_line].time_zone)
