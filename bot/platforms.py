"""What the program starts, asks for addresses and stops of each chat platform."""

from __future__ import annotations

from typing import Protocol

from aiohttp import web


class Platform(Protocol):
    """A chat platform, put together: its addresses, and what starts and ends with the program."""

    def routes(self) -> list[web.RouteDef]: ...
    async def start(self) -> None: ...
    async def finish(self) -> None: ...
    async def stop(self) -> None: ...
