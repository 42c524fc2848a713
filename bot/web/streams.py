"""Sends a call's audio at the pace of its budget, on record before it goes, and stops once access has ended (P7, P11)."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from socket import SO_LINGER, SOL_SOCKET

from aiohttp import web

from bot.ports import Absent, Audio, Unavailable
from bot.web.pacing import Budget
from handlers.rules.refusal import Refused
from storage.database.store import DatabaseDown

WATCH = 1.0  # seconds between two looks while the listener takes nothing
STRETCH = 30.0  # seconds of sound that go on record at once, just before the first of them is sent


@dataclass(slots=True)
class Stream:
    """A half-open range of an audio's bytes, on its way to one connection.

    `ask` looks whether it may still be heard, `record` puts on record that these bytes leave the house: both raise
    `Refused`, or `DatabaseDown` and `Unavailable` when that can't be known. `sent` is the place up to which the bytes have left.
    """

    audio: Audio
    span: tuple[int, int]
    budget: Budget
    ask: Callable[[], Awaitable[object]]
    record: Callable[[int, int], Awaitable[object]]
    transport: asyncio.Transport
    sent: int = field(init=False)

    def __post_init__(self) -> None:
        self.sent = self.span[0]

    async def begin(self) -> bool:
        """Put the first stretch on record, while there can still be an answer that says why not. Raises as `record`.

        False, with nothing on record, where the listener left before there was anything to send.
        """
        place, _ = first = next(self._stretches())
        if not await self._may_leave(place, min(place + self.budget.block, self.span[1])):
            return False
        await self.record(*first)
        return True

    async def send(self, response: web.StreamResponse) -> None:
        """Send the bytes, after `begin`; a watch beside it cuts the connection when access ends, also while nothing is taken.

        Raises `ConnectionError` where the listener has left.
        """
        watch = asyncio.create_task(self._watch())
        try:
            await self._blocks(response)
        except (Refused, DatabaseDown, Absent, Unavailable):
            _cut(self.transport)
        finally:
            watch.cancel()

    async def _blocks(self, response: web.StreamResponse) -> None:
        start, block = self.span[0], self.budget.block
        for first, last in self._stretches():
            for place in range(first, last, block):
                end = min(place + block, last)
                if place > start and not await self._may_leave(place, end):
                    return
                if place == first > start:
                    await self.record(first, last)
                await self.ask()
                await response.write(await self.audio.read(place, end))
                self.sent = end
        await response.write_eof()

    async def _may_leave(self, place: int, end: int) -> bool:
        start = self.span[0]
        soon = end - start <= self.budget.reserve
        return await self.budget.take(end - place, first=soon, gone=self.transport.is_closing, begins=place == start)

    def _stretches(self) -> Iterator[tuple[int, int]]:
        """The span in parts of `STRETCH` seconds, so that the record says hardly more than what was sent."""
        (start, end), step = self.span, max(1, int(STRETCH * self.budget.rate))
        yield from ((place, min(place + step, end)) for place in range(start, max(end, start + 1), step))

    async def _watch(self) -> None:
        try:
            while True:
                await self.budget.pace.sleep(WATCH)
                await self.ask()
        except (Refused, DatabaseDown, Unavailable):
            _cut(self.transport)
        except Exception:
            _cut(self.transport)  # where nothing can be asked, nothing flows on
            raise


def _cut(transport: asyncio.Transport) -> None:
    """End a connection and throw away what it has not taken yet."""
    socket = transport.get_extra_info("socket")
    if socket is not None:
        with suppress(OSError):  # it may be closed already
            socket.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
