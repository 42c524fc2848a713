"""What customers' requests for their own calls bring to the house (P8): a line for each module of the room."""

from __future__ import annotations

from handlers.customers import deciding_room, filing, matter, passing_time, web_room
from handlers.room import Room

ROOM = Room(
    "customers",
    does=(
        *matter.DOES,
        *filing.DOES,
        *deciding_room.DOES,
        *web_room.DOES,
    ),
    buttons=deciding_room.BUTTONS,
    forms=deciding_room.FORMS,
    due=passing_time.DUE,
    calls=passing_time.CALLS,
    matter=matter.MATTER,
)
