"""A policy with other working time, and moments as people write them."""

from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from handlers.policy import Policy, load_policy
from handlers.rules.working_days import Calendar, calendar_of
from tests.policy.texts import plain, written
from tests.seats import seated

SYDNEY, LONDON = "+61281979000", "+442036953777"
ZONES = {SYDNEY: "Australia/Sydney", LONDON: "Europe/London"}
SHIPPED = Path(__file__).parents[2] / "policy.yaml"


@cache
def a_policy(closures: tuple[object, ...] = (), **working_time: object) -> Policy:
    """Return the shipped policy with these changes. A closure is a date, or a date and a line; blanks are left out."""
    values: dict[str, Any] = plain(SHIPPED.read_text(encoding="utf-8"))
    values["company"]["closure_days"] = [
        one if isinstance(one, str) else {"date": one[0], "lines": [one[1]]}  # type: ignore[index]
        for one in closures
    ]
    for key, one in working_time.items():
        values["working_time"][key] = list(one) if isinstance(one, tuple) else one
        if not one:
            del values["working_time"][key]
    return seated(load_policy(written(values)))


def a_calendar(line: str, *closures: object, **working_time: object) -> Calendar:
    return calendar_of(a_policy(closures, **working_time), line)


def at(text: str, zone: str = "UTC") -> datetime:
    """Return “2027-04-22 17:20” in a zone, or in that of a line; the first of two."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONES.get(zone, zone)))


def utc(text: str, zone: str = "UTC") -> datetime:
    return at(text, zone).astimezone(UTC)


def days(text: str) -> tuple[date, ...]:
    """Return the days of one month, written “2027-04-27 28 29”."""
    first, *others = text.split()
    start = date.fromisoformat(first)
    return (start, *(start.replace(day=int(one)) for one in others))
