"""aiohttp's connections, held to limits: none is kept for ever, none of their bytes is logged, and none costs the program."""

from __future__ import annotations

import asyncio
import errno
import resource
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import structlog
from aiohttp import StreamReader, web
from aiohttp.http_exceptions import HttpProcessingError

from bot.measures import CUT, REFUSED_AT_THE_WALL
from bot.seldom import Seldom
from bot.web.callers import Networks, household, is_trusted, peer
from bot.web.crowd import Crowd, Limits, Phase

log = structlog.get_logger()
ENOUGH = 8192  # descriptors
RESERVED = 256  # of them for the database, recordings, what we ask others, and a burst of arrivals
SWEEP = 1.0  # seconds
NO_ROOM = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


def room() -> Limits:
    """As many connections as fit, once the soft limit of descriptors is as high as it may be."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = ENOUGH if hard == resource.RLIM_INFINITY else min(hard, ENOUGH)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    return Limits(most=min(Limits().most, max(soft - RESERVED, RESERVED)) if soft > 0 else Limits().most)


def calmly(loop: asyncio.AbstractEventLoop, seldom: Seldom) -> None:
    """Where no descriptor is left, asyncio waits a second between tries and logs each: one line will do."""

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if "socket" in context and isinstance(error, OSError) and error.errno in NO_ROOM:
            seldom.warn("connections.none_taken", errno.errorcode[error.errno])
        else:
            loop.default_exception_handler(context)

    loop.set_exception_handler(handle)


class Runner(web.AppRunner):
    """Runs an application behind `Doors`."""

    def __init__(
        self,
        app: web.Application,
        limits: Limits | None = None,
        *,
        shutdown_timeout: float,
        clock: Callable[[], float] = time.monotonic,
        trusted: Networks = (),
    ) -> None:
        super().__init__(app, access_log=None, shutdown_timeout=shutdown_timeout)
        self._limits, self._clock, self._trusted = limits or room(), clock, trusted

    async def _make_server(self) -> Doors:
        return Doors(await super()._make_server(), self._limits, self._clock, self._trusted)


class Doors(web.Server):
    """The connections of one address, and who has to go when."""

    def __init__(
        self, plain: web.Server, limits: Limits, clock: Callable[[], float] = time.monotonic, trusted: Networks = ()
    ) -> None:
        super().__init__(self._answer, request_factory=plain.request_factory, loop=plain._loop, **plain._kwargs)  # noqa: SLF001  aiohttp makes it no other way
        self._handler, self.clock, self.trusted = plain.request_handler, clock, trusted
        self.crowd: Crowd[Connection] = Crowd(limits)
        self.seldom = Seldom(clock)
        self._sweeping = False

    def __call__(self) -> Connection:
        return Connection(self, loop=self._loop, **self._kwargs)

    def enter(self, one: Connection, address: str | None) -> None:
        """Take in a connection, and cut off another where there is no room for both."""
        gone = self.crowd.enter(one, address, self.clock())
        if gone is not None:
            self._cut(gone, "full")
        if not self._sweeping:
            self._sweep_later()

    def move(self, one: Connection, phase: Phase) -> None:
        self.crowd.move(one, phase, self.clock())

    def sweep(self) -> None:
        """Cut off whoever has been too slow; goes on by itself each second while anybody is there."""
        for one in list(self.crowd.overdue(self.clock())):
            self._cut(one, "slow")

    def _sweep_later(self) -> None:
        self._sweeping = len(self.crowd) > 0
        if self._sweeping:
            self._loop.call_later(SWEEP, self._swept)

    def _swept(self) -> None:
        self.sweep()
        self._sweep_later()

    def _cut(self, one: Connection, why: str) -> None:
        CUT.labels(why).inc()
        self.seldom.warn("connections.cut", why)
        self.crowd.leave(one)
        one.abort()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        connection = request.protocol
        if not isinstance(connection, Connection):
            raise TypeError(connection)
        connection.began(request.content)
        try:
            return await self._handler(request)
        finally:
            connection.answered()


class Connection(web.RequestHandler):
    """One connection. `Doors` knows at each moment what it is waited for."""

    __slots__ = ("_body", "_doors", "_line")

    def __init__(self, doors: Doors, **options: Any) -> None:
        super().__init__(doors, **options)
        self._doors = doors
        self._body: StreamReader | None = None
        self._line: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._line = transport
        self._doors.enter(self, _address(transport, self._doors.trusted))

    def connection_lost(self, exc: BaseException | None) -> None:
        self._doors.crowd.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        requests = self._request_count
        super().data_received(data)
        if self._body is not None:
            self._look()
        elif data and requests == self._request_count and self._doors.crowd.phase(self) is Phase.IDLE:
            self._doors.move(self, Phase.HEADERS)  # the next request has begun, and its headers are not whole

    def began(self, body: StreamReader) -> None:
        """The headers of a request are there."""
        whole = body.is_eof()
        self._body = None if whole else body
        self._doors.move(self, Phase.ANSWER if whole else Phase.BODY)

    def answered(self) -> None:
        """The answer is made; the next request may come."""
        self._body = None
        self._doors.move(self, Phase.IDLE)

    def abort(self) -> None:
        """End at once, with whatever is under way, and with what waits for a peer that takes nothing."""
        if isinstance(self._line, asyncio.Transport):
            self._line.abort()

    def log_exception(self, *args: Any, **kw: Any) -> None:
        """What is wrong with a request is no fault of ours, and its bytes may hold somebody's session."""
        error = kw.get("exc_info")
        if isinstance(error, HttpProcessingError | web.RequestPayloadError):
            REFUSED_AT_THE_WALL.labels("malformed").inc()
            self._doors.seldom.warn("request.malformed", type(error).__name__)
        else:
            log.error("request.failed", exc_info=error)

    def handle_error(
        self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        """The answer where there is none of the application's; a fault of ours is logged with the id that it tells."""
        words = ""
        if isinstance(exc, HttpProcessingError):
            self.log_exception(exc_info=exc)
        else:
            fault = secrets.token_hex(4)
            log.error("request.failed", id=fault, exc_info=exc)
            words = f"Something went wrong on our side. Please try again. If it stays so, tell us this id: {fault}"
        if request.writer.output_size > 0:
            raise ConnectionError("an answer was begun already")
        answer = _Bare(status=status, text=words)
        answer.force_close()
        return answer

    def _look(self) -> None:
        if self._body is not None and self._body.is_eof():
            self._body = None
            self._doors.move(self, Phase.ANSWER)


class _Bare(web.Response):
    """An answer that the application's own signals do not see."""

    async def _prepare_headers(self) -> None:
        await super()._prepare_headers()
        self.headers.popall("Server", None)


def _address(transport: asyncio.BaseTransport, trusted: Networks) -> str | None:
    """Whose connection it is; None for a proxy of ours, through which everybody comes."""
    found = peer(transport.get_extra_info("peername"))
    return None if found is None or is_trusted(found, trusted) else household(found)
