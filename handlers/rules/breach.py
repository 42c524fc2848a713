"""Who reads and handles a report of a suspected breach, and when it has to be acknowledged and answered (P13)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from handlers.policy import Policy, RoleName
from handlers.rules import availability, deadlines, retention
from handlers.rules.working_days import Calendar, calendar_of, due_after, moment_of

HANDLERS: tuple[RoleName, ...] = ("manager_human_resources", "head_of_customer_success")
FALLBACK: RoleName = "breach_fallback"

Fired = Literal["both", "manager_alone", "head_alone", "fallback", "sealed"]
"""Which rule settled who reads: both roles, one role (or one person in both), the fallback alone, or no one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """One report as the rules see it on one company day.

    `policy` counts every absence, including ones entered in the chat. `out` are accused, named as a conflict, or the
    reporter; which of these is never revealed. People in `not_there` can't be reached, or are new readers whose notice
    isn't over yet; they count as away. `let_in` says that the fallback reads along with the readers.
    """

    policy: Policy
    today: date
    out: frozenset[int] = frozenset()
    not_there: frozenset[int] = frozenset()
    let_in: bool = False


@dataclass(frozen=True, slots=True)
class Seat:
    """A person who reads by a role, and whether as its deputy."""

    person: int
    role: RoleName
    deputy: bool


@dataclass(frozen=True, slots=True)
class Handling:
    """Who may read a report now, each person once, and by which rule."""

    readers: tuple[Seat, ...]
    fired: Fired

    @property
    def sealed(self) -> bool:
        """True if no one may read the report at present."""
        return not self.readers


def who_handles(case: Circumstances) -> Handling:
    """Work out exactly who may read the report now (P13)."""
    filled = [seats for name in HANDLERS if (seats := _seats_of_role(case, name))]
    readers = _each_once(seat for seats in filled for seat in seats)
    fallback = _seats_of_role(case, FALLBACK) if case.let_in or not readers else ()
    if not readers:
        return Handling(fallback, "fallback" if fallback else "sealed")
    both = len(filled) == len(HANDLERS) and len(readers) > 1  # one person in both roles is one handler
    alone: Fired = "manager_alone" if readers[0].role == HANDLERS[0] else "head_alone"
    return Handling(_each_once((*readers, *fallback)), "both" if both else alone)


def would_be_readers(policy: Policy) -> tuple[Seat, ...]:
    """Return everyone who could ever read a report, once each: both holders, their deputies and the fallback's people.
    A reporter is asked whether any of them should not.

    A holder is listed under the role they hold, even if they deputise in another.
    """
    both = [(name, policy.held(name)) for name in HANDLERS]
    last = policy.held(FALLBACK)
    return _each_once(
        (
            *(Seat(role.holder, name, deputy=False) for name, role in both),
            *(Seat(deputy, name, deputy=True) for name, role in both for deputy in role.deputies),
            Seat(last.holder, FALLBACK, deputy=False),
            *(Seat(deputy, FALLBACK, deputy=True) for deputy in last.deputies),
        )
    )


def title_of(policy: Policy, seat: Seat) -> str:
    """Return what people call the seat: the role's title, with “Deputy” before it for a deputy."""
    title = policy.role(seat.role).title
    return f"Deputy {title}" if seat.deputy else title


def steps_checklist(policy: Policy, done: Collection[str]) -> tuple[tuple[str, bool], ...]:
    """Return the Code of Conduct's steps, each with whether it is done. Done steps of an earlier policy come last."""
    steps = policy.breach.steps
    return (*((step, step in done) for step in steps), *((step, True) for step in done if step not in steps))


def _seats_of_role(case: Circumstances, name: RoleName) -> tuple[Seat, ...]:
    """Return who fills the role for this report: no one if its holder is out, since no deputy acts against a superior."""
    holder = case.policy.held(name).holder
    if holder in case.out:
        return ()
    if availability.is_there(case.policy, holder, case.today, case.not_there):
        return (Seat(holder, name, deputy=False),)
    deputies = availability.deputies_there(case.policy, name, case.today, case.out | case.not_there)
    return tuple(Seat(deputy, name, deputy=True) for deputy in deputies)


def _each_once(seats: Iterable[Seat]) -> tuple[Seat, ...]:
    """Keep one seat for each person: a role they hold before one they deputise in."""
    found: dict[int, Seat] = {}
    for seat in seats:
        if seat.person not in found or (found[seat.person].deputy and not seat.deputy):
            found[seat.person] = seat
    return tuple(found.values())


Overdue = Literal["", "acknowledged", "answered"]
"""The step that is late and still awaited; empty if nothing is late."""

_AFTER, _DAY, _WEEK_DAYS = timedelta(microseconds=1), timedelta(days=1), 7


@dataclass(frozen=True, slots=True)
class Receipt:
    """When a report came: the day of the home line, and whether on a working day after the cut-off."""

    day: date
    late: bool


@dataclass(frozen=True, slots=True)
class Moments:
    """Until when a report has to be acknowledged and when more has to be said to the reporter, in UTC.

    `waits` is one working day after `acknowledge`.
    """

    acknowledge: datetime
    waits: datetime
    feedback: datetime


def receipt_at(policy: Policy, now: datetime) -> Receipt:
    """Return what a report keeps of the moment (aware) at which it came."""
    calendar, day = _home_calendar(policy), policy.company_day(now)
    return Receipt(day, late=calendar.off(day) is None and now > calendar.ends(day))


def promised_moments(policy: Policy, receipt: Receipt) -> Moments:
    """Return what is promised of a report; to be kept with it, so that a calendar changed later moves no promise.

    Raises `Refused` if the count leaves the years whose holidays are known.
    """
    calendar = _home_calendar(policy)
    acknowledge, feedback = policy.breach.acknowledge_working_days, policy.breach.feedback_working_days
    # The count only depends on whether it came in time, so any such moment of the day will do.
    came = calendar.ends(receipt.day) + (_AFTER if receipt.late else timedelta())
    due = due_after(calendar, came, max(acknowledge + 1, feedback))
    ends = [calendar.ends(day) for day in due.counted]
    return Moments(ends[acknowledge - 1], ends[acknowledge], ends[feedback - 1])


def lets_fallback_in(promised: Moments, now: datetime, *, opened: bool, answered: bool) -> bool:
    """Return True if by `now` (aware) the handlers have been silent for so long that the fallback reads along."""
    return (promised.waits <= now and not opened) or (promised.feedback <= now and not answered)


def what_is_overdue(promised: Moments, now: datetime, *, acknowledged: bool, answered: bool) -> Overdue:
    """Return what is late at `now` (aware). An answered report was clearly read, so it needs no acknowledgement."""
    if answered:
        return ""
    if acknowledged:
        return "answered" if promised.feedback <= now else ""
    return "acknowledged" if promised.acknowledge <= now else ""


def count_reminders(policy: Policy, promised: Moments, now: datetime) -> int:
    """Count the reminders due by `now` (aware): at the acknowledge and feedback moments, and weekly after that.

    Weekly reminders come on the morning of the home line's next working day; over a longer closure several become one.
    Raises `Refused` in a year whose holidays are unknown.
    """
    if now < promised.feedback:
        return int(promised.acknowledge <= now)
    calendar, first = _home_calendar(policy), promised.feedback.astimezone(_home_zone(policy)).date()
    weeks = (now.astimezone(_home_zone(policy)).date() - first).days // _WEEK_DAYS
    while weeks and _morning_after(calendar, first + weeks * _WEEK_DAYS * _DAY) > now:
        weeks -= 1
    return 2 + weeks


def destroy_at(policy: Policy, closed: date) -> datetime:
    """Return when (UTC) a report that was closed on this day of the company's is destroyed: so many calendar months
    after the end of that day.
    """
    zone = policy.lines[policy.company.home_line].time_zone
    return retention.erase_at(moment_of(closed + timedelta(days=1), time(), zone), zone, policy.breach.closed_months)


def _morning_after(calendar: Calendar, day: date) -> datetime:
    """Return when work next begins (UTC) after this day."""
    return deadlines.next_working_moment(calendar, calendar.ends(day), calendar.zone)


def _home_calendar(policy: Policy) -> Calendar:
    return calendar_of(policy, policy.company.home_line)


def _home_zone(policy: Policy) -> ZoneInfo:
    return ZoneInfo(policy.lines[policy.company.home_line].time_zone)
