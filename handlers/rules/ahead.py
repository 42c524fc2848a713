"""When the card of erasures ahead is drawn anew, how far it looks, and who has it (P12).

On each working day of the company's home line, when work begins; with the first of a week it is a new one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from handlers.policy import Policy
from handlers.policy.values import RoleName

from .access import company_day
from .calendars import calendar_of
from .local_time import moment_of
from .routing import Circumstances, Why

READING: tuple[RoleName, ...] = ("head_of_customer_success", "team_leader")
"""Who has the card: whoever is there in these roles, or their deputies."""
MOST_CALLS = 40
"""So many calls stand one by one; more than that are counted by line and day."""
MOST_OUTSIDE = 10
"""So many of what is to be decided stand on the card at once, each with its buttons; the others stand on pages of so many."""
_DAY = timedelta(days=1)
_FAR = 366  # days: a calendar without any working day in a year is a mistake, and then each day is one


@dataclass(frozen=True, slots=True, kw_only=True)
class AheadCircumstances(Circumstances):
    """The card goes to both roles at once; nobody decides anything by it."""

    @property
    def clause(self) -> str:
        return "P12"

    @property
    def chain(self) -> tuple[RoleName, ...]:
        return READING

    @property
    def steps(self) -> tuple[tuple[RoleName, ...], ...]:
        return (READING,)

    @property
    def copy_to(self) -> tuple[str, ...]:
        return ()

    def own_case(self, person: str) -> Why | None:
        return None


def week_of(policy: Policy, now: datetime) -> date:
    """The Monday of the company's week."""
    day = company_day(policy, now)
    return day - day.weekday() * _DAY


def draws_now(policy: Policy, now: datetime) -> bool:
    """Whether work has begun on a working day."""
    day = company_day(policy, now)
    return calendar_of(policy, policy.company.home_line).off(day) is None and now >= _begins(policy, day)


def next_drawing(policy: Policy, now: datetime) -> datetime:
    """When work begins next on a working day (UTC)."""
    calendar, today = calendar_of(policy, policy.company.home_line), company_day(policy, now)
    days = [today + number * _DAY for number in range(_FAR)]
    working = [one for one in days if calendar.off(one) is None] or days
    return next(at for one in working if (at := _begins(policy, one)) > now)


def windows(policy: Policy, now: datetime) -> tuple[tuple[int, datetime], ...]:
    """How many days ahead, and until when that is, the nearest first."""
    days = sorted(set(policy.retention.warn_days_before))
    return tuple((one, now + one * _DAY) for one in days)


def soon(policy: Policy, now: datetime) -> datetime:
    """Until when a call that somebody asks for ends so soon that people are told: the farthest of the days but one."""
    return [until for _, until in windows(policy, now)][-2:][0]


def _begins(policy: Policy, day: date) -> datetime:
    calendar = calendar_of(policy, policy.company.home_line)
    return moment_of(day, calendar.start, calendar.zone)
