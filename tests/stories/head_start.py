"""A start for one side of a race, found anew on each machine, so that either side wins now and then."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import ClientSession


@dataclass(slots=True)
class HeadStart:
    """How many looks at a bot the quicker side waits for: Slack above nought, Teams below.

    It goes to where both are as quick, by steps that double for as long as the same side wins: Teams' road is the longer
    one, by as much as a token takes to prove, and that is another number on each machine.
    """

    looks: int = 0
    _step: int = 1
    _last: str = ""

    def after(self, outcome: str) -> None:
        """`outcome` is "approved" where Slack won, else "denied"."""
        self._step = 2 * self._step if outcome == self._last else 1
        self._last = outcome
        self.looks += self._step if outcome == "approved" else -self._step


async def looked(url: str, http: ClientSession, looks: int) -> None:
    """Ask a bot so many times whether it is alive; a number below nought is none."""
    for _ in range(looks):
        async with http.get(f"{url}/healthz") as answer:
            assert answer.status == 200
