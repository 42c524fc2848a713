"""The number is told, the order follows, and whoever is to review a drawn call may hear it (P10)."""

from __future__ import annotations

from handlers import approved
from handlers.acting import Act, Done
from handlers.effects import Tell
from handlers.ids import new_id
from handlers.matters.asking import changed
from handlers.random_review import intents
from handlers.random_review.filling import filled, on_record, unassigned
from handlers.random_review.freezing import NUMBER
from handlers.random_review.lines import UNREADABLE, undrawn
from handlers.random_review.reminding import END, schedule_reminder
from handlers.random_review.view import View, load, seen
from handlers.random_review.words import month_words
from handlers.rules import random_review as rule
from handlers.rules.drawing import number_hash, seed_of
from handlers.sealing import Seal
from handlers.words import counted, moment_words
from handlers.written import Unopened
from storage.records import Grant


def draw_calls(act: Act, intent: intents.DrawCalls) -> Done[None]:
    """The clock: the seed is the hash of list, number and lines, and the first calls of the order are drawn."""
    view = load(act, intent.matter)
    draw = view.draw
    if draw.state != "counted":
        return Done(None, quiet=True)
    number = _number(act, view)
    if number is None:
        return undrawn(act, view, UNREADABLE)
    lines = [one.line for one in view.in_order]
    for one in view.lists:
        one.seed = seed_of(one.list_hash, number, lines)
    draw.number, draw.state, draw.closed_at, draw.sealed = number, "drawn", act.now, b""
    draw.review_until = rule.reviewed_by(act.policy, act.now)
    act.store.deadlines.set(END, draw.id, draw.review_until)
    given = filled(act, view)
    schedule_reminder(act, draw)
    detail = {
        "state": "drawn", "number": number, "seeds": {one.department: one.seed for one in view.lists},
        "until": draw.review_until.isoformat(), **on_record(given),
    }  # fmt: skip
    view = seen(act, draw)
    return Done(None, (*changed(view), *_words(view), *unassigned(act, view)), detail=detail)


def _words(view: View) -> tuple[Tell, ...]:
    """An edited card counts as read, so whoever has calls to review is told."""
    draw, found = view.draw, list[Tell]()
    for person in dict.fromkeys(one.reviewer for one in view.reviews if one.reviewer is not None):
        number, month = len(view.of(person)), month_words(draw.month)
        until = moment_words(draw.review_until, view.people[person].zone, view.now) if draw.review_until else ""
        were, them = ("was", "it") if number == 1 else ("were", "them")
        words = f"{counted(number, 'call')} of {month} {were} drawn for you to review until {until}. Press Details to hear {them}."
        found.append(Tell(person, words, f"random_review:{draw.id}:drawn", "details", draw.id))
    return tuple(found)


def give(act: Act, intent: intents.Give) -> Done[None]:
    """The clock: the reviewer may hear the call that the log names here, until the days for reviewing are over."""
    review = act.store.draws.get_review(intent.matter)
    if review is None or review.reviewer is None or review.state != "waiting":
        return Done(None, quiet=True)
    draw, call = act.store.draws.get(review.draw_id), act.store.recordings.get(review.recording_id)
    known = act.store.grants.of(review.id) is not None
    if known or draw is None or call is None or draw.review_until is None or draw.review_until <= act.now:
        return Done(None, quiet=True)
    grant = Grant(
        id=new_id("G"), matter_id=review.id, person_id=review.reviewer, starts_at=act.now, ends_at=draw.review_until
    )
    act.store.grants.give(grant)
    detail = {
        "grant": grant.id, "until": grant.ends_at.isoformat(), "person": review.reviewer, "recording": call.id,
        **approved.told(review.salt, [call]),
    }  # fmt: skip
    return Done(None, detail=detail)


def _number(act: Act, view: View) -> str | None:
    """The number that was hashed; None where nobody can read it any more, or where it is another one."""
    try:
        told = Seal(act).opened(view.draw.id, view.draw.sealed, NUMBER)
    except Unopened:
        return None
    number = told.decode() if told is not None else ""
    return number if number_hash(number) == view.draw.number_hash else None
