"""When a reminder comes: in the working hours of whoever is reminded, and before what it reminds of."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from handlers.policy import Policy

from .access import company_day
from .calendars import USUALLY, Calendar, calendar_of
from .local_time import moment_of

_DAY = timedelta(days=1)


def reminder_moment(policy: Policy, at: datetime, zone: str, line: str, deadline: datetime) -> datetime:
    """When somebody in `zone` (IANA) is reminded of something due at `at`, about a matter of `line`; moments are aware.

    Within the own working hours it is `at` itself; when they end, that day is over. Else it is their next beginning or, where that is after the deadline,
    the end of those before it, which may be past already.
    """
    calendar, here = days_of(policy, zone, line)
    moment = next_working_moment(calendar, at, here)
    return moment if moment <= deadline else last_working_moment(calendar, deadline, here)


def next_morning(policy: Policy, now: datetime) -> datetime:
    """When work begins next at the company's home line (UTC), later than `now` (aware)."""
    zone = policy.lines[policy.company.home_line].time_zone
    today = company_day(policy, now)
    mornings = (moment_of(today + days * _DAY, policy.working_time.start or USUALLY, zone) for days in range(3))
    return next(one for one in mornings if one > now)


def days_of(policy: Policy, zone: str, line: str) -> tuple[Calendar, str]:
    """Whose days are somebody's, and by which zone: those of the line whose zone is theirs, else of the matter's line.

    A zone has other names (Sydney’s is also called Australia/Canberra). One that is unknown is taken to be the line's.
    """
    theirs = [number for number, one in policy.lines.items() if _is_same(one.time_zone, zone)]
    calendar = calendar_of(policy, line if line in theirs else next(iter(theirs), line))
    return calendar, zone if _offsets(zone) else calendar.zone


def next_working_moment(calendar: Calendar, at: datetime, zone: str) -> datetime:
    """The first moment (UTC) not before `at` that is within working hours, without their end, as told in `zone`."""
    day = at.astimezone(ZoneInfo(zone)).date()
    while calendar.off(day) or calendar.ends(day, zone) <= at:
        day += _DAY
    return max(at.astimezone(UTC), calendar.begins(day, zone))


def last_working_moment(calendar: Calendar, at: datetime, zone: str) -> datetime:
    """The last moment (UTC) not after `at` that is within working hours, both ends included, as told in `zone`."""
    day = at.astimezone(ZoneInfo(zone)).date()
    while calendar.off(day) or calendar.begins(day, zone) > at:
        day -= _DAY
    return min(at.astimezone(UTC), calendar.ends(day, zone))


def _is_same(one: str, other: str) -> bool:
    return one == other or (_offsets(one) == _offsets(other) != ())


@lru_cache(maxsize=256)
def _offsets(zone: str) -> tuple[object, ...]:
    """How a zone told its time in each month since 1970: two names of one zone agree in all, neighbours don't."""
    try:
        here = ZoneInfo(zone)
    except (OSError, ValueError, KeyError):
        return ()
    months = (datetime(1970 + month // 12, month % 12 + 1, 1, tzinfo=here) for month in range(60 * 12))
    return tuple((moment.utcoffset(), moment.tzname()) for moment in months)


def morning_of(policy: Policy, now: datetime) -> date:
    """The day whose work of each morning should be done by now; before the hour at which work begins it is the day before.

    So nobody is woken for it, and what was missed is made up for as soon as the program runs again.
    """
    local = now.astimezone(ZoneInfo(policy.lines[policy.company.home_line].time_zone))
    begins = policy.working_time.start or USUALLY
    return local.date() if local.time() >= begins else local.date() - timedelta(days=1)
