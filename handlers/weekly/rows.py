"""What stands at home of weekly cards, for whom they wait."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.acting import Act
from handlers.cards import Button, Row, Sign, When
from handlers.lists import waiting
from handlers.room import Rows
from handlers.weekly.words import week_words
from storage.tables.weeks import WeeklyCard


def lists(act: Act) -> Mapping[str, Rows]:
    """A row for each card that waits to be seen by whoever asks."""
    if act.me.email_key not in act.policy.roles.everybody():
        return {}
    return {"waiting": waiting([_row(act, one) for one in act.store.weeks.waiting_for(act.me.id)])}


def _row(act: Act, one: WeeklyCard) -> Row:
    button = Button("details", "Details", one.id, "primary")
    return Row(
        f"{Sign.WAITING} {week_words(one.week)}: to be seen",
        button,
        ("since ", When(one.asked_at, now=act.now), f" · {one.id}"),
    )
