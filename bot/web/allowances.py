"""How often one caller may do something, without keeping who called: callers are hashes by a key that lasts a day, in memory only (P13)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.web.answers import TooMuch

DAY = 86400.0  # seconds that a key lasts
REMEMBERED = 4096  # callers, and things that were done


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many of one caller and of all together within `window` seconds; `words` say so to whoever wants more."""

    one: int
    all: int
    window: float
    words: str


REPORTS = Allowance(
    10, 100, 3600.0,
    "Too many reports were sent within an hour. Yours was not sent yet. Please try again later, or report in chat.",
)  # fmt: skip
RECEIPTS = Allowance(
    20, 300, 60.0, "Many receipts that don’t exist were tried just now. Please wait a minute, then try again."
)
LINKS = Allowance(
    20, 300, 60.0, "Many links that don’t work were tried just now. Please wait a minute, then try again."
)


@dataclass(slots=True)
class _Kept:
    """What is remembered of a day, under hashes."""

    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    of: OrderedDict[bytes, deque[float]] = field(default_factory=OrderedDict)
    done: OrderedDict[bytes, None] = field(default_factory=OrderedDict)


class Allowances:
    """Limits for each caller and for all. `seconds` goes on whatever the wall clock does."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._kept, self._since = _Kept(), seconds()

    def look(self, allowance: Allowance, address: str) -> None:
        """Raises `TooMuch` where this caller, or all together, have done it as often as they may; counts nothing."""
        now = self.seconds()
        wait = max(self._wait(allowance, who, most, now) for who, most in _counted(allowance, address))
        if wait > 0:
            raise TooMuch(allowance.words, wait)

    def take(self, allowance: Allowance, address: str) -> None:
        """Count one more; raises `TooMuch`, with nothing counted, beyond the limits."""
        self.look(allowance, address)
        for who, most in _counted(allowance, address):
            self._times(allowance, who, most).append(self.seconds())

    def was_done(self, *what: str) -> bool:
        """Whether `done` was told exactly this."""
        return self._name(*what) in self._of_today().done

    def done(self, *what: str) -> None:
        """Remember that this was done, by a hash of it."""
        self._of_today().done[self._name(*what)] = None
        _shorten(self._kept.done)

    def _wait(self, allowance: Allowance, who: str, most: int, now: float) -> float:
        times = self._times(allowance, who, most)
        return times[0] + allowance.window - now if len(times) == most else 0.0

    def _times(self, allowance: Allowance, who: str, most: int) -> deque[float]:
        name = self._name(allowance.words, who)
        times = self._of_today().of.pop(name, None) or deque(maxlen=most)
        self._kept.of[name] = times
        _shorten(self._kept.of)
        return times

    def _name(self, *what: str) -> bytes:
        told = "\0".join(what).encode("utf-8", "surrogatepass")
        return hmac.digest(self._of_today().key, told, hashlib.sha256)

    def _of_today(self) -> _Kept:
        if self.seconds() - self._since >= DAY:
            self._kept, self._since = _Kept(), self.seconds()
        return self._kept


def _counted(allowance: Allowance, address: str) -> tuple[tuple[str, int], tuple[str, int]]:
    return (f"of {address}", allowance.one), ("all", allowance.all)


def _shorten(kept: OrderedDict[bytes, deque[float]] | OrderedDict[bytes, None]) -> None:
    while len(kept) > REMEMBERED:
        kept.popitem(last=False)
