"""The workspace's moods: what goes wrong with Web API calls, as a switch and as a script for tests."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal, get_args

Mode = Literal["ok", "slow", "limited", "failing", "lost"]
MODES: tuple[Mode, ...] = get_args(Mode)
LABELS: dict[str, str] = {
    "ok": "All is well",
    "slow": "Slow answers",
    "limited": "Too many requests (429)",
    "failing": "Server errors (500)",
    "lost": "Done, but the answer is lost",
}


@dataclass(slots=True)
class Fault:
    """One way to fail, for `times` calls of this `method` to this `channel` (None: any).

    `channel` may be a D… or C… id or a person's U… id. `error` is a Slack code, or one of
    `ratelimited` (429 with `retry_after` seconds), `http_500` and its like, `lost` (done, then the
    connection closes after `seconds` without an answer), `slow` (done after `seconds`). A code comes
    with the HTTP `status`, as Slack sends some of its own with a 5xx.
    """

    error: str
    method: str | None = None
    channel: str | None = None
    retry_after: int = 1
    times: int = 1
    seconds: float = 0.0
    status: int = 200

    def fits(self, method: str, places: Collection[str]) -> bool:
        here = self.channel is None or self.channel in places
        return here and self.times > 0 and self.method in (None, method)


class Faults:
    """Scripted faults come first, each used up; then the mode holds. Seconds are real ones."""

    def __init__(self, slow_seconds: float = 2.5, lost_seconds: float = 5.0) -> None:
        self.mode: Mode = "ok"
        self._script: list[Fault] = []
        self._moods = {
            "slow": Fault("slow", seconds=slow_seconds),
            "limited": Fault("ratelimited", retry_after=2),
            "failing": Fault("http_500"),
            "lost": Fault("lost", seconds=lost_seconds),
        }

    def script(self, faults: Iterable[Fault]) -> None:
        self._script.extend(faults)

    @property
    def unused(self) -> list[Fault]:
        """The scripted faults that no call has met yet."""
        return [fault for fault in self._script if fault.times > 0]

    def meet(self, method: str, places: Collection[str]) -> Fault | None:
        for fault in self._script:
            if fault.fits(method, places):
                fault.times -= 1
                return fault
        return self._moods.get(self.mode)
