"""When the weekly card is made, for whom, and when the other one is asked to see it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from handlers.policy import Policy
from handlers.policy.values import RoleName

from .access import company_day
from .ahead import week_of
from .calendars import calendar_of
from .routing import Circumstances, Why
from .working_days import due

SEEING: tuple[RoleName, ...] = ("head_of_customer_success", "manager_human_resources", "breach_fallback")
"""To whom it goes: the first; the second where nobody has seen it in time; the last only where both are out."""
WEEK = timedelta(days=7)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekCircumstances(Circumstances):
    """One weekly card. It is seen, not decided, so nobody has a case of his or her own in it."""

    @property
    def clause(self) -> str:
        return ""

    @property
    def chain(self) -> tuple[RoleName, ...]:
        return SEEING

    @property
    def copy_to(self) -> tuple[str, ...]:
        return ()

    def own_case(self, person: str) -> Why | None:
        return None


def is_due(policy: Policy, now: datetime, *, made: bool, before: bool) -> bool:
    """Whether the card of this week is to be made: within working hours of its first working day, or later where that was missed.

    `made`: there is one of this week already; `before`: there was one of an earlier week, so that one was waited for.
    """
    day, calendar = company_day(policy, now), calendar_of(policy, policy.company.home_line)
    if made or calendar.off(day) or not calendar.begins(day) <= now < calendar.ends(day):
        return False
    return before or day == next(_working_days(policy, week_of(policy, now)), day)


def to_be_seen(policy: Policy, made: datetime) -> datetime:
    """Until when (UTC) somebody is to have seen a card that was made at a moment (aware); then the other one is asked."""
    return due(calendar_of(policy, policy.company.home_line), made, policy.weekly.seen_working_days).at


def _working_days(policy: Policy, first: date) -> Iterator[date]:
    calendar = calendar_of(policy, policy.company.home_line)
    return (day for number in range(7) if calendar.off(day := first + number * _DAY) is None)
