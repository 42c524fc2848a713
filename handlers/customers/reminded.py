"""The line by which somebody is reminded of a customer's request (P8)."""

from __future__ import annotations

from handlers.cards import Button, Row, When, Words
from handlers.customers.intents.passing_time import LinkEnds, Remind
from handlers.customers.promised import promised
from handlers.customers.view import View
from handlers.customers.waits import missing
from handlers.matters.case import entitled
from handlers.rules.deadlines import Who, rows
from handlers.telling import ON_A_LINE
from handlers.words import call_words, capital
from storage.customers import ON_ITS_WAY
from storage.reminders import Reminder

NO_CALL = "no call is named"


def row(view: View, reminder: Reminder) -> Row | None:
    """One line with a button; None where it concerns that person no more."""
    to = _as(view, reminder)
    found = next((one for one in rows(reminder.step) if one.to == to), None)
    if found is None:
        return None
    words = found.words.format(what=view.what, missing=missing(view))
    button = Button(f"{ON_A_LINE}{found.button}", "Details", view.request.id, "primary")
    return Row(capital(words), button, _small(view, reminder))


def _as(view: View, reminder: Reminder) -> Who | None:
    """As what a step concerns this person, as things are now."""
    person, request = reminder.person_id, view.request
    if reminder.step == LinkEnds.action:
        return _of_link(view, person, unopened=view.link is None and view.links[-1].opened_at is None)
    lacks = missing(view)
    if lacks and person in view.clerks:
        return "filer"
    if request.state not in ("waiting", *ON_ITS_WAY) or not view.asks(person) or not entitled(view, person):
        return None
    return "head" if lacks and reminder.step == Remind.action else "approver"


def _of_link(view: View, person: int, *, unopened: bool) -> Who | None:
    """Whoever released it has the passcode and its buttons; whoever filed it speaks with the customer."""
    if view.request.state != "answered" or not unopened or person not in view.everybody():
        return None
    return "approver" if view.asks(person) and entitled(view, person) else "filer"


def _small(view: View, reminder: Reminder) -> Words:
    calls = call_words(view.recordings, view.policy, view.now) if view.recordings else (NO_CALL,)
    if reminder.step == LinkEnds.action:
        return calls
    due = promised(view.request)
    return (*calls, " · due ", When(due.at, due.zone, view.now))
