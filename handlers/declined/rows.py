"""What stands at home of declined calls: those that wait for whoever asks (P5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from handlers.acting import Act
from handlers.cards import Button, Row, Sign, When
from handlers.lists import waiting
from handlers.room import Rows
from storage.tables.declined import Declined

WHICH, UNDECIDED = "Which call did the caller decline?", "A caller declined: erase or keep the recording?"


def lists(act: Act) -> Mapping[str, Rows]:
    """Those of which whoever asks has to say which call it was, and those that wait for a decision."""
    waiting_for = [*act.store.declines.choosing(act.me.id), *act.store.declines.waiting_for(act.me.id)]
    rows = [_row(act, one, WHICH if one.is_unchosen else UNDECIDED, one.began) for one in waiting_for]
    if not rows:
        return {}
    return {"waiting": waiting(rows)}


def _row(act: Act, one: Declined, words: str, began: datetime | None = None) -> Row:
    call = ("call of ", When(began, now=act.now), " · ") if began is not None else ()
    small = (*call, "said ", When(one.asked_at, now=act.now), f" · {one.id}")
    return Row(f"{Sign.QUESTION} {words}", Button("details", "Details", one.id, "primary"), small)
