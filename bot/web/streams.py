"""Sends a call's audio hardly faster than it is heard, on record before it goes, and stops once access has ended (P7, P11)."""

from __future__ import annotations

import asyncio
import struct
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from socket import SO_LINGER, SOL_SOCKET

from aiohttp import web

from bot.ports import Absent, Audio, Unavailable
from handlers.rules.refusal import Refused
from storage.store import DatabaseDown

BLOCK = 16 * 1024  # bytes between two looks at the grant while audio streams
WATCH = 1.0  # seconds between two looks while the listener takes nothing
STRETCH = 30.0  # seconds of sound that go on record at once, just before the first of them is sent
HEAD_START, FASTEST = 10.0, 3.0  # seconds of sound at once, then so many times as fast as it is heard


@dataclass(frozen=True, slots=True)
class Pace:
    """How time passes for a stream, in seconds: a clock that only goes on, and how to wait."""

    monotonic: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]]


REAL = Pace(time.monotonic, asyncio.sleep)


@dataclass(frozen=True, slots=True)
class Stream:
    """A half-open range of an audio's bytes, at `rate` bytes a second of sound.

    `ask` looks whether it may still be heard, `record` puts on record that these bytes leave the house: both raise
    `Refused`, or `DatabaseDown` when that can't be known.
    """

    audio: Audio
    span: tuple[int, int]
    rate: float
    ask: Callable[[], Awaitable[object]]
    record: Callable[[int, int], Awaitable[object]]
    pace: Pace

    async def begin(self) -> None:
        """Put the first stretch on record, while there can still be an answer that says why not. Raises as `record`."""
        await self.record(*next(self._stretches()))

    async def send(self, request: web.Request, response: web.StreamResponse) -> None:
        """Send the bytes, after `begin`; a watch beside it cuts the connection when access ends, also while nothing is taken."""
        transport = request.transport
        if transport is None:
            return
        watch = asyncio.create_task(self._watch(transport))
        try:
            await self._blocks(response)
        except (Refused, DatabaseDown, Absent, Unavailable):
            _cut(transport)
        except ConnectionError:
            return
        finally:
            watch.cancel()

    async def _blocks(self, response: web.StreamResponse) -> None:
        began, start = self.pace.monotonic(), self.span[0]
        for first, last in self._stretches():
            for place in range(first, last, BLOCK):
                end = min(place + BLOCK, last)
                if place > start:
                    await self.pace.sleep(self._ahead(end - start, self.pace.monotonic() - began))
                if place == first > start:
                    await self.record(first, last)
                await self.ask()
                await response.write(await self.audio.read(place, end))
        await response.write_eof()

    def _stretches(self) -> Iterator[tuple[int, int]]:
        """The span in parts of `STRETCH` seconds, so that the record says hardly more than what was sent."""
        (start, end), step = self.span, max(1, int(STRETCH * self.rate))
        yield from ((place, min(place + step, end)) for place in range(start, max(end, start + 1), step))

    def _ahead(self, then_sent: int, passed: float) -> float:
        """How many seconds to wait before the next block: what lies in a buffer can't be taken back."""
        return max(0.0, (then_sent - max(BLOCK, HEAD_START * self.rate)) / (FASTEST * self.rate) - passed)

    async def _watch(self, transport: asyncio.Transport) -> None:
        try:
            while True:
                await self.pace.sleep(WATCH)
                await self.ask()
        except (Refused, DatabaseDown):
            _cut(transport)


def _cut(transport: asyncio.Transport) -> None:
    """End a connection and throw away what it has not taken yet."""
    socket = transport.get_extra_info("socket")
    if socket is not None:
        with suppress(OSError):  # it may be closed already
            socket.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
