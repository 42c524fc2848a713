"""What comes out when the state is held against the log: findings in plain words, by id, and gaps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from storage.evidence.requests import Logged

TOO_LITTLE = "since earlier versions logged too little of it"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something is stored that the log does not say, or the other way round; a sentence without its full stop."""

    sentence: str


@dataclass(frozen=True, slots=True, order=True)
class Gap:
    """Something could not be compared, and why."""

    what: str
    why: str = TOO_LITTLE


Result = Finding | Gap


class Numbered(Protocol):
    """An entry by its number."""

    @property
    def seq(self) -> int:
        """Its place in the log."""


def differ(thing: str, entry: Numbered | None, **pairs: tuple[object, object]) -> Iterator[Finding]:
    """A finding for each name whose two values, as stored and as logged by `entry`, are not the same."""
    for name, (stored, logged) in pairs.items():
        if stored != logged:
            said = f"entry {entry.seq} says" if entry else "the log says"
            yield Finding(
                f"{thing}: “{name.replace('_', ' ')}” is stored as {_told(stored)}, but {said} {_told(logged)}"
            )


def words(thing: str, entry: Logged, stored: str, what: str) -> Iterator[Result]:
    """Whether words fit the commitment that `entry` holds of them; `what` names them where there is none."""
    logged = entry.detail.get("words")
    if logged is None:
        yield Gap(what)
    elif stored != logged:
        yield Finding(f"{thing}: words, or their salt, were changed after entry {entry.seq}")


def unlogged(thing: str) -> Finding:
    """A row that no entry speaks of."""
    return Finding(f"{thing} is stored, but the log knows nothing of it")


def gone(what: str, entry: Logged) -> Finding:
    """An entry whose row is not there."""
    return Finding(f"entry {entry.seq} says that {what}, but that is no longer stored")


def person(person_id: int | None) -> str | None:
    """Somebody in a finding: by id, never by name."""
    return None if person_id is None else f"person {person_id}"


def _told(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S.%f} UTC"
    return "nothing" if value in (None, "", []) else str(value)
