"""Whether it is safe to erase something now, or whether somebody has to look first (P12).

| what would be erased                                                 | and                                                    | then     |
|----------------------------------------------------------------------|--------------------------------------------------------|----------|
| anything                                                             | the log doesn't vouch for the rows that say so         | it waits |
| what had been erased before                                          | whatever else                                          | it goes  |
| anything else                                                        | the database was restored, and nobody has looked since | it waits |
| a call that was past its moment when it was first seen               | its date is wrong, or it is of an old archive          | it waits |
| anything else                                                        | more would go today than the policy's `pause_above`    | it waits |
| anything else                                                        | others wait, since they were too many for a day        | it waits |
| anything else                                                        | none of these                                          | it goes  |

Continue lets go what waits, and on that day so many more as the card said were still to come.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from handlers.policy import Policy

from .access import company_day
from .declined import DeclinedCircumstances
from .local_time import moment_of
from .refusal import Refused

Cause = Literal["altered", "restored", "seen_late", "many"]
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseCircumstances(DeclinedCircumstances, clause="P12"):
    """Paused erasures: they go to the same people as a declined call, and nobody is on them."""


@dataclass(frozen=True, slots=True)
class Span:
    """A local day of the company's: from its first moment (UTC) until that of the next."""

    day: date
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Day:
    """What a day brings: how many `would_go` on it, of how many that are `allowed`.

    `joins`: others wait since they were too many; `restored`: the database was, and nobody has looked since.
    """

    would_go: int
    allowed: int
    joins: bool = False
    restored: bool = False


def day_of(policy: Policy, now: datetime) -> Span:
    """The company's local day of a moment (aware)."""
    day, zone = company_day(policy, now), policy.lines[policy.company.home_line].time_zone
    return Span(day, *(moment_of(one, time.min, zone) for one in (day, day + _DAY)))


def seen_late(moment: datetime | None, seen: datetime | None) -> bool:
    """Whether a call was past its moment (aware) already when it was first seen: its start lies further back than it may be kept."""
    return moment is not None and seen is not None and seen >= moment


def causes(
    day: Day, moment: datetime, seen: datetime | None, *, again: bool, altered: bool = False
) -> tuple[Cause, ...]:
    """Why something that would be erased waits, as of the table above; nothing where it goes."""
    if again:
        return ("altered",) if altered else ()
    found: dict[Cause, bool] = {
        "altered": altered,
        "restored": day.restored, "seen_late": seen_late(moment, seen), "many": day.joins or day.would_go > day.allowed,
    }  # fmt: skip
    return tuple(cause for cause, applies in found.items() if applies)


def decide(*, waits: bool, seen: int, revision: int) -> None:
    """Raises `Refused` where there is nothing left to decide, or where the card has changed since it was pressed."""
    if not waits:
        raise Refused("Somebody has decided about these erasures already.", clause="P12", code="already")
    if seen != revision:
        raise Refused(
            "More has come to this since. Please read the card again and decide then.", clause="P12", code="changed"
        )
