"""B8: connections that say nothing, too little or nonsense cost the program neither a place nor a log."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import AsyncIterator, MutableMapping
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from bot.seldom import EVERY, Seldom
from bot.web.connections import Doors, Runner, calmly
from bot.web.crowd import Limits
from tests.each import each
from tests.stories.waiting import until

Logs = list[MutableMapping[str, Any]]
SECRET = "hush-hush"
REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n"
MALFORMED = {
    "no request": f"{SECRET} / \x00\r\n\r\n".encode(),
    "no header": f"GET / HTTP/1.1\r\nCookie listening={SECRET}\r\n\r\n".encode(),
    "a long line": f"GET /{SECRET * 2000} HTTP/1.1\r\n\r\n".encode(),
    "a long header": f"GET / HTTP/1.1\r\nCookie: {SECRET * 2000}\r\n\r\n".encode(),
    "many headers": f"GET / HTTP/1.1\r\n{f'X: {SECRET}' * 300}\r\n\r\n".encode().replace(b"hushX", b"hush\r\nX"),
    "two lengths": f"GET /{SECRET} HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n".encode(),
}


class Hand:
    """A clock that moves only when a test moves it."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Site:
    """Answers at once, at `/later` when it is told to, at `/broken` not at all."""

    def __init__(self, limits: Limits) -> None:
        self.hand, self.later, self.lines = Hand(), asyncio.Event(), list[Line]()
        app = web.Application()
        app.add_routes(
            [web.route("*", "/", self._now), web.get("/later", self._later), web.get("/broken", self._broken)]
        )
        self.runner = Runner(app, limits, shutdown_timeout=0.1, clock=self.hand)

    async def start(self) -> None:
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()

    @property
    def doors(self) -> Doors:
        assert isinstance(self.runner.server, Doors)
        return self.runner.server

    async def line(self, said: bytes = b"") -> Line:
        """A new connection that says something."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.runner.addresses[0][1])
        self.lines.append(line := Line(reader, writer))
        await arrived()
        await line.say(said)
        return line

    async def after(self, seconds: float) -> None:
        await arrived()
        self.hand.now += seconds
        self.doors.sweep()

    async def _now(self, request: web.Request) -> web.Response:
        return web.Response(text=str(len(await request.read())))

    async def _later(self, _: web.Request) -> web.Response:
        await self.later.wait()
        return web.Response(text="later")

    async def _broken(self, _: web.Request) -> web.Response:
        raise RuntimeError


async def arrived() -> None:
    """What was sent on this machine is there at once; the loop only has to come round to it."""
    for _ in range(20):
        await asyncio.sleep(0)


class Line:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def say(self, words: bytes) -> None:
        self.writer.write(words)
        await self.writer.drain()

    async def heard(self) -> bytes:
        """All that came until the connection ended."""
        try:
            async with asyncio.timeout(5):
                return await self.reader.read()
        except ConnectionError:
            return b""

    async def answer(self) -> bytes:
        async with asyncio.timeout(5):
            return await self.reader.readuntil(b"\r\n\r\n")

    @property
    def ended(self) -> bool:
        return self.reader.at_eof() or self.reader.exception() is not None


@pytest_asyncio.fixture
async def site() -> AsyncIterator[Site]:
    opened = Site(Limits(most=6, most_of_one=4, headers=10, body=20, idle=100))
    await opened.start()
    yield opened
    opened.later.set()
    for line in opened.lines:
        line.writer.close()
    await opened.runner.cleanup()


@each("said", [b"", REQUEST[:20], REQUEST + REQUEST[:20]])
async def test_b8_headers_that_do_not_come_are_not_waited_for(site: Site, said: bytes) -> None:
    line = await site.line(said)
    await site.after(9)
    await line.say(REQUEST[20:21] if said else b"")  # a byte now and then makes it no longer
    assert len(site.doors.crowd) == 1
    await site.after(1 if said != REQUEST + REQUEST[:20] else 100)
    assert (await line.heard()).count(b"HTTP/1.1") == said.count(b"\r\n\r\n")
    assert len(site.doors.crowd) == 0


async def test_b8_a_body_that_does_not_come_is_not_waited_for(site: Site) -> None:
    line = await site.line(POST + b"1")
    await site.after(19)
    await line.say(b"2")
    assert len(site.doors.crowd) == 1
    await site.after(1)
    assert await line.heard() == b""


async def test_b8_a_connection_rests_for_a_while_between_requests(site: Site) -> None:
    line = await site.line(POST + b"12345")
    await line.say(b"67890")
    assert b" 200 " in await line.answer()
    await site.after(99)
    await line.say(REQUEST)
    assert b" 200 " in await line.answer()
    await site.after(100)
    await line.heard()
    assert len(site.doors.crowd) == 0


async def test_b8_nobody_is_cut_off_for_waiting_for_an_answer(site: Site) -> None:
    line = await site.line(b"GET /later HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    await site.after(1e6)
    site.later.set()
    assert (await line.heard()).endswith(b"later")


async def test_b8_where_there_is_no_room_the_slow_make_it(site: Site, logs: Logs) -> None:
    slow = [await site.line(REQUEST[:20]) for _ in range(4)]
    quick = await site.line(REQUEST)
    assert b" 200 " in await quick.answer()
    await until(lambda: slow[0].ended, "the slowest is cut off")
    assert not any(one.ended for one in slow[1:])
    assert logs == [{"event": "connections.cut", "log_level": "warning", "why": "full", "more": 0}]


async def test_b8_where_all_are_being_answered_the_newcomer_goes(site: Site) -> None:
    busy = [await site.line(b"GET /later HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n") for _ in range(4)]
    await arrived()
    one_more = await site.line(REQUEST)
    assert await one_more.heard() == b""
    site.later.set()
    assert [(await one.heard())[-5:] for one in busy] == [b"later"] * 4


@pytest.mark.parametrize("said", MALFORMED.values())
async def test_b8_what_is_no_request_is_one_line_without_its_bytes(site: Site, logs: Logs, said: bytes) -> None:
    for _ in range(3):
        answer = await (await site.line(said)).heard()
        assert answer.startswith(b"HTTP/1.0 400 ")
        assert b"Server" not in answer
        assert SECRET.encode() not in answer
    [line] = logs
    assert line == {"event": "request.malformed", "log_level": "warning", "why": line["why"], "more": 0}
    assert SECRET not in str(line)


async def test_b8_a_body_in_broken_pieces_is_one_line_too(site: Site, logs: Logs) -> None:
    head = b"POST /later HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    line = await site.line(head.replace(b"/later", b"/") + f"zz{SECRET}\r\n".encode())
    await line.heard()
    assert SECRET not in str(logs)
    assert len(logs) <= 1


async def test_a_fault_of_ours_has_an_id_that_the_person_is_told(site: Site, logs: Logs) -> None:
    answer = await (await site.line(REQUEST.replace(b" / ", b" /broken "))).heard()
    [line] = logs
    assert (line["event"], line["log_level"]) == ("request.failed", "error")
    assert answer.startswith(b"HTTP/1.1 500 ")
    assert line["id"].encode() in answer


async def test_b8_a_want_of_descriptors_is_one_line_and_any_other_fault_is_told_as_ever(
    logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, hand, told = asyncio.get_running_loop(), Hand(), list[dict[str, Any]]()
    calmly(loop, Seldom(hand))
    monkeypatch.setattr(loop, "default_exception_handler", told.append)
    for _ in range(3):
        context = {"message": "out", "exception": OSError(errno.EMFILE, "x"), "socket": object()}
        loop.call_exception_handler(context)
    loop.call_exception_handler({"message": "another", "exception": OSError(errno.EPIPE, "x"), "socket": object()})
    hand.now = EVERY
    loop.call_exception_handler(context)
    loop.set_exception_handler(None)
    assert [(one["event"], one["why"], one["more"]) for one in logs] == [
        ("connections.none_taken", "EMFILE", 0),
        ("connections.none_taken", "EMFILE", 2),
    ]
    assert [one["message"] for one in told] == ["another"]
