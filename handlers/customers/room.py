"""What customers' requests for their own calls bring to the house (P8): a line for each module of the room."""

from __future__ import annotations

from handlers.customers import filing, matter
from handlers.room import Room

ROOM = Room(
    "customers",
    does=(
        *matter.DOES,
        *filing.DOES,
    ),
    matter=matter.MATTER,
)
