"""What the program starts, asks for addresses and stops of each chat platform."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from aiohttp import web


class Platform(Protocol):
    """A chat platform, put together: its addresses, and what starts and ends with the program."""

    def routes(self) -> list[web.RouteDef]: ...
    async def start(self) -> None: ...
    async def finish(self) -> None: ...
    async def stop(self) -> None: ...
    def unheard(self) -> float | None: ...


def unheard(platforms: Iterable[Platform]) -> float | None:
    """For how many seconds one of them could tell us nothing of what people do there; None where all of them call us by our address."""
    return max((told for one in platforms if (told := one.unheard()) is not None), default=None)
