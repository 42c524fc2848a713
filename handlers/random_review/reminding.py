"""Whoever has yet to type a line, or calls to review, is reminded in the morning (P10)."""

from __future__ import annotations

from datetime import datetime

from handlers.acting import Act, Done
from handlers.cards import Button, Row
from handlers.matters.reminding import tell
from handlers.random_review import intents
from handlers.random_review.view import View, load
from handlers.random_review.words import month_words
from handlers.rules import random_review as rule
from handlers.rules.reminding import next_morning
from handlers.telling import ON_A_LINE
from handlers.words import counted, moment_words
from storage.records import Person
from storage.tables.draws import Draw

OPEN, COUNT, DRAW, GIVE, END, REMIND, ANEW = (
    f"random_review.{one}" for one in ("open", "count", "draw", "give", "end", "remind", "anew")
)


def schedule_reminder(act: Act, draw: Draw) -> None:
    """Ask the clock for the next morning on which there is somebody to remind."""
    if draw.state == "waiting":
        act.store.deadlines.set(REMIND, draw.id, next_morning(act.policy, act.now))
    elif draw.state == "drawn" and draw.review_until is not None:
        # Whoever has calls since may be in a zone of their own; an earlier morning that is asked for stays.
        since = (one.reviewer for one in act.store.draws.reviews(draw.id) if one.reviewer is not None)
        zones = map(_zone, act.store.people.named({*draw.reviewers, *since}).values())
        coming = rule.next_reminder(act.policy, draw.review_until, act.now, zones)
        if coming is not None:
            act.store.deadlines.advance(REMIND, draw.id, coming)


def remind(act: Act, intent: intents.Remind) -> Done[None]:
    """Whoever was asked for a line and typed none; later whoever has calls left, on mornings of their own."""
    view = load(act, intent.matter)
    fell = min(act.now, act.store.deadlines.moment(REMIND, intent.matter) or act.now)
    asked = (one.person_id for one in view.parties if _is_asked(view, one.person_id))
    people = [one for one in asked if view.asks(one) or _is_their_morning(view, one, fell)]
    schedule_reminder(act, view.draw)
    if not people:
        return Done(None, quiet=True)
    tell(act, view.draw, REMIND, people, fell)
    return Done(None, detail={"reminded": people})


def row(view: View, person: int) -> Row | None:
    """How one person is reminded; None for whoever has nothing to do any more."""
    if not _is_asked(view, person):
        return None
    month, draw = month_words(view.draw.month), view.draw
    if view.asks(person):
        words = f"The random review of {month} waits for a line of yours. Press Contribute and type whatever you like."
        return Row(words, Button(f"{ON_A_LINE}draw_line", "Contribute", draw.id, "primary"), draw.id)
    left = sum(one.state == "waiting" for one in view.of(person))
    zone = view.people[person].zone
    until = moment_words(draw.review_until, zone, view.now) if draw.review_until else ""
    which = "it" if left == 1 else "them"
    words = f"You have {counted(left, 'call')} of {month} left to review, until {until}. Press Details to hear {which}."
    return Row(words, Button(f"{ON_A_LINE}details", "Details", draw.id, "primary"), draw.id)


def _is_asked(view: View, person: int) -> bool:
    """Whether there is anything for this person to do about the draw."""
    return view.asks(person) or any(one.state == "waiting" for one in view.of(person))


def _is_their_morning(view: View, person: int, fell: datetime) -> bool:
    """Whether one of this person's mornings has come since the moment (aware) for which the clock was asked."""
    until, zone = view.draw.review_until, _zone(view.people[person])
    return until is not None and any(fell <= at <= view.now for at in rule.mornings(view.policy, until, zone))


def _zone(person: Person) -> str:
    return person.zone if person.checked_at else ""  # whoever was never looked up has the line's days
