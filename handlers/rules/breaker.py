"""When a day's erasures stop, until two people agree that they are meant: counts in, an answer out (P12).

| the day brings                                | and these are                                            | then      |
|-----------------------------------------------|----------------------------------------------------------|-----------|
| no more than `least`                          | whatever                                                 | it goes on |
| more than `least`                             | over `percent` in a hundred of the register              | it stops  |
| more than `least`                             | over `times_usual` the median of the last 30 days        | it stops  |
| more than `least`                             | neither                                                  | it goes on |
| anything that is yet to be erased             | and the database was restored, which nobody answered yet | it stops  |

A restore loses what was to keep calls, and what is erased doesn't come back. It is answered once two people have agreed to a
run that stopped after it. What had been erased before and came back is brought by no day, and stops by nothing.

A day without erasures counts as one with none, so on an archive whose erasures have just begun nothing is usual.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median

from handlers.policy import Policy
from handlers.policy.terms import Breaker
from handlers.policy.values import RoleName

from .access import company_day
from .checkpoints import USUALLY
from .local_time import moment_of
from .refusal import Refused
from .routing import Circumstances, Why

USUAL_DAYS = 30
AGREEING: tuple[RoleName, ...] = ("head_of_customer_success", "manager_human_resources")
"""The roles of which two people, holders or deputies, agree."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """A local day of the company's: from its first moment (UTC) until that of the next."""

    day: date
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCircumstances(Circumstances):
    """A stopped run: for both roles at once, and for their deputies beside them. Nobody else takes their place."""

    @property
    def clause(self) -> str:
        return "P12"

    @property
    def chain(self) -> tuple[RoleName, ...]:
        return AGREEING

    @property
    def steps(self) -> tuple[tuple[RoleName, ...], ...]:
        return (AGREEING,)

    @property
    def with_deputies(self) -> bool:
        return True

    @property
    def copy_to(self) -> tuple[str, ...]:
        return ()

    def own_case(self, person: str) -> Why | None:
        return None


def stops(breaker: Breaker, erasures: int, register: int, usual: float) -> bool:
    """Whether so many erasures in one day stop, of a register so large, where so many a day are usual."""
    return erasures > breaker.least and (
        erasures * 100 > breaker.percent * register or erasures > breaker.times_usual * usual
    )


def stops_restored(restored: datetime | None, left: int) -> bool:
    """Whether a day stops of which so many are yet to be erased; `restored` is when (aware) the database was, unless that was answered."""
    return restored is not None and left > 0


def usual(days: Sequence[int]) -> float:
    """What is usual, from how many calls were erased on each of the days before."""
    return float(median(days)) if days else 0.0


def day_of(policy: Policy, now: datetime) -> Span:
    """The company's local day of a moment (aware)."""
    return _span(policy, company_day(policy, now))


def days_before(policy: Policy, day: date) -> tuple[Span, ...]:
    """The days whose erasures say what is usual, the last one first."""
    return tuple(_span(policy, day - back * _DAY) for back in range(1, USUAL_DAYS + 1))


def next_morning(policy: Policy, now: datetime) -> datetime:
    """When work begins next at the company's home line (UTC)."""
    zone = policy.lines[policy.company.home_line].time_zone
    today = company_day(policy, now)
    mornings = (moment_of(today + days * _DAY, policy.working_time.start or USUALLY, zone) for days in range(3))
    return next(one for one in mornings if one > now)


def agree(*, is_open: bool, again: bool) -> None:
    """Raises `Refused` where there is nothing left to agree to, or where this person is one of the two already."""
    if not is_open:
        raise Refused("Two people agreed to this already, and it has gone on.", clause="P12", code="already")
    if again:
        told = "You agreed to this already. A second person has to, and may not be you in another role."
        raise Refused(told, clause="P12", code="twice")


def _span(policy: Policy, day: date) -> Span:
    zone = policy.lines[policy.company.home_line].time_zone
    return Span(day, *(moment_of(one, time.min, zone) for one in (day, day + _DAY)))
