"""When a report has to be acknowledged and first answered, and what its standing still brings (P13).

A report keeps the day on which it came, by the home line, and whether that was after the cut-off; no minute. The working
days of the home line count.

| at                          | unless it was | with several handlers                    | with one               |
|-----------------------------|---------------|------------------------------------------|------------------------|
| the acknowledge moment      | acknowledged  | the others are told                      | the fallback is told   |
|                             | opened        |                                          | the fallback is let in |
| one working day later       | acknowledged  | the fallback is told that a report waits |                        |
|                             | opened        | the fallback is let in                   |                        |
| the feedback moment         | answered      | the fallback is let in                   | the fallback is let in |

Where the fallback reads it already there is nobody beyond: then only the others of several are told.

Whoever reported it hears at the acknowledge moment that nobody acknowledged it, and at the feedback moment that nobody answered,
also where nobody may read it. From the feedback moment on everybody who reads it is reminded each week, until somebody answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from handlers.policy import Policy

from .access import company_day
from .breach import FALLBACK, Handling
from .calendars import Calendar, calendar_of
from .local_time import moment_of
from .reminding import next_working_moment
from .retention import erase_at
from .working_days import due

Does = Literal["tell_others", "tell_fallback", "let_fallback_in", "tell_reporter"]
Unless = Literal["acknowledged", "opened", "answered"]
"""What makes a step fall away: acknowledged by a person; opened by anybody who handles it; answered, with first feedback."""

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

    `day0` counts as the day of receipt; `waits` is one working day after `acknowledge`.
    """

    day0: date
    acknowledge: datetime
    waits: datetime
    feedback: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """What is done at a moment (UTC) with a report that stands still, unless that happened before."""

    at: datetime
    does: Does
    unless: Unless


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
    return Moments(found.day0, ends[acknowledge - 1], ends[acknowledge], ends[feedback - 1])


def steps(promised: Moments, handling: Handling) -> tuple[Step, ...]:
    """What silence brings to a report that these handle, in the order of the moments; to a sealed one only that its reporter hears."""
    several = len(handling.readers) > 1
    others = (Step(promised.acknowledge, "tell_others", "acknowledged"),) if several else ()
    reporter = (
        Step(promised.acknowledge, "tell_reporter", "acknowledged"),
        Step(promised.feedback, "tell_reporter", "answered"),
    )
    if handling.sealed or any(seat.role == FALLBACK for seat in handling.readers):
        return _in_order(*others, *reporter)
    waits = promised.waits if several else promised.acknowledge
    return _in_order(
        *others,
        Step(waits, "tell_fallback", "acknowledged"),
        Step(waits, "let_fallback_in", "opened"),
        Step(promised.feedback, "let_fallback_in", "answered"),
        *reporter,
    )


def overdue(promised: Moments, now: datetime, *, acknowledged: bool, answered: bool) -> Overdue:
    """What is late at a moment (aware). Whoever answered has read it: nothing is late then, also without an acknowledgement."""
    if answered:
        return ""
    if acknowledged:
        return "answered" if promised.feedback <= now else ""
    return "acknowledged" if promised.acknowledge <= now else ""


def reminders(policy: Policy, promised: Moments, now: datetime) -> int:
    """How many reminders of whoever reads a report have come by a moment (aware): the first at the feedback moment.

    The others come so many weeks later, in the morning of the next working day of the home line; several of them in one where
    nobody works for longer. Raises `Refused` in a year whose holidays nobody knows.
    """
    if now < promised.feedback:
        return 0
    calendar, first = _home(policy), promised.feedback.astimezone(_zone(policy)).date()
    weeks = (now.astimezone(_zone(policy)).date() - first).days // _WEEK_DAYS
    while weeks and _morning_after(calendar, first + weeks * _WEEK_DAYS * _DAY) > now:
        weeks -= 1
    return 1 + weeks


def kept(policy: Policy, closed: date) -> Kept:
    """How long a report is kept that was closed on a day of the company's: from the end of that day so many calendar months."""
    zone = policy.lines[policy.company.home_line].time_zone
    destroy = erase_at(moment_of(closed + timedelta(days=1), time(), zone), zone, policy.breach.closed_months)
    return Kept(destroy - timedelta(days=REMIND_BEFORE_DAYS), destroy)


def _in_order(*found: Step) -> tuple[Step, ...]:
    return tuple(sorted(found, key=lambda step: step.at))


def _morning_after(calendar: Calendar, day: date) -> datetime:
    return next_working_moment(calendar, calendar.ends(day), calendar.zone)


def _home(policy: Policy) -> Calendar:
    return calendar_of(policy, policy.company.home_line)


def _zone(policy: Policy) -> ZoneInfo:
    return ZoneInfo(policy.lines[policy.company.home_line].time_zone)
