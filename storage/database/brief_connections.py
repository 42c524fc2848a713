"""Connections to PostgreSQL that take leave quickly, whatever the server does."""

from __future__ import annotations

import asyncio

from asyncpg import Connection

LEAVING = 0.4  # seconds to take leave, half of what a server has to finish what is under way


class BriefConnection(Connection):  # type: ignore[misc]  # asyncpg tells no types
    """Takes `LEAVING` to leave, then drops the line; asyncpg waits as long as a server does not hear it.

    It asks by another connection to end what is under way, and nothing ends that wait: the time-out of `close` comes
    after it. Raises `TimeoutError` where the line was dropped.
    """

    async def close(self, *, timeout: float | None = None) -> None:  # noqa: ASYNC109  asyncpg's own word
        async with asyncio.timeout(LEAVING):
            await super().close(timeout=timeout)
