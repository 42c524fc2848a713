"""What stands at home of the random review: calls to review, lines to type, and how the draws stand (P10)."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.acting import Act
from handlers.cards import Button, Row, Sign, When
from handlers.lists import few, waiting
from handlers.random_review.cards import SIGNS, stands
from handlers.random_review.review_cards import row
from handlers.random_review.view import View, load
from handlers.random_review.words import month_words
from handlers.room import Rows
from storage.tables.draws import Draw

SHOWN = 3
"""So many of the last draws stand at home."""


def lists(act: Act) -> Mapping[str, Rows]:
    """The lists of whoever reviews, and of whoever holds a role; for everybody else there are none."""
    me = act.me
    reviews = me.email_key in act.policy.roles.reviewers.holders
    if not reviews and me.email_key not in act.policy.roles.everybody():
        return {}
    found: dict[str, Rows] = {}
    if reviews or act.store.draws.waiting_for(me.id):
        lines = [_line_row(act, one.draw) for one in _open(act) if one.asks(me.id)]
        found["waiting"] = waiting(lines)
        found["call_reviews"] = few("Calls to review", _mine(act), "to review")
    draws = [one for one in act.store.draws.last(SHOWN) if _has_it(act, one)]
    found["random_review"] = few("Random review", [_draw_row(act, one) for one in draws])
    return found


def _has_it(act: Act, draw: Draw) -> bool:
    return any(one.person_id == act.me.id for one in act.store.matters.parties(draw.id))


def _open(act: Act) -> list[View]:
    return [load(act, one.id) for one in act.store.draws.open()]


def _mine(act: Act) -> list[Row]:
    mine = act.store.draws.waiting_for(act.me.id)
    calls = act.store.draws.calls(mine)
    return [row(one, calls[one.recording_id], act.policy, act.now) for one in mine]


def _line_row(act: Act, draw: Draw) -> Row:
    until = (" · until ", When(draw.due_at, now=act.now)) if draw.due_at else ()
    words = f"{Sign.WAITING} A line for the random review of {month_words(draw.month)}"
    return Row(words, Button("draw_line", "Contribute", draw.id, "primary"), (draw.id, *until))


def _draw_row(act: Act, draw: Draw) -> Row:
    further = f", draw {draw.ordinal}" if draw.ordinal > 1 else ""
    words = f"{SIGNS[draw.state]} {month_words(draw.month)}{further}: {stands(draw)}"
    return Row(
        words, Button("details", "Details", draw.id), ("frozen ", When(draw.asked_at, now=act.now), f" · {draw.id}")
    )
