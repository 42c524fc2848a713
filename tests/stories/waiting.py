"""The one place where a story waits for another process."""

import asyncio
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from time import monotonic
from typing import Any

from handlers.cards import HINT

PATIENCE = 60.0  # seconds


async def until(look: Callable[[], object], what: str, seconds: float = PATIENCE, pause: float = 0.02) -> Any:
    """Look again and again until there is something to see, and return it; fails with `what` after `seconds`."""
    deadline = monotonic() + seconds
    while True:
        seen = look()
        found = await seen if isawaitable(seen) else seen
        if found:
            return found
        assert monotonic() < deadline, f"waited {seconds:g} s in vain: {what}"
        await asyncio.sleep(pause)


async def found(look: Callable[[], Awaitable[list[dict[str, Any]]]], least: int = 1) -> list[dict[str, Any]]:
    """Return a list's options once there are so many: calls may still be being read, or a look-up may fail just now."""

    async def real() -> list[dict[str, Any]] | None:
        offered = [one for one in await look() if one["value"] != HINT]
        return offered if len(offered) >= least else None

    offered: list[dict[str, Any]] = await until(real, f"{least} are offered")
    return offered
