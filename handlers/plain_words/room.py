"""What being asked in plain words brings to the house: how one's own requests are doing (P1, P7)."""

from __future__ import annotations

from collections.abc import Iterable

from handlers.acting import Act
from handlers.cards import Page
from handlers.lists import brought
from handlers.plain_words import words
from handlers.room import Room, Shows

SHOWN = ("mine", "customers")
MOST = 6


def mine(act: Act, rooms: Iterable[Room]) -> Page:
    """How the requests of whoever asks stand, and those of customers whose card he or she has."""
    lists = brought(act, rooms)
    shown = [lists[name] for name in SHOWN if name in lists]
    return words.mine([row for one in shown for row in one.rows(MOST, 0)], sum(one.number for one in shown))


def room(rooms: Iterable[Room]) -> Room:
    """It shows the lists that these rooms bring."""
    return Room(
        "plain_words",
        buttons={
            words.MINE: Shows(lambda act, _: mine(act, rooms), words.WHERE.label, turns=True),
        },
    )
