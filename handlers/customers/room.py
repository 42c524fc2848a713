"""What customers' requests for their own calls bring to the house (P8): a line for each module of the room."""

from __future__ import annotations

from handlers.customers import filing_room, matter, promised
from handlers.customers.rows import lists
from handlers.room import Room

ROOM = Room(
    "customers",
    does=(
        *matter.DOES,
        *filing_room.DOES,
        *promised.DOES,
    ),
    buttons={
        **filing_room.BUTTONS,
    },
    forms=(
        *filing_room.FORMS,
    ),
    searches=filing_room.SEARCHES,
    due={
        **promised.DUE,
    },
    matter=matter.MATTER,
    lists=lists,
)  # fmt: skip
