"""Work that goes on as long as the program does: a fault that ends it is logged and counted, and it begins anew."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bot.measures import WORK_FAULTS

log = structlog.get_logger()
PAUSE = 5.0  # seconds until it begins anew


async def unending(name: str, work: Callable[[], Awaitable[object]]) -> None:
    """Do it until it ends by itself or is cancelled; `name` stands in the log and in the metrics."""
    while True:
        try:
            await work()
        except Exception as error:
            WORK_FAULTS.labels(name).inc()
            log.exception("work.ended", work=name, error=type(error).__name__)
            await asyncio.sleep(PAUSE)
        else:
            return
