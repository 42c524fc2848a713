"""What the reach check brings to the house (P7)."""

from __future__ import annotations

from handlers.reach import intents, trying
from handlers.room import Room

ROOM = Room("reach", does=(intents.Tried.by(trying.tried),))
