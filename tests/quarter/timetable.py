"""What stands fixed in every quarter: who is away or out of reach when, and who asks on which day, so that each chain is walked to its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

How = Literal["gone", "blocked", "removed", "doubled"]
"""An account is deactivated, refuses messages, has taken the bot away, or shares its address with another one."""


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody with a role is away on these days of the company's, and back on another day where that is said."""

    who: str
    first: date
    last: date
    back: date | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody (`anybody` is any of the staff) asks on a day, the investigation's way or not."""

    day: date
    who: str
    investigation: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """Somebody with a role can't be reached from noon of one of the company's days to noon of another."""

    who: str
    how: How
    first: date
    back: date


def _all(first: date, last: date, *who: str) -> list[Away]:
    return [Away(one, first, last) for one in who]


ABSENCES = (
    Away("deven", date(2026, 12, 2), date(2026, 12, 4)),
    Away("tara", date(2026, 12, 7), date(2026, 12, 11)),
    *_all(date(2026, 12, 14), date(2026, 12, 18), "tara", "deven"),
    *_all(date(2027, 1, 4), date(2027, 1, 8), "tara", "deven", "helena", "henrik"),
    Away("helena", date(2027, 1, 11), date(2027, 1, 15)),
    *_all(date(2027, 1, 18), date(2027, 1, 22), "helena", "henrik"),
    *_all(date(2027, 1, 27), date(2027, 1, 29), "helena", "henrik", "ruth"),
    Away("ruth", date(2027, 2, 8), date(2027, 2, 12)),
    Away("tara", date(2027, 2, 15), date(2027, 2, 26), back=date(2027, 2, 18)),
    Away("henrik", date(2027, 2, 3), date(2027, 2, 5)),
)
CROWDED = (range(date(2027, 1, 4).toordinal(), date(2027, 1, 9).toordinal()),
           range(date(2027, 1, 27).toordinal(), date(2027, 1, 30).toordinal()))  # fmt: skip
"""Days on which one more who may not decide would leave nobody: then only such people ask as have no role, about calls of such."""

WISHES = (
    *(Wish(date(2026, 11, 25), who) for who in ("tara", "deven", "helena", "henrik", "ruth", "miles")),
    *(Wish(date(2026, 11, 26), who, investigation=True) for who in ("tara", "helena", "henrik", "ruth", "miles")),
    *(Wish(date(2026, 12, 15), who) for who in ("helena", "ruth", "anybody")),
    Wish(date(2027, 1, 5), "anybody"),
    Wish(date(2027, 1, 12), "anybody", investigation=True),
    Wish(date(2027, 1, 19), "tara"),
    Wish(date(2027, 1, 19), "anybody", investigation=True),
    Wish(date(2027, 1, 20), "ruth", investigation=True),
    Wish(date(2027, 1, 28), "anybody", investigation=True),
    Wish(date(2027, 2, 9), "helena", investigation=True),
)
"""For each row of the table of deciders (P7, P9) a day on which it goes to its first, and one on which it goes to its last."""
NEEDED = tuple(
    one for one in WISHES if one.who not in {"henrik", "miles"} and (one.who, one.investigation) != ("tara", True)
)
"""Without those who are asked for as anybody is."""

SATURDAY = date(2026, 11, 28)
"""Somebody is given access on this evening, so that it ends on one, after hours and before the next ones."""
ASKED_BACK = date(2026, 11, 26)
"""A question is asked about a request on this day, and answered."""

GAPS = (
    Gap("helena", "blocked", date(2026, 11, 30), date(2026, 12, 3)),
    Gap("tara", "gone", date(2026, 12, 1), date(2026, 12, 2)),
    Gap("tara", "doubled", date(2026, 12, 22), date(2026, 12, 24)),
    Gap("henrik", "gone", date(2027, 1, 14), date(2027, 1, 15)),
    Gap("helena", "removed", date(2027, 2, 22), date(2027, 2, 25)),
)
"""Who is out of reach; somebody asks the day before, and somebody meanwhile."""
PASSED_ON = (
    (date(2026, 11, 25), False, ("tara",)),
    (date(2027, 1, 13), False, ("tara", "henrik")),
    (date(2027, 2, 17), True, ("helena", "ruth")),
)
"""On these days somebody asks, the investigation's way or not, and these pass it on, one after the other."""
