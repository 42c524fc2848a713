"""By when a customer is to be answered: stored with its sum when it is filed, and watched by the clock until then (P8)."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import TypeAdapter

from handlers import commitments
from handlers.acting import Act, Done
from handlers.cards import Line, Part, Small
from handlers.customers.intents.filing import Morning
from handlers.customers.intents.passing_time import DueToday, Overdue, Remind
from handlers.customers.view import View, load
from handlers.due_words import caution, sum_words
from handlers.matters.asking import changed
from handlers.matters.reminding import line_of
from handlers.rules import customer_times as rule
from handlers.rules.calendars import calendar_of
from handlers.rules.working_days import Due, earliest
from handlers.unseen import unseen
from storage.customers import ON_ITS_WAY
from storage.records import Recording
from storage.tables.customers import CustomerRequest

WATCHED = (Remind.action, DueToday.action, Overdue.action, Morning.action)
"""Kinds of deadlines that `watch` sets."""
_DUE: TypeAdapter[Due] = unseen(Due)


def put(request: CustomerRequest, due: Due) -> Due:
    """This is promised from now on."""
    request.line, request.due_at = due.line, due.at
    request.promise = _DUE.dump_python(due, mode="json")
    return due


def how_counted(request: CustomerRequest) -> dict[str, str]:
    """What the entry by which a day was counted says of the sum."""
    return {"promise": commitments.frozen(request.promise or {})}


def no_later(act: Act, request: CustomerRequest, recordings: Iterable[Recording]) -> bool:
    """It was asked for earlier than anybody knew: the promise may only come forward. Whether it did."""
    due = _counted_now(act, request, recordings)
    if due.at >= promised(request).at:
        return False
    put(request, due)
    return True


def _counted_now(act: Act, request: CustomerRequest, recordings: Iterable[Recording]) -> Due:
    home = act.policy.company.home_line
    lines = dict.fromkeys(one.line for one in recordings if one.line in act.policy.lines) or {home: None}
    return earliest(act.policy, lines, request.received_at, act.policy.customers.working_days)


def promised(request: CustomerRequest) -> Due:
    """What was promised when it was filed, or last counted."""
    return _DUE.validate_python(request.promise)


def missed(act: Act, view: View) -> dict[str, str]:
    """P8: a day that has passed unanswered by now is missed for good, whoever comes upon it first; returns what the log says of that."""
    request = view.request
    in_time = request.due_at is None or act.now <= request.due_at
    if in_time or request.missed_at or request.answered_at:
        return {}
    request.missed_at = request.due_at
    return {"missed": promised(request).at.isoformat()}


def watch(act: Act, request: CustomerRequest) -> None:
    """Have the clock ask again when the next reminder falls, on the due day, once it is late, and each working morning.

    Every handler of these says it anew.
    """
    due, calendar = promised(request), calendar_of(act.policy, line_of(act.policy, request))
    # One day before it the Head is asked as well, whatever the policy says of reminders.
    reminder = rule.next_reminder(calendar, due, {*act.policy.customers.remind_before, 1}, act.now)
    moments = {
        Remind.action: reminder,
        DueToday.action: rule.next_on_the_day(calendar, due, act.now),
        Overdue.action: rule.next_late(calendar, due, act.now, missed=bool(request.missed_at or request.answered_at)),
        Morning.action: rule.next_morning(calendar, act.now),
    }
    for kind, at in moments.items():
        if at is None:
            act.store.deadlines.drop(kind, request.id, act.now)
        else:
            act.store.deadlines.set(kind, request.id, at)


def unwatch(act: Act, request: CustomerRequest) -> None:
    """It is answered or withdrawn: nobody is reminded of it any more."""
    act.store.deadlines.drop_all(WATCHED, request.id, act.now)


def morning(act: Act, intent: Morning) -> Done[None]:
    """A working day has begun: the card says how many days are left."""
    view = load(act, intent.request)
    if not (view.request.is_open or view.request.state in ON_ITS_WAY):
        return Done(None, quiet=True)
    calendar = calendar_of(act.policy, line_of(act.policy, view.request))
    act.store.deadlines.set(Morning.action, view.request.id, rule.next_morning(calendar, act.now))
    return Done(None, changed(view), quiet=True)


def sum_of(view: View) -> tuple[Part, ...]:
    """For Details: how the moment was counted."""
    due = promised(view.request)
    told: list[Part] = [Line(sum_words(due, view.now))]
    if words := caution(due):
        told.append(Small(words))
    return tuple(told)


DOES = (Morning.by(morning),)
DUE = {Morning.action: Morning}
