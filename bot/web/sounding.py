"""Hands out a call's audio, or a part of it, to a browser: under the terms of whoever may hear it, by its Range (RFC 9110)."""

from __future__ import annotations

import asyncio
import re
import struct
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from socket import SO_LINGER, SOL_SOCKET

from aiohttp import web

from bot.ports import Absent, Audio, Unavailable
from bot.web.answers import HEADERS
from bot.web.pacing import Budget, Pacing
from handlers.rules.refusal import Refused
from storage.database.store import DatabaseDown

INLINE: Mapping[str, str] = {**HEADERS, "Content-Disposition": "inline"}


@dataclass(slots=True)
class Sounding:
    """Audio for one session: at the pace of its `budget`, which is asked for once something is to leave.

    `ask` and `record` as of a `Stream`. What is not `ranged` leaves as a whole or not at all; what is asked for by a range ends
    with its `part`, of so many bytes, where there are any. `span` is what leaves, `sent` the place up to which it has left.
    """

    audio: Audio
    pacing: Pacing
    session: str
    budget: Callable[[], Budget]
    ask: Callable[[], Awaitable[object]]
    record: Callable[[int, int], Awaitable[object]]
    headers: Mapping[str, str] = field(default_factory=lambda: INLINE)
    ranged: bool = True
    part: int = 0
    span: tuple[int, int] = (0, 0)
    sent: int = 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Everything that was asked for, or why not; raises what `record` raises, and `TooMuch`."""
        asked = request.headers.get("Range", "") if self.ranged and self._same(request) else ""
        found = span(asked, self.audio.size)
        if found is None:
            told = {"Content-Range": f"bytes */{self.audio.size}"}
            return web.Response(status=416, headers={**self.headers, **told})
        partial = RANGE.fullmatch(asked.strip()) is not None
        self.span = self._within_a_part(*found) if partial and self.part else found
        response = web.StreamResponse(status=206 if partial else 200, headers=self._about(partial=partial))
        if request.method == "HEAD" or request.transport is None:
            self.pacing.look(self.session)
            return response
        budget, transport = self.budget(), request.transport
        async with self.pacing.stream(self.session, budget, transport):
            stream = Stream(self.audio, self.span, budget, self.ask, self.record, transport)
            if not await stream.begin():
                return web.Response(status=408)  # nobody reads it
            with suppress(ConnectionError):  # whoever left in between is told nothing
                await response.prepare(request)
                await stream.send(response)
        self.sent = stream.sent
        return response

    def _within_a_part(self, start: int, end: int) -> tuple[int, int]:
        return start, min(end, (start // self.part + 1) * self.part)

    def _same(self, request: web.Request) -> bool:
        """Whether what is resumed is of this audio, as far as the browser says of which it is (RFC 9110, 13.1.5)."""
        tag = self.headers.get("ETag")
        return tag is None or request.headers.get("If-Range", tag) == tag

    def _about(self, *, partial: bool) -> dict[str, str]:
        start, end = self.span
        found = {
            **self.headers, "Accept-Ranges": "bytes" if self.ranged else "none", "Content-Type": self.audio.media_type,
            "Content-Length": str(end - start),
        }  # fmt: skip
        return found | ({"Content-Range": f"bytes {start}-{end - 1}/{self.audio.size}"} if partial else {})


RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)


def span(header: str, size: int) -> tuple[int, int] | None:
    """The half-open byte range of a Range header; the whole where there is none; None if it can't be met."""
    found = RANGE.fullmatch(header.strip())
    if found is None or found.groups() == ("", ""):
        return (0, size)
    first, last = found.groups()
    if len(first) > 15 or len(last) > 15:
        return None
    start = int(first) if first else max(0, size - int(last))
    end = min(size, int(last) + 1) if first and last else size
    return (start, end) if start < end else None


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
