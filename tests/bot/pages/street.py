"""A street of web servers on loopback, under public names: what each answers, and which were asked."""

import socket
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import aiohttp
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.pages import WebPages
from tests.bot.certificates import a_certificate

HOSTS = frozenset({"fernhill.example", "www.fernhill.example"})
Answers = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Street:
    """One TLS server that answers for every name."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, 0
        self.asked: list[web.Request] = []
        self.pages: Mapping[str, Answers] = {}

    async def open(self) -> None:
        serving, self.trusted = a_certificate(self.folder, *HOSTS)
        app = web.Application()
        app.add_routes([web.get("/{name:.*}", self._answer)])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=serving).start()
        self.port = self._runner.addresses[0][1]

    async def close(self) -> None:
        await self._runner.cleanup()

    def reader(self, seconds: float = 5.0, most: int = 2 * 1024 * 1024) -> WebPages:
        """Return what reads pages, as in production except for the connector."""
        return WebPages(self._connector, seconds, most)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        found = self.pages.get(request.path)
        return await found(request) if found else web.Response(status=404, text="none", content_type="text/html")

    def _connector(self) -> aiohttp.BaseConnector:
        return aiohttp.TCPConnector(resolver=Loopback(self.port), ssl=self.trusted, force_close=True)


def html(text: str, **headers: str) -> Answers:
    """A page with this text."""

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(text=text, content_type="text/html", headers=headers)

    return answer


def leads(to: str, status: int = 302) -> Answers:
    """Return an answer that redirects."""

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers={"Location": to})

    return answer


class Loopback(AbstractResolver):
    """Resolves each name to a port on this machine."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Resolve a name, as aiohttp asks for it."""
        here = {"hostname": host, "host": "127.0.0.1", "port": self.port}
        return [ResolveResult(**here, family=socket.AF_INET, proto=0, flags=socket.AI_NUMERICHOST)]  # type: ignore[typeddict-item]

    async def close(self) -> None:
        """Do nothing: nothing is open."""
