"""What the clock is asked for about a hold: its end, and a word before that (P12)."""

from __future__ import annotations

from handlers.acting import Act, Done
from handlers.cards import Button, Row, When
from handlers.handling import handler
from handlers.holds.view import View, load
from handlers.matters.case import entitled
from handlers.matters.reminding import line_of, tell
from handlers.rules.deadlines import Who, rows
from handlers.rules.holds import next_reminder
from handlers.telling import ON_A_LINE
from handlers.words import capital, counted
from storage.reminders import Reminder
from storage.tables.holds import Hold

END, ENDING = "hold.end", "hold.ending"
LABELS = {"details": "Details", "hold_renew": "Renew"}


def watch(act: Act, hold: Hold) -> None:
    """Its end and the next word before it, as they are now."""
    act.store.deadlines.set(END, hold.id, hold.ends_at)
    setter = act.store.people.get(hold.renewed_by or hold.set_by or hold.asked_by)
    coming = next_reminder(act.policy, hold.ends_at, setter.zone, line_of(act.policy, hold), act.now)
    if coming is None:
        act.store.deadlines.drop(ENDING, hold.id, act.now)
    else:
        act.store.deadlines.set(ENDING, hold.id, coming)


def unwatch(act: Act, hold: Hold) -> None:
    """It is over."""
    act.store.deadlines.drop_all((END, ENDING), hold.id, act.now)


@handler("hold.ending", clause="P12", about="matter")
def ending(act: Act, matter: str) -> Done[None]:
    """Whoever set it is told while there is time to renew it; of one that waits, whoever it waits for."""
    view = load(act, matter)
    fell = act.store.deadlines.moment(ENDING, matter)
    if fell is None or view.over:
        return Done(None, quiet=True)
    people = hearers(act, view)
    watch(act, view.hold)
    tell(act, view.hold, ENDING, people, fell, view.hold.ends_at)
    return Done(None, detail={"reminded": people})


def hearers(act: Act, view: View) -> list[int]:
    """Whoever set or renewed it and may still act; with none of them left, whoever sees to it now."""
    mine = [one for one in dict.fromkeys(_setters(view.hold)) if not view.has_no_part(one)]
    there = [one for one in mine if act.store.people.may_act(view.people[one].email_key)]
    return there or [one.person_id for one in view.approvers]


def its_own(view: View) -> list[int]:
    """Whoever asked for it or set it, and has its card."""
    mine = dict.fromkeys(one for one in (view.hold.asked_by, view.hold.set_by) if one is not None)
    return [one for one in mine if one in view.everybody()]


def row(view: View, reminder: Reminder) -> Row | None:
    """One line with a button; None where it concerns that person no more."""
    to = _of_end(view, reminder.person_id) if reminder.step == END else _as(view, reminder.person_id)
    found = next((one for one in rows(reminder.step) if one.to == to), None)
    if found is None:
        return None
    words = found.words.format(what=view.what, who=view.asker.name)
    # Whoever set it while somebody else was away may see to it no more.
    action = found.button if view.asks(reminder.person_id) else "details"
    button = Button(f"{ON_A_LINE}{action}", LABELS[action], view.hold.id, "primary")
    ends = "ended" if view.over else "ends"
    small = (f"{counted(view.number, 'call')} · {ends} ", When(view.hold.ends_at, now=view.now))
    return Row(capital(words), button, small)


def _as(view: View, person: int) -> Who | None:
    if view.over or view.has_no_part(person):
        return None
    sees_to_it = view.asks(person) and entitled(view, person)
    if view.hold.is_open:
        return "approver" if sees_to_it else None
    return "setter" if person in _setters(view.hold) or sees_to_it else None


def _of_end(view: View, person: int) -> Who | None:
    """Of one that ended by itself: whether anybody had confirmed it."""
    if view.hold.state != "ended" or person not in its_own(view):
        return None
    return "requester" if view.hold.set_by is None else "setter"


def _setters(hold: Hold) -> list[int]:
    return [one for one in (hold.set_by, hold.renewed_by) if one is not None]
