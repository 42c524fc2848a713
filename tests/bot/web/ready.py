"""A program whose parts are as old as a test says."""

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.clockwork.trusted_clock import Doubt
from bot.readiness import Readiness
from storage.database.store import Database
from tests.clocks import Seconds
from tests.handlers.builders import Clock


@dataclass
class Parts:
    """What `/readyz` looks at, apart from the database; ages in seconds."""

    state: str = ""
    tick: float = 0.0
    delivery: float = 0.0
    reading: bool = False
    unheard: float | None = None
    presses: float = 0.0
    doubt: Callable[[], Doubt | None] = lambda: None
    now: Clock = field(default_factory=Clock)
    seconds: Seconds = field(default_factory=Seconds)


def readiness(database: Database, parts: Parts | None = None) -> Readiness:
    one = parts or Parts()
    return Readiness(
        database, one.now, lambda: one.state, lambda: one.tick, lambda: one.delivery, lambda: one.presses, 20.0,
        lambda: one.reading, lambda: one.unheard, dict, one.doubt, one.seconds,
    )  # fmt: skip
