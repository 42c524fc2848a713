"""Every reminder and every step that silence brings: when it falls, to whom it goes, and in which words (P7, P8, P9, P12).

A new one is a row here, and a row in its table test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from handlers.policy import Policy
from handlers.rules.calendars import calendar_of
from handlers.rules.local_time import moment_of
from handlers.rules.reminding import days_of
from handlers.rules.working_days import Due, due

Who = Literal["approver", "deputy", "next", "requester", "holder", "setter", "filer", "head"]
LATE = timedelta(hours=1)
"""What is done so long after its moment is marked as late."""
AGAIN = "If you still need the calls, ask again."
WEEKLY = timedelta(days=7)
"""How often the alarm about an investigation returns, which never lapses (P9)."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """One row: what falls so many working days `after` a matter was asked for (a link, since its mail went out), or `before` access or
    a hold ends or an answer is due (0: on that day), once in a while (`every`), or (none of these) the end itself, and who is told.

    `step` names it on deadlines and in the log. `words` name the matter as {what}, whoever asked as {who}, those who
    have not answered as {silent}, the role that now decides as {role}, how long it has waited as {waited} and what it lacks as {missing};
    `button` is what is to be pressed.
    """

    step: str
    to: Who
    words: str
    button: str = "details"
    after: Callable[[Policy], int] | None = None
    before: Callable[[Policy], tuple[int, ...]] | None = None
    every: timedelta | None = None


_ACCESS: tuple[Reminder, ...] = (
    Reminder(
        "access.remind", "approver", "{what} of {who} waits for your decision.",
        after=lambda policy: policy.staff_requests.remind_after,
    ),
    Reminder(
        "access.deputy", "deputy", "{what} of {who} came to you as {role}, since {silent} did not answer.",
        after=lambda policy: policy.staff_requests.deputy_after,
    ),
    Reminder(
        "access.next", "next", "{what} of {who} came to you as {role}, since {silent} did not answer.",
        after=lambda policy: policy.staff_requests.next_authority_after,
    ),
    Reminder(
        "access.lapse", "requester", f"Your {{what}} has lapsed, since nobody decided it in time. {AGAIN}",
        "again", after=lambda policy: policy.staff_requests.lapse_after,
    ),
    Reminder(
        "access.lapse", "approver", "{what} of {who} has lapsed undecided. It can’t be decided any more.",
        after=lambda policy: policy.staff_requests.lapse_after,
    ),
    Reminder(
        "access.undecided", "approver", "{what} of {who} still waits for your decision. It has waited {waited}.", every=WEEKLY,
    ),
    Reminder(
        "access.ending", "holder", "Your access to the calls of {what} ends soon. Hear them before that.", "listen",
        before=lambda _: (1,),
    ),
)  # fmt: skip
_HOLDS: tuple[Reminder, ...] = (
    Reminder(
        "hold.ending", "setter", "{what} ends soon. Renew it if its calls are still needed.", "hold_renew",
        before=lambda policy: policy.holds.remind_before,
    ),
    Reminder(
        "hold.ending", "approver", "{what} of {who} waits for you. It ends soon unless you confirm it.",
        before=lambda policy: policy.holds.remind_before,
    ),
    Reminder("hold.end", "requester", "{what} has ended, since nobody confirmed it. It keeps no call any more."),
    Reminder("hold.end", "setter", "{what} has ended, at its end. It keeps no call any more."),
)  # fmt: skip
_CUSTOMERS: tuple[Reminder, ...] = (
    Reminder(
        "customer.remind", "approver", "{what} is not answered yet. The customer is to have an answer in time.",
        before=lambda policy: policy.customers.remind_before,
    ),
    Reminder(
        "customer.remind", "filer", "{what} can’t be answered yet, since {missing}. Please see to it: the clock goes on.",
        before=lambda policy: policy.customers.remind_before,
    ),
    Reminder(
        "customer.remind", "head", "{what} can’t be released yet, since {missing}. The customer is to have an answer in time.",
        before=lambda _: (1,),
    ),
    Reminder("customer.due_today", "approver", "{what} is due today, and the customer has no answer yet.", before=lambda _: (0,)),
    Reminder("customer.due_today", "filer", "{what} is due today, and can’t be answered yet, since {missing}.", before=lambda _: (0,)),
    Reminder(
        "customer.overdue", "approver", "{what} is overdue, and the customer has no answer yet. See to it now.", every=timedelta(days=1),
    ),
    Reminder("customer.overdue", "filer", "{what} is overdue and can’t be answered yet, since {missing}. Please see to it now.", every=timedelta(days=1)),
    Reminder("customer.link_ends", "filer", "The link of {what} has ended, and nobody opened it. The customer can ask again."),
    Reminder(
        "customer.link_ends", "approver",
        "The link of {what} has ended, and nobody opened it. Press Details to send a new link, or to say that its mail bounced.",
    ),
)  # fmt: skip
REMINDERS = (*_ACCESS, *_HOLDS, *_CUSTOMERS)
"""All of them, room by room, in the order in which they fall."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When each step falls where nobody answers, and the sum behind the last of them; moments are UTC."""

    promise: Due
    moments: Mapping[str, datetime]


def rows(step: str) -> tuple[Reminder, ...]:
    """The reminders that a step brings; none for one of no row."""
    return tuple(one for one in REMINDERS if one.step == step)


def schedule(policy: Policy, lines: Iterable[str], asked: datetime) -> Schedule:
    """What silence brings to a request that was asked for at a moment (aware), by the calendars of its calls' lines (E.164).

    Each step falls at the earliest of the lines' moments, as `when due --days` tells it. Raises `Refused` as `due`.
    """
    days = {one.step: one.after(policy) for one in _ACCESS if one.after is not None}
    longest = max(days.values())
    sums = [(calendar, due(calendar, asked, longest)) for calendar in (calendar_of(policy, line) for line in lines)]
    moments = {
        step: min(calendar.ends(one.counted[number - 1]) for calendar, one in sums) for step, number in days.items()
    }
    return Schedule(min((one for _, one in sums), key=lambda one: one.at), moments)


def returns(first: datetime, now: datetime) -> datetime:
    """When the alarm about an investigation comes next, which came first at a moment and then each week; all are aware (P9)."""
    return first if first > now else first + ((now - first) // WEEKLY + 1) * WEEKLY


def before_end(policy: Policy, end: datetime, zone: str, line: str, days: int) -> datetime:
    """The same time of day as a moment (aware), so many working days of a person in `zone` before it."""
    calendar, here = days_of(policy, zone, line)
    local = end.astimezone(ZoneInfo(here))
    day = local.date()
    while days:
        day -= timedelta(days=1)
        days -= calendar.off(day) is None
    return moment_of(day, local.time(), here)
