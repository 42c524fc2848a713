"""Hands out a call's audio, or a part of it, to a browser: under the terms of whoever may hear it, by its Range (RFC 9110)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from aiohttp import web

from bot.ports import Audio
from bot.web.answers import HEADERS
from bot.web.pacing import Budget, Pacing
from bot.web.spans import RANGE
from bot.web.spans import span as stretch
from bot.web.streams import Stream

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
        found = stretch(asked, self.audio.size)
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
