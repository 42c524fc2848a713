"""What replacing the master key brings to the house: nothing that anybody presses."""

from __future__ import annotations

from handlers.master_key import intents, replacing
from handlers.room import Room

ROOM = Room(
    "master_key",
    does=(
        intents.TakeOver.by(replacing.take_over),
        intents.Begin.by(replacing.begin),
        intents.WrapAnew.by(replacing.wrap_anew),
        intents.Replaced.by(replacing.replaced),
    ),
)
