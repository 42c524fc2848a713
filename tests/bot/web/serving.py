"""Pages on loopback, and a browser that follows no redirects and keeps no cookies."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientResponse, ClientSession, DummyCookieJar, web


@asynccontextmanager
async def served(app: web.Application, port: int = 0) -> AsyncIterator[int]:
    """Serve at the port that it yields."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


class Asking:
    """Ask for what is served at `port`; headers are given by name, with underscores for dashes."""

    port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def get(self, path: str, **told: str) -> tuple[ClientResponse, str]:
        return await self.ask("GET", path, **told)

    async def post(self, path: str, fields: object, **told: str) -> tuple[ClientResponse, str]:
        """Send a plain form, as a browser does without scripts."""
        return await self.ask("POST", path, fields, **told)

    async def ask(self, method: str, path: str, data: Any = b"", **told: str) -> tuple[ClientResponse, str]:
        answer, body = await self.raw(method, path, data, **told)
        return answer, body.decode(errors="replace")

    async def raw(self, method: str, path: str, data: Any = b"", **told: str) -> tuple[ClientResponse, bytes]:
        said = {name.replace("_", "-"): value for name, value in told.items()}
        async with ClientSession(cookie_jar=DummyCookieJar()) as http:
            asked = http.request(method, f"{self.url}{path}", data=data, headers=said, allow_redirects=False)
            async with asked as answer:
                return answer, await answer.read()
