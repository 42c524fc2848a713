"""Faults of the bot's calls to a chat platform, scripted for tests."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass


@dataclass(slots=True)
class Fault:
    """One way to fail, for `times` calls of this `method` to this `place` (None: any).

    `place` is any id by which the platform knows where a call goes. `error` is a code of the platform's (with `retry_after`
    seconds where it asks for a pause), `http_500` and its like without a body, `lost` (done, then the connection closes after
    `seconds` without an answer) or `slow` (done after `seconds`). A code of Slack's comes with the HTTP `status`.
    """

    error: str
    method: str | None = None
    place: str | None = None
    retry_after: int = 1
    times: int = 1
    seconds: float = 0.0
    status: int = 200

    def fits(self, method: str, places: Collection[str]) -> bool:
        here = self.place is None or self.place in places
        return here and self.times > 0 and self.method in (None, method)


class Faults:
    """Scripted faults, each used in its turn. Seconds are real ones."""

    def __init__(self) -> None:
        self._script: list[Fault] = []

    def script(self, faults: Iterable[Fault]) -> None:
        self._script.extend(faults)

    @property
    def unused(self) -> list[Fault]:
        """Return the scripted faults that no call has met yet."""
        return [fault for fault in self._script if fault.times > 0]

    def meet(self, method: str, places: Collection[str]) -> Fault | None:
        for fault in self._script:
            if fault.fits(method, places):
                fault.times -= 1
                return fault
        return None
