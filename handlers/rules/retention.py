"""When a call's audio is erased, and whether it is safe to erase it now (P12)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from handlers.policy import Policy
from handlers.rules import Refused, working_days
from handlers.rules.declined import DeclinedCircumstances


def erase_at(started: datetime, zone: str, months: int) -> datetime:
    """Return when a call is erased (UTC): the first moment not before so many whole months from its start (aware), in
    an IANA zone.

    That is the same time on the same day of that month. If the month is too short, it is the midnight at which the next
    month begins (a call of 29 February goes on 1 March). A time that daylight saving skips becomes the end of the gap;
    for one that comes twice, the first counts.
    """
    local = started.astimezone(ZoneInfo(zone))
    day = _months_later(local.date(), months)
    return working_days.moment_of(day, local.time() if day.day == local.day else time.min, zone)


def _months_later(day: date, months: int) -> date:
    """Return the same day of that month, or the first of the next one if the month is too short."""
    found = day + relativedelta(months=months)
    return found if found.day == day.day else found + _DAY


def erased_before(day: date, months: int) -> date:
    """Return the first day whose calls aren't all erased when `day` begins; every earlier call is (`erase_at`). A letter
    can name it without saying anything of a certain call.
    """
    return _months_later(day, -months)


_DAY = timedelta(days=1)
Cause = Literal["altered", "restored", "seen_late", "many"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseCircumstances(DeclinedCircumstances, clause="P12"):
    """Paused erasures: they go to the same people as a declined call, and no one has a conflict."""


@dataclass(frozen=True, slots=True)
class Span:
    """A local day of the company's: from its first moment (UTC) until that of the next."""

    day: date
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Day:
    """One day's erasures: how many `would_go`, and how many are `allowed`.

    `joins`: others are already paused because they were too many. `restored`: the database was restored and no one has
    looked since.
    """

    would_go: int
    allowed: int
    joins: bool = False
    restored: bool = False


def day_of(policy: Policy, now: datetime) -> Span:
    """Return the company's local day of a moment (aware)."""
    day, zone = policy.company_day(now), policy.lines[policy.company.home_line].time_zone
    return Span(day, *(working_days.moment_of(one, time.min, zone) for one in (day, day + _DAY)))


def seen_late(moment: datetime | None, seen: datetime | None) -> bool:
    """Return True if a call was already past its moment when it was first seen (both aware)."""
    return moment is not None and seen is not None and seen >= moment


def pause_causes(
    day: Day, moment: datetime, seen: datetime | None, *, again: bool, altered: bool = False
) -> tuple[Cause, ...]:
    """Return why an erasure must wait; empty if it may go.
    `again`: the call was erased before, so only a change by hand can stop it.
    """
    if again:
        return ("altered",) if altered else ()
    applies_by_cause: dict[Cause, bool] = {
        "altered": altered,
        "restored": day.restored, "seen_late": seen_late(moment, seen), "many": day.joins or day.would_go > day.allowed,
    }  # fmt: skip
    return tuple(cause for cause, applies in applies_by_cause.items() if applies)


def check_decidable(*, waits: bool, seen: int, revision: int) -> None:
    """Raise `Refused` if there is nothing left to decide, or if the card has changed since the person saw it."""
    if not waits:
        raise Refused("Someone has already decided about these erasures.", clause="P12", code="already")
    if seen != revision:
        raise Refused(
            "More calls have been added since. Please read the card again before you decide.",
            clause="P12",
            code="changed",
        )
