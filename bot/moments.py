"""Moments as the command line tells them and takes them: by the company's home zone, named, and what was printed is taken again."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.settings.config import Misconfigured, policy
from handlers.policy import Policy
from handlers.rules.working_days import read_moment
from handlers.words import city, day_words

_UTC = re.compile(r"(?<=\d) ?UTC([+-]\d\d:?\d\d)?$", re.ASCII | re.IGNORECASE)
_DAY = re.compile(r"(?:[a-z]{3} )?(\d{1,2} [a-z]{3} \d{4}), (?=\d)", re.ASCII | re.IGNORECASE)


def moment(at: datetime, zone: str) -> str:
    """Such as “Fri 27 Nov 2026, 20:40 Sydney”, for an aware moment and an IANA zone.

    With its seconds where it has some, and with the offset where clocks that go back show that time twice.
    """
    local = at.astimezone(ZoneInfo(zone))
    clock = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    first, second = (local.replace(fold=fold).isoformat()[-6:] for fold in (0, 1))
    offset = f" {local.isoformat()[-6:]}" if first != second else ""
    return f"{day_words(local.date(), None)}, {clock}{offset} {city(zone)}"


def moment_at_home(at: datetime, zone: str, home: str) -> str:
    """The same for a line's zone, with the home zone's time in brackets where that is another one then."""
    there, here = (at.astimezone(ZoneInfo(one)).utcoffset() for one in (zone, home))
    return moment(at, zone) if there == here else f"{moment(at, zone)} ({moment(at, home)})"


def read(text: str, zone: str) -> datetime:
    """The aware moment that somebody typed: in ISO 8601, as `moment` tells it in that zone, or with UTC behind it.

    Without an offset it is the local time of the zone (IANA). Raises `Refused` with a sentence.
    """
    plain = " ".join(text.split())
    for name in (city(zone), zone):
        plain = plain.removesuffix(f" {name}") if name != "UTC" else plain
    plain = _UTC.sub(lambda found: found[1] or "Z", plain)
    if day := _DAY.match(plain):
        with suppress(ValueError):  # it is on no calendar, as is said below
            plain = f"{datetime.strptime(day[1], '%d %b %Y').date()} {plain[day.end() :]}"  # noqa: DTZ007  a day alone
    return read_moment(plain, zone)


def zone_of(rules: Policy) -> str:
    """The company's home zone (IANA)."""
    return rules.lines[rules.company.home_line].time_zone


def home_zone(file: Path) -> str:
    """The home zone of the policy in that file; UTC where it can't be read, for what does not rest on it otherwise."""
    try:
        return zone_of(policy(file))
    except Misconfigured:
        return "UTC"
