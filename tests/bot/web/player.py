"""A company whose listening page is served on loopback, and a player that reads audio byte by byte."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from bot.listeners import Listeners
from bot.ports import Sighting
from bot.web.answers import answer_faults
from bot.web.limits import Limits, Pacing
from bot.web.listening import ListeningPages
from handlers import listening as handlers_listening
from handlers.acting import WEB
from tests.bot.web.hourglass import Hourglass
from tests.bot.web.serving import served
from tests.handlers.builders import AU, Company, approved, call, email, register
from tests.memory_recorder import MemoryRecorder
from tests.moments import NOW
from tests.stories.waiting import until


class CountingRecorder(MemoryRecorder):
    """Counts how often its audio was read."""

    reads = 0

    def content(self, native_id: str, stamp: str) -> bytes:
        self.reads += 1
        return super().content(native_id, stamp)


@dataclass
class Player:
    """One session of Anna's for one call; `size` is that call's audio in bytes."""

    company: Company
    recorder: CountingRecorder
    glass: Hourglass
    port: int
    request: str
    grant: str
    secret: str
    recording: int
    size: int
    met_changed: int = 0

    def changed(self, native_id: str) -> None:
        self.met_changed += 1

    @property
    def path(self) -> str:
        return f"/listen/{self.grant}/{self.recording}/audio"

    @asynccontextmanager
    async def listening(self, *, idle: bool = False, start: int = 0, secret: str = "") -> AsyncIterator[Ear]:
        """Ask for the call from byte `start` on; `idle` takes nothing until told to."""
        cookie = f"listening={secret or self.secret}"
        async with an_ear(self.port, self.path, cookie, idle=idle, start=start) as ear:
            yield ear


@asynccontextmanager
async def an_ear(port: int, path: str, cookie: str, *, idle: bool = False, start: int = 0) -> AsyncIterator[Ear]:
    """A connection that asks for audio; `idle` takes nothing until told to."""
    line = socket.socket()
    if idle:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.setblocking(False)
    await asyncio.get_running_loop().sock_connect(line, ("127.0.0.1", port))
    reader, writer = await asyncio.open_connection(sock=line, limit=1024 if idle else 2**16)
    where = f"Range: bytes={start}-\r\n" if start else ""
    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{where}Cookie: {cookie}\r\n\r\n".encode())
    ear = Ear(reader, await reader.readuntil(b"\r\n\r\n"))
    if not idle:
        ear.listen()
    try:
        yield ear
    finally:
        writer.close()
        if ear.task:
            ear.task.cancel()
            await asyncio.gather(ear.task, return_exceptions=True)


@dataclass
class Ear:
    """What has been heard; `end` says how the connection ended."""

    reader: asyncio.StreamReader
    head: bytes
    got: int = 0
    end: str = ""
    task: asyncio.Task[None] | None = field(default=None)

    def listen(self) -> None:
        self.task = asyncio.create_task(self._take())

    async def has(self, size: float) -> None:
        """Wait until so many bytes have arrived."""
        await until(lambda: self.got >= size, f"{size:,.0f} bytes")

    async def ended(self) -> str:
        return str(await until(lambda: self.end, "the connection ends"))

    async def _take(self) -> None:
        try:
            while some := await self.reader.read(2**16):
                self.got += len(some)
            self.end = "finished"
        except ConnectionResetError:
            self.end = "reset"


def sighting(native_id: str, seconds: float) -> Sighting:
    return Sighting(
        native_id=native_id, line=AU, direction="incoming", caller="+61412345678", operator_name="Bram Tolliver",
        operator_email=email("Bram Tolliver"), department="customer_success", started=NOW, duration=seconds, crm="CS-1",
        media_type="audio/wav", size=0, stamp="",
    )  # fmt: skip


async def everybody(_: int) -> bool:
    """A platform that says everyone is a member."""
    return True


@asynccontextmanager
async def a_player(
    company: Company, size: int, seconds: float, confirmed: Callable[[int], Awaitable[bool]] = everybody
) -> AsyncIterator[Player]:
    """Serve the page, opened by Anna for a call of so many bytes and seconds."""
    recorder, glass = CountingRecorder(), Hourglass()
    recorder.keep(sighting("call-7", seconds), bytes(size))
    [recording] = await register(
        company.door, call(7, seconds=seconds, size=size, stamp=(await recorder.audio("call-7")).stamp)
    )
    request = await approved(company, calls=[recording])
    opened = await company.door.enter(
        handlers_listening.exchange_code(
            await company.door.enter(handlers_listening.make_listen_code(request), company.anna)
        ),
        WEB,
    )
    player = Player(company, recorder, glass, 0, request, opened.grant, opened.secret, recording, size)
    app = web.Application(middlewares=[answer_faults()])
    app.add_routes(
        ListeningPages(
            company.door, recorder, "http://localhost", Limits(seconds=glass.pace.monotonic), player.changed,
            Listeners(confirmed, glass.pace.monotonic), Pacing(glass.pace),
        ).routes()
    )  # fmt: skip
    async with served(app) as player.port:
        yield player
