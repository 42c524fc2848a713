"""What somebody might write into a field by hand, whatever stands in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from tests.storage.rows import NOW

WORDS = {"state", "reason", "decided_as", "part", "because", "kind", "ended_why"}


def others(value: object, moment: bool) -> Iterator[object]:
    """Values that a field might be given instead."""
    match value:
        case None:
            yield NOW if moment else 1
        case datetime():
            yield from (value + timedelta(seconds=1), value - timedelta(days=30), value + timedelta(microseconds=1))
        case bytes():
            yield from (value + b"x", value[:-1], b"")
        case float():
            yield value + 0.002
        case bool():
            yield not value
        case int():
            yield from (value % 7 + 1, value + 100)
        case str():
            yield from (value + "x", "approved" if value != "approved" else "denied")


def look(row: object, fields: Iterable[str]) -> tuple[object, ...]:
    """The same for rows that have the same words of the program's own there, and in all else the same kinds of values."""
    return tuple(value if name in WORDS else type(value) for name in fields for value in [getattr(row, name)])
