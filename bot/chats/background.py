"""Work that goes on after a chat platform had its answer: a stop waits for it, and what fails is logged."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

from bot.ports import Unavailable, Unreachable
from handlers.rules.refusal import Refused
from storage.database.store import DatabaseDown

log = structlog.get_logger()


class BackgroundTasks:
    """What one platform's adapter leaves for later; `platform` stands before each word in the log."""

    def __init__(self, platform: str) -> None:
        self._unavailable, self._late, self._fault = (
            f"{platform}.{what}" for what in ("unavailable", "refused_late", "fault")
        )
        self._tasks: set[asyncio.Task[None]] = set()

    def later(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Do something that the acknowledgement need not wait for."""
        task = asyncio.create_task(self._told(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def finish(self) -> None:
        """Wait for what is under way."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def _told(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except (Unavailable, Unreachable) as error:
            log.warning(self._unavailable, code=error.code)
        except DatabaseDown:
            log.warning(self._unavailable, code="database")
        except Refused as refusal:  # by an answer that came too late to be shown
            log.info(self._late, code=refusal.code)
        except Exception as error:  # the person has been acknowledged; the fault must not be lost
            log.exception(self._fault, error=type(error).__name__)
