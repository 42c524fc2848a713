"""What a reminder says of a request, for whoever it concerns (P7, P9)."""

from __future__ import annotations

from handlers.access.promised import ends_first
from handlers.access.view import View
from handlers.cards import Button, Row, When, Words
from handlers.matters.case import entitled
from handlers.rules.deadlines import AGAIN, Who, rows
from handlers.telling import ON_A_LINE
from handlers.words import call_words, capital, listed, waited_words
from storage.records import Party
from storage.reminders import Reminder

LABELS = {"details": "Details", "again": "Ask again", "listen": "Listen"}
_ASKED: dict[str, Who] = {
    "access.remind": "approver", "access.deputy": "deputy", "access.next": "next", "access.undecided": "approver",
}  # fmt: skip


def row(view: View, reminder: Reminder) -> Row | None:
    """One line with a button; None where it concerns that person no more."""
    to = _as(view, reminder.step, reminder.person_id)
    found = next((one for one in rows(reminder.step) if one.to == to), None)
    if found is None:
        return None
    words = found.words.format(
        what=view.what,
        who=view.requester.name,
        silent=_silent(view, reminder.person_id),
        role=_role(view, reminder.person_id),
        waited=waited_words(view.request.asked_at, view.now),
    )
    does = found.button
    if does == "again" and not view.askable:  # its calls have had their time
        does, words = "details", words.removesuffix(f" {AGAIN}")
    button = Button(f"{ON_A_LINE}{does}", LABELS[does], view.request.id, "primary")
    return Row(capital(words), button, _small(view, reminder))


def _as(view: View, step: str, person: int) -> Who | None:
    """As what a step concerns this person, as things are now."""
    mine = person == view.request.requester_id
    if step == "access.ending":
        return "holder" if mine and view.audible else None
    if step == "access.lapse" and view.request.state == "lapsed":
        return "requester" if mine else "approver"
    # Whoever stood in may have had to give it back since the clock looked last.
    decides = view.request.state == "waiting" and view.asks(person) and entitled(view, person)
    return _ASKED.get(step) if decides else None


def _silent(view: View, person: int) -> str:
    """Who was asked before this person and did not answer."""
    mine = _party(view, person)
    before = [one for one in view.approvers if mine is not None and one.since < mine.since]
    return listed([view.people[one.person_id].name for one in before], "and") or "whoever was asked before you"


def _role(view: View, person: int) -> str:
    party = _party(view, person)
    if party is None or party.part != "approver":
        return ""
    role = view.policy.roles.held().get(party.role)  # type: ignore[call-overload]
    return (
        (f"deputy of the {role.title}" if role.holder != view.people[person].email_key else role.title) if role else ""
    )


def _party(view: View, person: int) -> Party | None:
    return next((one for one in view.parties if one.person_id == person), None)


def _small(view: View, reminder: Reminder) -> Words:
    return (*call_words(view.recordings, view.policy, view.now), *_until(view, reminder.step))


def _until(view: View, step: str) -> tuple[str | When, ...]:
    """P12: a call whose moment comes before the request lapses says so, since it is due before that."""
    if step == "access.lapse":
        return ()
    if step == "access.ending" and view.grant is not None:
        return " · until ", When(view.grant.ends_at, now=view.now)
    first = ends_first(view)
    if first is not None and first.erase_at is not None:
        return " · due before ", When(first.erase_at, now=view.now)
    return (" · lapses ", When(view.request.due_at, now=view.now)) if view.request.due_at else ()
