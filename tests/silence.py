"""A line to a server that can fall silent: its connections stay open, and nothing gets through any more."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from sqlalchemy.engine import make_url


class Line:
    """A proxy between a program and a server. What was connected when it fell silent stays silent for good."""

    def __init__(self) -> None:
        self.port = 0
        self.dead = False
        self.taken = 0
        self.last_words = b""
        self._open: list[asyncio.Event] = []
        self._programs: list[asyncio.StreamWriter] = []

    def fall_silent(self, *, for_new_ones: bool = False) -> None:
        """Let nothing through from now on; with `for_new_ones`, nor for those that connect later."""
        self.dead = for_new_ones
        for silent in self._open:
            silent.set()

    def says(self, some: bytes) -> None:
        """Tell connected programs what the server didn't say."""
        for program in self._programs:
            program.write(some)

    def hears(self, some: bytes) -> None:
        """Wait for what goes to the server next. If it contains `last_words`, it still arrives, and nothing after it."""
        if self.last_words and self.last_words in some:
            self.last_words = b""
            self.fall_silent()

    def mend(self) -> None:
        """Let new connections through."""
        self.dead = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str) -> None:
        self.taken += 1
        silent = asyncio.Event()
        self._open.append(silent)
        self._programs.append(writer)
        if self.dead:
            silent.set()
        to_us, to_server = await asyncio.open_unix_connection(path)
        try:
            to, back = _pass_on(reader, to_server, silent, self.hears), _pass_on(to_us, writer, silent)
            await asyncio.gather(to, back)
        finally:
            for one in (writer, to_server):
                one.close()


async def _pass_on(
    source: asyncio.StreamReader,
    target: asyncio.StreamWriter,
    silent: asyncio.Event,
    heard: Callable[[bytes], object] = len,
) -> None:
    with suppress(ConnectionError):
        while some := await source.read(2**16):
            if not silent.is_set():
                target.write(some)
                heard(some)
                await target.drain()
    if not silent.is_set():
        target.close()


@asynccontextmanager
async def a_line(url: str) -> AsyncIterator[tuple[Line, str]]:
    """Yield a line to the PostgreSQL at this Unix socket, and its own address."""
    address, line = make_url(url), Line()
    folder = str(address.query["host"])
    path = f"{folder}/.s.PGSQL.{address.query.get('port', address.port or 5432)}"
    tasks: set[asyncio.Task[None]] = set()

    async def taken(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(line.serve(reader, writer, path))
        tasks.add(task)
        with suppress(asyncio.CancelledError, ConnectionError):
            await task

    server = await asyncio.start_server(taken, "127.0.0.1", 0)
    line.port = server.sockets[0].getsockname()[1]
    user = address.username or "postgres"
    try:
        yield line, f"postgresql://{user}@127.0.0.1:{line.port}/{address.database}"
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
