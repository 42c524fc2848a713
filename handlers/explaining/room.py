"""What explaining the policy brings to the house."""

from __future__ import annotations

from handlers.explaining.pages import HELP, SAYS, clause, overview, public
from handlers.room import Command, Room, Tells

ROOM = Room(
    "explaining",
    commands={"recording-policy": Command(SAYS, HELP, page=overview)},
    buttons={"clause": Tells(clause, "Details")},
    public={"/policy": public},
)
