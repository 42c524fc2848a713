"""By when a customer is to be answered: stored with its sum when it is filed, and watched by the clock until then (P8)."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import TypeAdapter

from handlers.acting import Act
from handlers.customers.intents.passing_time import DueToday, Overdue, Remind
from handlers.matters.reminding import line_of
from handlers.rules import customer_times as rule
from handlers.rules.calendars import calendar_of
from handlers.rules.working_days import Due, earliest
from storage.customer_records import CustomerRequest
from storage.records import Recording

WATCHED = (Remind.action, DueToday.action, Overdue.action)
"""Kinds of deadlines that `watch` sets."""
_DUE = TypeAdapter(Due)


def promise(act: Act, request: CustomerRequest, recordings: Iterable[Recording], stood_still: int = 0) -> Due:
    """Seven working days (a value) from when it was first asked for, the earliest of several lines; stored with its sum.

    `stood_still`: for so many working days a question to the customer waited, where the policy lets the clock stop for it.
    """
    home = act.policy.company.home_line
    lines = dict.fromkeys(one.line for one in recordings if one.line in act.policy.lines) or {home: None}
    found = earliest(act.policy, lines, request.received_at, act.policy.customers.working_days + stood_still)
    request.line, request.due_at = found.line, found.at
    request.promise = _DUE.dump_python(found, mode="json")
    return found


def promised(request: CustomerRequest) -> Due:
    """What was promised when it was filed, or last counted."""
    return _DUE.validate_python(request.promise)


def watch(act: Act, request: CustomerRequest) -> None:
    """Have the clock ask again when the next reminder falls, on the due day, and once it is late; anew after each of them."""
    due, calendar = promised(request), calendar_of(act.policy, line_of(act.policy, request))
    moments = {
        # One day before it the Head is asked as well, whatever the policy says of reminders.
        Remind.action: rule.next_reminder(calendar, due, {*act.policy.customers.remind_before, 1}, act.now),
        DueToday.action: rule.next_on_the_day(calendar, due, act.now),
        Overdue.action: rule.next_late(calendar, due, act.now, missed=bool(request.missed_at or request.answered_at)),
    }
    for kind, at in moments.items():
        if at is None:
            act.store.deadlines.drop(kind, request.id, act.now)
        else:
            act.store.deadlines.set(kind, request.id, at)


def unwatch(act: Act, request: CustomerRequest) -> None:
    """It is answered or withdrawn: nobody is reminded of it any more."""
    act.store.deadlines.drop_all(WATCHED, request.id, act.now)
