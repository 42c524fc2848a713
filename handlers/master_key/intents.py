"""What is wanted of the master key, each with its name in the audit log, which holds ids and never a key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

from handlers.acting import Intent


class Piece(NamedTuple):
    """What was looked at, up to `last` (None: all of it): how much of it is wrapped anew, and how much no key opened."""

    last: str | None
    anew: int
    unopened: int


@dataclass(frozen=True)
class TakeOver(Intent[None]):
    """The start: a database that keeps no keys yet takes over those that follow from its master key.

    `of` is the id of the key that the journal was sealed with, or empty; `lasting` are the keys that it holds, if it does.
    """

    action: ClassVar[str] = "master_key.take_over"
    of: str = ""
    lasting: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Begin(Intent[None]):
    """A new master key is set beside the one before: from now on it wraps whatever comes."""

    action: ClassVar[str] = "master_key.begin"


@dataclass(frozen=True)
class WrapAnew(Intent[Piece]):
    """The keys of so many matters after one are wrapped by the newest master key."""

    action: ClassVar[str] = "master_key.wrap_anew"
    after: str
    most: int


@dataclass(frozen=True)
class Replaced(Intent[None]):
    """Nothing is wrapped by the master key before any more."""

    action: ClassVar[str] = "master_key.replaced"
