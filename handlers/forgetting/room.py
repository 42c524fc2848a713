"""What the end of words brings to the house: nothing that anybody presses."""

from __future__ import annotations

from handlers.forgetting import erasing, intents
from handlers.room import Room

ROOM = Room(
    "forgetting",
    does=(
        intents.EraseWords.by(erasing.erase_words),
        intents.EraseWordsAgain.by(erasing.erase_words_again),
        intents.ShowErased.by(erasing.show_erased),
    ),
)
