"""Each piece of work alone: what fails is counted and logged, not too often, stops nothing after it, and is tried again later."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import structlog

from bot.measures import TICK_FAULTS
from bot.ports import Unavailable
from handlers.door import Repeated
from handlers.rules.refusal import Refused
from storage.database.store import DatabaseDown

log = structlog.get_logger()
FIRST_WAIT, LONGEST_WAIT = 30.0, 3600.0  # seconds until what failed is tried again: twice as long each time
NEXT_TICK = datetime.min.replace(tzinfo=UTC)
"""What a part of the clock's work returns that has more to do, or could not do all of it."""
Work = Callable[[], Awaitable[object]]


class Setbacks:
    """What failed lately, and from when on it is tried again, after `longest` seconds at most.

    `seconds` never goes back, whatever the wall clock does.
    """

    def __init__(self, seconds: Callable[[], float], longest: float = LONGEST_WAIT) -> None:
        self.seconds, self.longest = seconds, longest
        self._failed: dict[str, tuple[int, float]] = {}

    async def alone(self, part: str, piece: str, work: Work) -> bool:
        """Do a piece, unless it failed a moment ago; whether it is done. Raises `DatabaseDown`, `Unavailable`: others would too."""
        if self._failed.get(piece, (0, float("-inf")))[1] > self.seconds():
            return False
        try:
            await work()
        except Repeated:
            pass
        except (DatabaseDown, Unavailable):
            self._put_off(piece)
            raise
        except Exception as error:  # noqa: BLE001  whatever it is, what comes after it is done
            TICK_FAULTS.labels(part).inc()
            told = {"code": error.code} if isinstance(error, Refused) else {"exc_info": error}
            log.error(
                "tick.fault", part=part, piece=piece, tries=self._put_off(piece), error=type(error).__name__, **told
            )
            return False
        self._failed.pop(piece, None)
        return True

    def again(self, otherwise: datetime | None = None) -> datetime | None:
        """When to look again: with the next tick where something failed lately."""
        latest = self.seconds() - self.longest
        return NEXT_TICK if any(until > latest for _, until in self._failed.values()) else otherwise

    def _put_off(self, piece: str) -> int:
        now, tries = self.seconds(), self._failed.get(piece, (0, 0.0))[0] + 1
        self._failed[piece] = tries, now + min(FIRST_WAIT * 2.0 ** min(tries - 1, 10), self.longest)
        return tries


EVERY = 10.0  # seconds


class QuietLog:
    """Warns of a kind of thing once in `every` seconds; `more` says how many went without a line before."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, every: float = EVERY) -> None:
        self.clock, self.every = clock, every
        self._kinds: dict[tuple[str, str], tuple[float, int]] = {}

    def warn(self, event: str, why: str) -> None:
        """`why` is one of a few words, and nothing that a stranger wrote."""
        self._log_or_count(log.warning, event, why)

    def error(self, event: str, why: str) -> None:
        """The same for what somebody has to fix."""
        self._log_or_count(log.error, event, why)

    def _log_or_count(self, tell: Callable[..., object], event: str, why: str) -> None:
        again, more = self._kinds.get((event, why), (float("-inf"), 0))
        if self.clock() < again:
            self._kinds[event, why] = again, more + 1
            return
        self._kinds[event, why] = self.clock() + self.every, 0
        tell(event, why=why, more=more)
