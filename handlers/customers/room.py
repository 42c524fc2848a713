"""What customers' requests for their own calls bring to the house (P8): a line for each module of the room."""

from __future__ import annotations

from handlers.customers import deciding_room, filing_room, mailing, matter, passing_time, promised, web_room
from handlers.customers.rows import lists
from handlers.room import Room

ROOM = Room(
    "customers",
    does=(
        *matter.DOES,
        *filing_room.DOES,
        *promised.DOES,
        *deciding_room.DOES,
        *web_room.DOES,
    ),
    buttons={
        **filing_room.BUTTONS,
        **deciding_room.BUTTONS,
    },
    forms=(
        *filing_room.FORMS,
        *deciding_room.FORMS,
    ),
    searches=filing_room.SEARCHES,
    due={
        **promised.DUE,
        **passing_time.DUE,
    },
    restored=mailing.ENDS,
    matter=matter.MATTER,
    lists=lists,
)  # fmt: skip
