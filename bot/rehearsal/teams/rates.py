"""How often a bot may call: several sliding windows per conversation and operation, and one for the tenant."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Windows = tuple[tuple[float, int], ...]
# (seconds, calls): learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit
SENDS: Windows = ((1, 7), (2, 8), (30, 60), (3600, 1800))
READS: Windows = ((1, 14), (2, 16), (30, 120), (3600, 3600))


def _published() -> Mapping[str, Windows]:
    sending = dict.fromkeys(("send", "update", "create"), SENDS)
    return {**sending, "member": READS}


@dataclass(frozen=True, slots=True)
class Rates:
    """Windows by operation, each per conversation (per person for `create`), and one for the whole tenant."""

    operations: Mapping[str, Windows] = field(default_factory=_published)
    tenant: Windows = ((1, 50),)

    @classmethod
    def unlimited(cls) -> Rates:
        return cls({}, ())


class RateWindows:
    """Counts the calls that went ahead; `monotonic` gives seconds."""

    def __init__(self, rates: Rates, monotonic: Callable[[], float]) -> None:
        self.rates = rates
        self._monotonic = monotonic
        self._calls: defaultdict[tuple[str, str], deque[float]] = defaultdict(deque)

    def call(self, operation: str, place: str) -> int:
        """Return 0 if the call may go ahead, else whole seconds to wait."""
        limits = (((operation, place), self.rates.operations.get(operation, ())), (("", ""), self.rates.tenant))
        now = self._monotonic()
        wait = max((self._wait(key, windows, now) for key, windows in limits), default=0.0)
        if wait > 0:
            return max(1, math.ceil(wait))
        for key, windows in limits:
            if windows:
                self._calls[key].append(now)
        return 0

    def _wait(self, key: tuple[str, str], windows: Windows, now: float) -> float:
        calls = self._calls[key]
        longest = max((seconds for seconds, _ in windows), default=0.0)
        while calls and now - calls[0] >= longest:
            calls.popleft()
        return max((_room(calls, seconds, most, now) for seconds, most in windows), default=0.0)


def _room(calls: deque[float], seconds: float, most: int, now: float) -> float:
    if len(calls) < most or now - calls[-most] >= seconds:
        return 0.0
    return calls[-most] + seconds - now
