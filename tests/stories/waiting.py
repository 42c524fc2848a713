"""The one place where a story waits for something that another process does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from inspect import isawaitable
from time import monotonic
from typing import Any

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
