"""Whoever comes with a code or a session that is none: how many at most, and how many there were, for one entry an hour.

Nothing of it is written while it happens: what a stranger sends is answered by a read (P7).
"""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable

from bot.measures import REFUSED_AT_THE_WALL
from bot.web.answers import TooMuch

WINDOW = 60.0  # seconds
MOST_OF_ONE, MOST_OF_ALL = 20, 300  # within it; whoever is let in is never counted
REMEMBERED = 4096  # addresses
HOUR = 3600.0  # seconds
WORDS = "Too many links that no longer work were opened from your network. Wait a minute, then press Listen again."


class _Window:
    """The moments of the last few times, as many as are allowed."""

    def __init__(self, most: int) -> None:
        self._at: deque[float] = deque(maxlen=most)

    def wait(self, now: float) -> float:
        """Seconds until there may be one more; 0 for now."""
        full = len(self._at) == self._at.maxlen
        return max(0.0, self._at[0] + WINDOW - now) if full else 0.0

    def add(self, now: float) -> None:
        self._at.append(now)


class Strangers:
    """Limits for each address and for all, and a count. `seconds` goes on whatever the wall clock does."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._all = _Window(MOST_OF_ALL)
        self._of: OrderedDict[str, _Window] = OrderedDict()
        self._number, self._since = 0, 0.0

    def turn_away(self, address: str, *, counted: bool = True, words: str = WORDS) -> None:
        """One more failed; raises `TooMuch` with `words` beyond the limits. `counted` where no entry of its own is written of it."""
        now, theirs = self.seconds(), self._theirs(address)
        wait = max(theirs.wait(now), self._all.wait(now))
        if counted or wait:
            self._count(now)
        if wait:
            raise TooMuch(words, wait)
        theirs.add(now)
        self._all.add(now)

    def due(self) -> int:
        """How many are to be told of now: none before an hour has passed since the first of them."""
        return self._number if self._number and self.seconds() - self._since >= HOUR else 0

    def waiting(self) -> int:
        """How many have not been told of."""
        return self._number

    def told(self, number: int) -> None:
        """So many stand in the log now."""
        self._number -= number
        self._since = self.seconds()

    def _count(self, now: float) -> None:
        REFUSED_AT_THE_WALL.labels("no_session").inc()
        if not self._number:
            self._since = now
        self._number += 1

    def _theirs(self, address: str) -> _Window:
        theirs = self._of.pop(address, None) or _Window(MOST_OF_ONE)
        self._of[address] = theirs
        if len(self._of) > REMEMBERED:
            self._of.popitem(last=False)
        return theirs
