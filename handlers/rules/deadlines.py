"""Every reminder and every step that silence brings: when it falls, to whom it goes, and in which words (P7, P8, P9, P12).

A new one is a row here, and a row in its table test.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from handlers.policy import Policy, RoleName
from handlers.rules.routing import Circumstances
from handlers.rules.working_days import USUALLY, Calendar, Due, calendar_of, due_after, moment_of

Who = Literal["approver", "deputy", "next", "requester", "holder", "setter", "filer", "head"]
LATE = timedelta(hours=1)
"""Anything done this long after it was due is marked as late."""
BEFORE_WORK = timedelta(minutes=30)
"""What is prepared this long before work begins comes in one message with that morning's reminders."""
AGAIN = "You can ask again."
WEEKLY = timedelta(days=7)
"""How often the alarm about an investigation returns, which never lapses (P9)."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """One row: what falls so many working days `after` a matter was asked for (a link, since its mail went out), or `before` access or
    a hold ends or an answer is due (0: on that day), once in a while (`every`), or (none of these) the end itself, and who is told.

    `step` names it on deadlines and in the log. `words` name the requester as {who}, those who have not answered as {silent}, the
    role that now decides as {role}, how long it has waited as {waited} and what it lacks as {missing}.
    """

    step: str
    to: Who
    words: str
    after: Callable[[Policy], int] | None = None
    before: Callable[[Policy], tuple[int, ...]] | None = None
    every: timedelta | None = None


_ACCESS: tuple[Reminder, ...] = (
    Reminder(
        "access.remind", "approver", "Reminder: {who} is asking to hear a call.",
        after=lambda policy: policy.staff_requests.remind_after,
    ),
    Reminder(
        "access.deputy", "deputy", "{who}’s request to hear a call has come to you as {role}, because {silent} didn’t answer.",
        after=lambda policy: policy.staff_requests.deputy_after,
    ),
    Reminder(
        "access.next", "next", "{who}’s request to hear a call has come to you as {role}, because {silent} didn’t answer.",
        after=lambda policy: policy.staff_requests.next_authority_after,
    ),
    Reminder(
        "access.lapse", "requester", f"Your request to hear a call has lapsed: no one decided it in time. {AGAIN}",
        after=lambda policy: policy.staff_requests.lapse_after,
    ),
    Reminder(
        "access.lapse", "approver", "{who}’s request to hear a call has lapsed: no one decided it in time.",
        after=lambda policy: policy.staff_requests.lapse_after,
    ),
    Reminder("access.nudge", "approver", "{who} is waiting for your decision."),
    Reminder("access.more", "approver", "{who} asked you for more time to hear a call."),
    Reminder(
        "access.undecided", "approver", "Reminder after {waited}: {who} is asking to hear a call.", every=WEEKLY,
    ),
    Reminder("access.ending", "holder", "Reminder: listen before your access ends.", before=lambda _: (1,)),
)  # fmt: skip
_HOLDS: tuple[Reminder, ...] = (
    Reminder(
        "hold.ending", "setter", "Reminder: renew a hold if its calls are still needed.",
        before=lambda policy: policy.holds.remind_before,
    ),
    Reminder(
        "hold.ending", "approver", "Reminder: {who} asked you to confirm a hold.",
        before=lambda policy: policy.holds.remind_before,
    ),
    Reminder("hold.end", "requester", "Your hold has ended: no one confirmed it. It no longer keeps any calls."),
    Reminder("hold.end", "setter", "A hold has ended. It no longer keeps any calls."),
)  # fmt: skip
_CUSTOMERS: tuple[Reminder, ...] = (
    Reminder("customer.remind", "approver", "Reminder: answer a customer’s request.", before=lambda policy: policy.customers.remind_before),
    Reminder(
        "customer.remind", "filer", "A customer’s request couldn’t be answered yet: {missing}.",
        before=lambda policy: policy.customers.remind_before,
    ),
    Reminder("customer.remind", "head", "A customer’s request couldn’t be released yet: {missing}.", before=lambda _: (1,)),
    Reminder("customer.due_today", "approver", "Reminder: answer a customer’s request that is due today.", before=lambda _: (0,)),
    Reminder("customer.due_today", "filer", "A customer’s request that is due today couldn’t be answered yet: {missing}.", before=lambda _: (0,)),
    Reminder("customer.overdue", "approver", "Reminder: answer a customer’s overdue request.", every=timedelta(days=1)),
    Reminder("customer.overdue", "filer", "A customer’s overdue request couldn’t be answered yet: {missing}.", every=timedelta(days=1)),
    Reminder("customer.link_ends", "filer", "A customer’s link expired unopened. They can ask again."),
    Reminder("customer.link_ends", "approver", "A customer’s link expired unopened."),
)  # fmt: skip
REMINDERS = (*_ACCESS, *_HOLDS, *_CUSTOMERS)
"""All of them, room by room, in the order in which they fall."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When each step comes if no one answers, and how the last date was counted. Moments are UTC."""

    promise: Due
    moments: Mapping[str, datetime]


def reminders_of_step(step: str) -> tuple[Reminder, ...]:
    """Return the reminders that a step of a matter brings, one for each kind of person who is told; empty if none."""
    return tuple(one for one in REMINDERS if one.step == step)


def schedule_silence(policy: Policy, lines: Iterable[str], asked: datetime) -> Schedule:
    """Return when each step comes if no one answers a request that was asked for at a moment (aware).
    Each step falls at the earliest moment by the calendars of its calls' lines (E.164), as `recording-steward when due --days` tells it.
    Raises `Refused` as `due_after`.
    """
    days = {one.step: one.after(policy) for one in _ACCESS if one.after is not None}
    longest = max(days.values())
    counts = [
        (calendar, due_after(calendar, asked, longest)) for calendar in (calendar_of(policy, line) for line in lines)
    ]
    moments = {
        step: min(calendar.ends(due.counted[number - 1]) for calendar, due in counts) for step, number in days.items()
    }
    return Schedule(min((due for _, due in counts), key=lambda due: due.at), moments)


def next_weekly(first: datetime, now: datetime) -> datetime:
    """Return when the weekly alarm about an investigation comes next after `now`; `first` is when it came first (all
    aware, P9).
    """
    return first if first > now else first + ((now - first) // WEEKLY + 1) * WEEKLY


def before_end(policy: Policy, end: datetime, zone: str, line: str, days: int) -> datetime:
    """Return the same time of day as `end` (aware), some working days of a person in `zone` before it."""
    calendar, here = calendar_and_zone_of(policy, zone, line)
    local = end.astimezone(ZoneInfo(here))
    day = local.date()
    while days:
        day -= timedelta(days=1)
        days -= calendar.off(day) is None
    return moment_of(day, local.time(), here)


_DAY = timedelta(days=1)


def reminder_moment(policy: Policy, at: datetime, zone: str, line: str, deadline: datetime) -> datetime:
    """Return when to remind a person in `zone` (IANA) of something due at `at`, in a matter of `line` (both aware).

    That is `at` itself within their working hours, otherwise the start of their next working hours. If that is after
    the deadline, it is the end of the working hours before it, which may be past already.
    """
    calendar, here = calendar_and_zone_of(policy, zone, line)
    moment = next_working_moment(calendar, at, here)
    return moment if moment <= deadline else last_working_moment(calendar, deadline, here)


def next_morning(policy: Policy, now: datetime) -> datetime:
    """Return when work begins next at the company's home line (UTC), later than `now` (aware)."""
    zone = policy.lines[policy.company.home_line].time_zone
    today = policy.company_day(now)
    mornings = (moment_of(today + days * _DAY, policy.working_time.start or USUALLY, zone) for days in range(3))
    return next(one for one in mornings if one > now)


def calendar_and_zone_of(policy: Policy, zone: str, line: str) -> tuple[Calendar, str]:
    """Return the calendar and zone for a person in `zone`: of the line in that zone, else of the matter's line.

    One zone may have several names (Australia/Sydney is also Australia/Canberra). An unknown zone counts as the line's.
    """
    theirs = [number for number, one in policy.lines.items() if _is_same_zone(one.time_zone, zone)]
    calendar = calendar_of(policy, line if line in theirs else next(iter(theirs), line))
    return calendar, zone if _offsets_by_month(zone) else calendar.zone


def next_working_moment(calendar: Calendar, at: datetime, zone: str) -> datetime:
    """Return the first moment (UTC) not before `at` that is within working hours, without their end, as told in `zone`."""
    day = at.astimezone(ZoneInfo(zone)).date()
    while calendar.off(day) or calendar.ends(day, zone) <= at:
        day += _DAY
    return max(at.astimezone(UTC), calendar.begins(day, zone))


def last_working_moment(calendar: Calendar, at: datetime, zone: str) -> datetime:
    """Return the last moment (UTC) not after `at` that is within working hours, both ends included, as told in `zone`."""
    day = at.astimezone(ZoneInfo(zone)).date()
    while calendar.off(day) or calendar.begins(day, zone) > at:
        day -= _DAY
    return min(at.astimezone(UTC), calendar.ends(day, zone))


def _is_same_zone(one: str, other: str) -> bool:
    """Return True if two names of time zones have meant the same time since 1970."""
    return one == other or (_offsets_by_month(one) == _offsets_by_month(other) != ())


@lru_cache(maxsize=256)
def _offsets_by_month(zone: str) -> tuple[object, ...]:
    """Return a zone's offset and its name in each month since 1970, by which two names of one zone are recognised.
    Empty for an unknown zone.
    """
    try:
        here = ZoneInfo(zone)
    except (OSError, ValueError, KeyError):
        return ()
    months = (datetime(1970 + month // 12, month % 12 + 1, 1, tzinfo=here) for month in range(60 * 12))
    return tuple((moment.utcoffset(), moment.tzname()) for moment in months)


def morning_of(policy: Policy, now: datetime) -> date:
    """Return the day whose morning work should be done by now: yesterday before the hour at which work begins.

    So no one is woken for it, and work that was missed is caught up as soon as the program runs again.
    """
    local = now.astimezone(ZoneInfo(policy.lines[policy.company.home_line].time_zone))
    begins = policy.working_time.start or USUALLY
    return local.date() if local.time() >= begins else local.date() - timedelta(days=1)


READERS: tuple[RoleName, ...] = ("head_of_customer_success", "manager_human_resources", "breach_fallback")
"""The first gets the digest; the second too if it isn't seen in time; the last only while both are out."""
SEEN_WITHIN = 5
"""Working days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestCircumstances(Circumstances, chain=READERS):
    """One digest. It is read, not decided, so no one is excluded for a conflict."""


def week_of(policy: Policy, now: datetime) -> date:
    """Return the Monday of the company's week."""
    day = policy.company_day(now)
    return day - day.weekday() * _DAY


def week_ends(policy: Policy, now: datetime) -> datetime:
    """Return when the company's week, which this week's digest looks ahead to, is over (UTC)."""
    calendar = calendar_of(policy, policy.company.home_line)
    return moment_of(week_of(policy, now) + 7 * _DAY, datetime.min.time(), calendar.zone)


def is_due(policy: Policy, now: datetime, *, made: bool, before: bool) -> bool:
    """Return True if this week's digest must be made: just before work begins on the first working day, so that it comes
    with the morning's reminders, or later if that was missed.

    `made`: this week's exists; `before`: an earlier week's exists.
    """
    day, calendar = policy.company_day(now), calendar_of(policy, policy.company.home_line)
    if made or calendar.off(day) or not calendar.begins(day) - BEFORE_WORK <= now < calendar.ends(day):
        return False
    monday = week_of(policy, now)
    return before or all(calendar.off(monday + number * _DAY) for number in range((day - monday).days))


def seen_by(policy: Policy, made: datetime) -> datetime:
    """Return by when (UTC) a digest made at `made` (aware) must be seen."""
    return due_after(calendar_of(policy, policy.company.home_line), made, SEEN_WITHIN).at
