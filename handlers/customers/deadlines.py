"""What time brings to a customer's request: reminders, the due day, a day that was missed, and the end of a link (P8)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from handlers.acting import Act, Done
from handlers.cards import Button, Row, When
from handlers.customers.state import View, load, promise, promised
from handlers.effects import Effect
from handlers.handling import handler
from handlers.matters import asking
from handlers.matters.asking import ask_these, brought_in, changed
from handlers.matters.case import approvers, entitled
from handlers.matters.reminding import lateness, line_of, tell
from handlers.rules import customers as rule
from handlers.rules.deadlines import Who, rows
from handlers.rules.routing import beyond
from handlers.rules.working_days import Due, calendar_of, earliest
from handlers.telling import ON_A_LINE
from handlers.words import call_words, capital
from storage.customers import ON_ITS_WAY
from storage.matters import Reminder
from storage.records import OPEN, Recording
from storage.tables.customers import CustomerRequest

LINK_ENDS, REMIND = "customer.link_ends", "customer.remind"
WATCHED = (REMIND, "customer.due_today", "customer.overdue")
"""Kinds of deadlines that `watch` sets."""
HEAD = "head_of_customer_success"
NO_CALL = "no call is named"


def count(act: Act, request: CustomerRequest, recordings: Iterable[Recording]) -> Due:
    """When it is due by the calendars of its calls' lines, from when the company was first asked."""
    home = act.policy.company.home_line
    lines = dict.fromkeys(one.line for one in recordings if one.line in act.policy.lines) or {home: None}
    return earliest(act.policy, lines, request.received_at, act.policy.customers.working_days)


def bring_forward(act: Act, view: View) -> bool:
    """It was asked for earlier than anybody knew: the promise may only come forward. Whether it did."""
    due = count(act, view.request, view.recordings)
    sooner = due.at < promised(view.request).at
    if sooner:
        promise(view.request, due)
    return sooner


def note_missed(act: Act, request: CustomerRequest) -> dict[str, str]:
    """P8: a day that has passed unanswered is missed for good, whoever comes upon it first; returns what the log says of that."""
    in_time = request.due_at is None or act.now <= request.due_at
    if in_time or request.missed_at or request.answered_at:
        return {}
    request.missed_at = request.due_at
    return {"missed": promised(request).at.isoformat()}


def watch(act: Act, request: CustomerRequest) -> None:
    """Have the clock ask again when the next reminder falls, on the due day, and once it is late."""
    due, calendar = promised(request), calendar_of(act.policy, line_of(act.policy, request))
    # One day before it the Head is asked as well, whatever the policy says of reminders.
    before = {*act.policy.customers.remind_before, 1}
    moments = {
        remind.action: rule.next_reminder(calendar, due, before, act.now),
        remind_on_the_day.action: rule.next_on_the_day(calendar, due, act.now),
        remind_once_late.action: rule.next_late(calendar, due, act.now, missed=bool(request.missed_at or request.answered_at)),
    }  # fmt: skip
    for kind, at in moments.items():
        if at is None:
            act.store.deadlines.drop(kind, request.id, act.now)
        else:
            act.store.deadlines.set(kind, request.id, at)


def unwatch(act: Act, request: CustomerRequest) -> None:
    """It is answered or withdrawn: nobody is reminded of it any more."""
    act.store.deadlines.drop_all(WATCHED, request.id, act.now)


@handler(REMIND, clause="P8", about="request")
def remind(act: Act, request: str) -> Done[None]:
    """P8: so many working days before the due day whoever releases it is reminded; on the last of them the Head is asked as well."""
    return _remind(act, request, remind.action)


@handler("customer.due_today", clause="P8", about="request")
def remind_on_the_day(act: Act, request: str) -> Done[None]:
    """P8: the morning of the due day, and an hour before its cut-off."""
    return _remind(act, request, remind_on_the_day.action)


@handler("customer.overdue", clause="P8", about="request")
def remind_once_late(act: Act, request: str) -> Done[None]:
    """P8: the day has passed unanswered, which is on record for good; each working day somebody is reminded."""
    return _remind(act, request, remind_once_late.action, overdue=True)


def reminder_row(view: View, reminder: Reminder) -> Row | None:
    """The line by which somebody is reminded, with a button; None where it concerns that person no more."""
    to = _reminded_as(view, reminder)
    found = next((one for one in rows(reminder.step) if one.to == to), None)
    if found is None:
        return None
    words = capital(found.words.format(what=view.what, missing=view.missing))
    small: tuple[str | When, ...] = (
        call_words(view.recordings, view.policy, view.now) if view.recordings else (NO_CALL,)
    )
    if reminder.step != LINK_ENDS:
        due = promised(view.request)
        small = (*small, " · due ", When(due.at, due.zone, view.now))
    return Row(words, Button(f"{ON_A_LINE}{found.button}", "Details", view.request.id, "primary"), small)


def _remind(act: Act, request_id: str, step: str, *, overdue: bool = False) -> Done[None]:
    """P8: so many working days before the due day, on it, and each working day once it is late, those who can act are told in
    their own working hours. The Head is asked as well from the last day before; a missed day is on record for good.
    """
    view, fell = load(act, request_id), act.store.deadlines.moment(step, request_id)
    request = view.request
    if fell is None or not _is_running(view):
        return Done(None, quiet=True)
    missed = note_missed(act, request) if overdue else {}
    watch(act, request)
    asked = _ask_the_head(act, view)
    told = _whom(act, view, step, asked)
    until = request.due_at if request.due_at is not None and request.due_at > act.now else None
    tell(act, request, step, told, fell, until)
    shown: tuple[Effect, ...] = ()
    if told or missed:
        shown = tuple(one for one in changed(view) if one.person not in asked)
    detail: dict[str, Any] = {
        **missed,
        **(brought_in(view, asked) if asked else {}),
        "reminded": told,
        **lateness(act, fell),
    }
    return Done(None, shown, detail=detail, quiet=not (told or missed))


def _is_running(view: View) -> bool:
    return view.request.state in (*OPEN, *ON_ITS_WAY)


def _whom(act: Act, view: View, step: str, asked: list[int]) -> list[int]:
    """Whoever can do something about it: what lacks something waits for whoever filed it, until the due day or where they left.

    The Head hears of it from the last working day before; `asked` are those who are asked only now.
    """
    releasers = [] if view.request.state == "stuck" else [one.person_id for one in view.approvers]
    if not view.missing:
        return releasers
    if step != REMIND or not view.clerks:
        return [*view.clerks, *releasers]
    heads = [one.person_id for one in view.approvers if one.role == HEAD] if _is_near(act, view) else []
    return [*view.clerks, *asked, *heads]


def _is_near(act: Act, view: View) -> bool:
    calendar = calendar_of(act.policy, line_of(act.policy, view.request))
    return act.now >= rule.last_day_before(calendar, promised(view.request))


def _ask_the_head(act: Act, view: View) -> list[int]:
    """From the last working day on the next authority is asked beside whoever is silent, also of a mail in doubt; who of them is new."""
    if view.request.state == "stuck" or not _is_near(act, view):
        return []
    case = view.circumstances
    silent = frozenset(name for name in case.chain if name in {one.role for one in approvers(view)})
    return ask_these(act, view, [one for one in beyond(case, silent) if act.store.people.may_act(one.email)])


def _reminded_as(view: View, reminder: Reminder) -> Who | None:
    """As what a step concerns this person, as things are now."""
    person, request = reminder.person_id, view.request
    releases = view.asks(person) and entitled(view, person)
    if reminder.step == LINK_ENDS:
        unopened = view.link is None and view.links[-1].opened_at is None
        concerned = request.state == "answered" and unopened and person in view.everybody()
        return ("approver" if releases else "filer") if concerned else None
    if view.missing and person in view.clerks:
        return "filer"
    if request.state not in ("waiting", *ON_ITS_WAY) or not releases:
        return None
    return "head" if view.missing and reminder.step == REMIND else "approver"


@handler("customer.reroute", clause="P8", about="matter")
def reroute(act: Act, matter: str, person: int, code: str, outgoing: str, began: datetime | None = None) -> Done[None]:
    """The delivery: somebody who was asked can't be reached."""
    return asking.reroute(act, load(act, matter), person, code, outgoing, began)


@handler("customer.recheck", clause="P8", about="matter")
def recheck(act: Act, matter: str) -> Done[None]:
    """The clock: roles and absences change."""
    return asking.recheck(act, load(act, matter))


DUE = {one.action: one for one in (remind, remind_on_the_day, remind_once_late)}
