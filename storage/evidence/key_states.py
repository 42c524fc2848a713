"""What is stored of the keys of matters, as whoever verifies it reads it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import InstrumentedAttribute

from storage.tables.keys import EndedKey, MatterKey, UnsealedRemark, UnsealedWords

Column = InstrumentedAttribute[Any]


@dataclass(slots=True)
class KeyState:
    """One matter's key, or that it ended; or what waits to be sealed with one."""

    key: MatterKey | None = None
    ended: EndedKey | None = None
    words: UnsealedWords | None = None
    remarks: dict[str, str] = field(default_factory=dict)


def key_states(
    read: Callable[[Column, Collection[str], Column], list[Any]], matters: Collection[str]
) -> dict[str, KeyState]:
    """By matter; `read` takes whole rows by a column, in the order of another."""
    found = {one: KeyState() for one in matters}
    for key in read(MatterKey.matter_id, matters, MatterKey.matter_id):
        found[key.matter_id].key = key
    for ended in read(EndedKey.matter_id, matters, EndedKey.matter_id):
        found[ended.matter_id].ended = ended
    for words in read(UnsealedWords.matter_id, matters, UnsealedWords.matter_id):
        found[words.matter_id].words = words
    for remark in read(UnsealedRemark.matter_id, matters, UnsealedRemark.id):
        found[remark.matter_id].remarks[remark.id] = remark.words
    return found
