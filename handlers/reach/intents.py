"""What can be wanted of the reach check, with its name in the audit log (P7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from handlers.acting import Intent
from handlers.rules.reach import Outcome


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of trying somebody, by address in normal form; `why` is a platform's word, or empty."""

    who: str
    outcome: Outcome
    why: str = ""


@dataclass(frozen=True)
class Tried(Intent[None]):
    """The clock: everybody in every route was tried. `down` are platforms that are wrong themselves, each with its word, and
    `silent` those that did not answer.
    """

    action: ClassVar[str] = "reach.tried"
    clause: ClassVar[str] = "P7"
    attempts: tuple[Attempt, ...]
    down: tuple[tuple[str, str], ...] = ()
    silent: tuple[str, ...] = ()
