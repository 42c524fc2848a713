"""Pauses that a chat platform asked for: until one is over, nothing goes there by any path of this process."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping

from cachetools import TLRUCache

from bot.ports import Unavailable

MOST = 50_000  # places
A_FEW = 4


class Pauses:
    """What must wait for how long, by kind of call and by place. `seconds` counts and never goes back.

    A platform does not say whether it means one place or all. It means all where so many different ones were refused
    one after the other that nothing else explains it: `in_a_row` says how many for a kind of call, else four.
    """

    def __init__(self, seconds: Callable[[], float], in_a_row: Mapping[str, int]) -> None:
        self.seconds, self.in_a_row = seconds, in_a_row
        self._ends: TLRUCache[tuple[str, str], float] = TLRUCache(MOST, lambda _, end, __: end, timer=self._now)
        self._refused: defaultdict[str, dict[str, float]] = defaultdict(dict)

    def _now(self) -> float:
        return self.seconds()

    def check(self, kind: str, place: str = "") -> None:
        """Raises `Unavailable` while this place is to be left alone, or all are; nothing has been tried then."""
        rest = max(self._ends.get((kind, one), 0.0) for one in (place, "")) - self.seconds()
        if rest > 0:
            raise Unavailable("ratelimited", retry_after=rest, tried=False)

    def refused(self, kind: str, place: str, seconds: float) -> None:
        """The platform asked for a pause here; an empty place means all of them."""
        now = self.seconds()
        end = max(now + seconds, self._ends.get((kind, place), 0.0))
        self._ends[kind, place] = end
        in_a_row = {one: until for one, until in self._refused[kind].items() if until > now} | {place: end}
        self._refused[kind] = in_a_row
        if len(in_a_row) >= self.in_a_row.get(kind, A_FEW):
            self._ends[kind, ""] = min(in_a_row.values())

    def answered(self, kind: str) -> None:
        """A call of this kind went through, so not all are meant."""
        self._refused.pop(kind, None)
