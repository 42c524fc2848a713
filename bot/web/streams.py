"""Sends a call's audio hardly faster than it is heard, and stops in the middle once access has ended (P7)."""

from __future__ import annotations

import asyncio
import struct
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from socket import SO_LINGER, SOL_SOCKET

from aiohttp import web

from bot.ports import Absent, Audio, Unavailable
from handlers.rules.refusal import Refused
from storage.store import DatabaseDown

BLOCK = 16 * 1024  # bytes between two looks at the grant while audio streams
WATCH = 1.0  # seconds between two looks while the listener takes nothing
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

    `ask` looks whether it may still be heard: raises `Refused`, or `DatabaseDown` when that can't be known.
    """

    audio: Audio
    span: tuple[int, int]
    rate: float
    ask: Callable[[], Awaitable[object]]
    pace: Pace

    async def send(self, request: web.Request, response: web.StreamResponse) -> None:
        """Send the bytes; a watch beside it cuts the connection when access ends, also while nothing is taken."""
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
        began, (start, end) = self.pace.monotonic(), self.span
        for place in range(start, end, BLOCK):
            await self.ask()
            await response.write(await self.audio.read(place, min(place + BLOCK, end)))
            if place + BLOCK < end:
                await self.pace.sleep(self._ahead(place + BLOCK - start, self.pace.monotonic() - began))
        await response.write_eof()

    def _ahead(self, sent: int, passed: float) -> float:
        """How many seconds to wait before the next block: what lies in a buffer can't be taken back."""
        next_one = sent + BLOCK - max(BLOCK, HEAD_START * self.rate)
        return max(0.0, next_one / (FASTEST * self.rate) - passed)

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
        socket.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
