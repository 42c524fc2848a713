"""What is stored of the keys of matters, as whoever verifies it reads it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import InstrumentedAttribute

from storage.tables.keys import EndedKey, MatterKey

Column = InstrumentedAttribute[Any]


@dataclass(slots=True)
class KeyState:
    """One matter's key, or that it ended."""

    key: MatterKey | None = None
    ended: EndedKey | None = None


def key_states(
    read: Callable[[Column, Collection[str], Column], list[Any]], matters: Collection[str]
) -> dict[str, KeyState]:
    """By matter; `read` takes whole rows by a column, in the order of another."""
    found = {one: KeyState() for one in matters}
    for key in read(MatterKey.matter_id, matters, MatterKey.matter_id):
        found[key.matter_id].key = key
    for ended in read(EndedKey.matter_id, matters, EndedKey.matter_id):
        found[ended.matter_id].ended = ended
    return found
