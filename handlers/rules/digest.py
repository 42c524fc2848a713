"""When the weekly digest is made, who gets it, and when the Manager, Human Resources gets it too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from handlers.policy import Policy
from handlers.policy.values import RoleName

from .access import company_day
from .calendars import calendar_of
from .local_time import moment_of
from .routing import Circumstances
from .working_days import due

READERS: tuple[RoleName, ...] = ("head_of_customer_success", "manager_human_resources", "breach_fallback")
"""The first gets it; the second too if nobody has seen it in time; the last only while both are out."""
SEEN_WITHIN = 5
"""Working days."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestCircumstances(Circumstances, chain=READERS):
    """One digest. It is read, not decided, so nobody is out for a case of their own."""


def week_of(policy: Policy, now: datetime) -> date:
    """The Monday of the company's week."""
    day = company_day(policy, now)
    return day - day.weekday() * _DAY


def week_ends(policy: Policy, now: datetime) -> datetime:
    """When the company's week is over (UTC)."""
    calendar = calendar_of(policy, policy.company.home_line)
    return moment_of(week_of(policy, now) + 7 * _DAY, datetime.min.time(), calendar.zone)


def is_due(policy: Policy, now: datetime, *, made: bool, before: bool) -> bool:
    """Whether to make this week's digest: in working hours of its first working day, or later if that was missed.

    `made`: there is one of this week; `before`: there was one of an earlier week.
    """
    day, calendar = company_day(policy, now), calendar_of(policy, policy.company.home_line)
    if made or calendar.off(day) or not calendar.begins(day) <= now < calendar.ends(day):
        return False
    monday = week_of(policy, now)
    return before or all(calendar.off(monday + number * _DAY) for number in range((day - monday).days))


def seen_by(policy: Policy, made: datetime) -> datetime:
    """Until when (UTC) somebody is to have seen a digest that was made at a moment (aware)."""
    return due(calendar_of(policy, policy.company.home_line), made, SEEN_WITHIN).at
