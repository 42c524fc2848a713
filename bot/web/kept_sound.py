"""A copy that a report keeps, as a stream reads it: each of its parts comes through the door, and one is held at a time (P13)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.ports import Absent
from handlers.breach.hearing import Copy
from handlers.breach.intents import PART, Sound

PLAIN, PACKED = (
    32_000.0,
    8_000.0,
)  # bytes taken for a second where nobody knows how long it lasts: of audio/wav, of all else


class KeptSound:
    """An `Audio`. `hear` asks for a part, which is noted, and raises `Refused` once it may not be heard."""

    def __init__(self, copy: Copy, hear: Callable[[int], Awaitable[Sound]]) -> None:
        self.size, self.media_type, self.stamp, self.hear = copy.size, copy.media_type, "", hear
        self._held = (-1, b"")

    async def begin(self, start: int, _: int) -> None:
        """What goes on record before it leaves: the part in which it begins. Raises `Refused`."""
        await self._part(start // PART)

    async def read(self, start: int, end: int) -> bytes:
        """Bytes of the half-open range; raises `Absent` where a part is missing, and `Refused`."""
        found = b""
        while start < end:
            number = start // PART
            data = (await self._part(number))[start - number * PART : end - number * PART]
            if not data:
                raise Absent
            found, start = found + data, start + len(data)
        return found

    async def _part(self, number: int) -> bytes:
        if self._held[0] != number:
            self._held = (number, (await self.hear(number)).data)
        return self._held[1]


def rate(copy: Copy) -> float:
    """Bytes of a second of sound."""
    if copy.seconds:
        return copy.size / max(copy.seconds, 1.0)
    return PLAIN if "wav" in copy.media_type else PACKED
