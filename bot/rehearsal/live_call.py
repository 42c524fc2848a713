"""Keeps a call of the sample company going, so that somebody can say that its caller declines (P5)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.rehearsal.calls import scripts
from bot.rehearsal.company import PEOPLE, SYDNEY
from bot.rehearsal.phone_system import PhoneSystem

OPERATOR = PEOPLE[0]
LONGEST, GOES_ON, PAUSE = 900, 30, 5
"""Seconds of a call, of what is left of one whose recording was stopped, and until the next one."""


class OngoingCall:
    """One call after the other, all of one operator, below `root`; each begins at a moment of the company's (`now`, aware)."""

    def __init__(self, root: Path, now: Callable[[], datetime]) -> None:
        sound = scripts()[0].audio.read_bytes()
        self._phones, self._now, self._calls = PhoneSystem(root, sound), now, count(1)

    async def run(self) -> None:
        """Until it is cancelled."""
        for call in self._phones.calls():  # of a demo that was ended in the middle of one
            self._phones.hang_up(call, 1.0)
        while True:
            await self._one()
            await asyncio.sleep(PAUSE)

    async def _one(self) -> None:
        began = self._now().astimezone(ZoneInfo(SYDNEY))
        name = f"live-{began:%Y%m%d-%H%M%S}-{next(self._calls)}"
        told = {
            "line": "+61 2 8197 9000", "direction": "incoming", "caller": "0491 570 158",
            "operator": {"name": OPERATOR.name, "email": OPERATOR.email}, "department": OPERATOR.department,
            "started": began.isoformat(), "crm": "CS-10777",
        }  # fmt: skip
        self._phones.ring(name, told, {"both sides": f"{name}.mp3"})
        seconds, left = 0, LONGEST
        while left:
            await asyncio.sleep(1)
            self._phones.step(name)
            seconds, left = seconds + 1, left - 1
            if not self._phones.records(name):
                left = min(left, GOES_ON)
        self._phones.hang_up(name, float(seconds))
