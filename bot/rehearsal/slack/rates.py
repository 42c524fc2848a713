"""How often an app may call: tiers per method, and one message a second per channel."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

MINUTE = 60.0
# Calls a minute: docs.slack.dev/apis/web-api/rate-limits
TIERS: Mapping[int, int] = {1: 1, 2: 20, 3: 50, 4: 100}


@dataclass(frozen=True, slots=True)
class Rates:
    """Calls a minute per tier (plus a small burst); posts a channel as burst and seconds per post."""

    tiers: Mapping[int, int] = field(default_factory=lambda: dict(TIERS))
    burst: int = 5
    post_seconds: float = 1.0
    post_burst: int = 4
    posts_a_minute: int = 300

    @classmethod
    def unlimited(cls) -> Rates:
        return cls(dict.fromkeys(TIERS, 10**9), 0, 0.0, 1, 10**9)


class RateWindows:
    """Keeps one sliding minute for each key and a token bucket for each channel; `monotonic` gives seconds."""

    def __init__(self, rates: Rates, monotonic: Callable[[], float]) -> None:
        self.rates = rates
        self._monotonic = monotonic
        self._calls: defaultdict[str, deque[float]] = defaultdict(deque)
        self._earliest: dict[str, float] = {}

    def call(self, method: str, tier: int) -> int:
        """Return 0 if the call may go ahead, else whole seconds to wait."""
        return self._window(method, self.rates.tiers[tier] + self.rates.burst)

    def post(self, channel: str) -> int:
        """Like `call`, for chat.postMessage: about one a second and channel, and a cap for all."""
        now, step = self._monotonic(), self.rates.post_seconds
        due = max(self._earliest.get(channel, -math.inf), now - step * (self.rates.post_burst - 1))
        if due > now:
            return max(1, math.ceil(due - now))
        if wait := self._window("chat.postMessage", self.rates.posts_a_minute):
            return wait
        self._earliest[channel] = due + step
        return 0

    def _window(self, key: str, most: int) -> int:
        now, calls = self._monotonic(), self._calls[key]
        while calls and now - calls[0] >= MINUTE:
            calls.popleft()
        if len(calls) >= most:
            return max(1, math.ceil(calls[0] + MINUTE - now))
        calls.append(now)
        return 0
