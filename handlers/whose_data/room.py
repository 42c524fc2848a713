"""What whose data a listening is brings to the house (P11)."""

from __future__ import annotations

from handlers.room import Does, Room, Shows
from handlers.whose_data import words
from handlers.whose_data.rows import lists, page
from handlers.whose_data.showing import Show, show
from handlers.whose_data.untying import Untie, untie

ROOM = Room(
    "whose_data",
    does=(Show.by(show), Untie.by(untie)),
    buttons={
        words.BUTTON: Shows(page, words.LABEL, turns=True),
        words.SHOW_BUTTON: Does(Show, words.SHOW_LABEL, back="home"),
    },
    lists=lists,
)
