"""What goes wrong with Web API calls in the demo, as a switch on the page."""

from collections.abc import Collection
from typing import Literal, get_args

from bot.rehearsal import faults
from bot.rehearsal.faults import Fault

Mode = Literal["ok", "slow", "limited", "failing", "lost"]
MODES: tuple[Mode, ...] = get_args(Mode)
LABELS: dict[str, str] = {
    "ok": "All is well",
    "slow": "Slow answers",
    "limited": "Too many requests (429)",
    "failing": "Server errors (500)",
    "lost": "Done, but the answer is lost",
}


class Faults(faults.Faults):
    """Return the next fault: a scripted one first, then the mode's."""

    def __init__(self, slow_seconds: float = 2.5, lost_seconds: float = 5.0) -> None:
        super().__init__()
        self.mode: Mode = "ok"
        self._moods = {
            "slow": Fault("slow", seconds=slow_seconds),
            "limited": Fault("ratelimited", retry_after=2),
            "failing": Fault("http_500"),
            "lost": Fault("lost", seconds=lost_seconds),
        }

    def meet(self, method: str, places: Collection[str]) -> Fault | None:
        return super().meet(method, places) or self._moods.get(self.mode)
