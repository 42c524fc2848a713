"""Keeps a call of the sample company in progress, so that a person can say that its caller declines (P5)."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.rehearsal import calls, company
from bot.rehearsal.phone_system import PhoneSystem

OPERATOR = company.PEOPLE[0]
LONGEST, GOES_ON, PAUSE = 900, 30, 5
"""Seconds of a call, of the rest of one whose recording was stopped, and until the next one."""
_HEAD = 10  # bytes of a tag before its frames


class OngoingCall:
    """One call after another, all with one operator, below `root`; each begins at the company's time (`now`, aware)."""

    def __init__(self, root: Path, now: Callable[[], datetime]) -> None:
        self._root, self._now, self._numbers = root, now, count(1)
        self._phones, self._goes_on, self._seconds = PhoneSystem(root), "", 0
        self._began = now()

    async def run(self) -> None:
        """Run until cancelled."""
        for call in self._phones.calls():  # of a demo that was ended in the middle of one
            self._phones.hang_up(call, 1.0)
        while True:
            await self._one()
            await asyncio.sleep(PAUSE)

    def end_overlong(self) -> None:
        """End a call that would be over when the clock leaps ahead, on the day on which it began. So a month of which
        only the first day has passed has a call that can be drawn (P10).
        """
        if self._goes_on and self._now() - self._began >= timedelta(seconds=LONGEST):
            self._hang_up()

    async def _one(self) -> None:
        self._ring()
        left = LONGEST
        while left and self._goes_on:
            await asyncio.sleep(1)
            left = self._second(left - 1)
        self._hang_up()

    def _ring(self) -> None:
        self._began = self._now().astimezone(ZoneInfo(company.SYDNEY))
        name = f"live-{self._began:%Y%m%d-%H%M%S}-{next(self._numbers)}"
        told = {
            "line": "+61 2 8197 9000", "direction": "incoming", "caller": "0491 570 158",
            "operator": {"name": OPERATOR.name, "email": OPERATOR.email}, "department": OPERATOR.department,
            "started": self._began.isoformat(), "crm": "CS-10777",
        }  # fmt: skip
        self._phones = PhoneSystem(self._root, titled(calls.scripts()[0].audio.read_bytes(), name))
        self._phones.ring(name, told, {"both sides": f"{name}.mp3"})
        self._goes_on, self._seconds = name, 0

    def _second(self, left: int) -> int:
        """Play one more second, unless the call is over; return how many are left."""
        if not self._goes_on:
            return 0
        self._phones.step(self._goes_on)
        self._seconds += 1
        return left if self._phones.records(self._goes_on) else min(left, GOES_ON)

    def _hang_up(self) -> None:
        if self._goes_on:
            self._phones.hang_up(self._goes_on, float(max(self._seconds, 1)))
            self._goes_on = ""


def titled(audio: bytes, title: str) -> bytes:
    """Return an MP3 with another title (ASCII), so that no two calls are the same to the byte: one would pass for a
    copy of the other.
    """
    words = b"TIT2" + (len(title) + 1).to_bytes(4, "big") + bytes(3) + title.encode("ascii")
    return b"ID3\3" + bytes(2) + _tag_length(len(words)) + words + audio[_tag(audio) :]


def _tag_length(number: int) -> bytes:
    """Return a length as tags write it: seven bits to the byte."""
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def _tag(audio: bytes) -> int:
    """Return how many bytes of an MP3 are its tag; 0 without one."""
    if not audio.startswith(b"ID3"):
        return 0
    return _HEAD + sum(byte << shift for byte, shift in zip(audio[6:_HEAD], (21, 14, 7, 0), strict=True))
