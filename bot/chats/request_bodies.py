"""What stands in front of every chat platform's address: a body is read only so far, and who is turned away is counted."""

from __future__ import annotations

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot.measures import REFUSED_AT_THE_WALL


class Garbled(Exception):
    """A body that is not packed as its header says; no chat platform packs what it sends."""


async def read(request: web.Request, most: int) -> bytes:
    """The body, of `most` bytes. Raises `HTTPRequestEntityTooLarge`, `Garbled`, or `OSError` where it broke off."""
    if (request.content_length or 0) > most:
        raise web.HTTPRequestEntityTooLarge(max_size=most, actual_size=request.content_length or 0)
    raw = bytearray()
    try:
        while more := await request.content.read(most + 1 - len(raw)):
            raw += more
            if len(raw) > most:
                raise web.HTTPRequestEntityTooLarge(max_size=most, actual_size=len(raw))
    except (web.RequestPayloadError, HttpProcessingError) as error:  # aiohttp has two errors for it
        raise Garbled from error
    return bytes(raw)


def turned_away(status: int, why: str) -> web.Response:
    """An answer that tells nothing; `why` is one of a few words."""
    REFUSED_AT_THE_WALL.labels(why).inc()
    return web.Response(status=status, text="")
