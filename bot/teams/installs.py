"""Who added the app or took it away while the database was away: held in this process until it takes it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from bot.chats.desk import Desk
from handlers.inbox import Press
from handlers.rules.refusal import Refused
from storage.database.store import DatabaseDown

log = structlog.get_logger()
MOST = 5_000  # accounts
PAUSES = (1.0, 2.0, 5.0, 10.0, 20.0)  # seconds until the next try; the last one stays
Rest = Callable[[float], Awaitable[object]]


class Installs:
    """Keeps each in the inbox. Teams tells of none again, so what can't be kept now waits here; of each account its last word.

    A program that ends meanwhile loses them, and says how many: these people are met with their first word to the bot.
    """

    def __init__(self, desk: Desk, rest: Rest = asyncio.sleep) -> None:
        self.desk, self.rest = desk, rest
        self._held: dict[str, Press] = {}
        self._one_by_one = asyncio.Lock()
        self._waiting: asyncio.Task[None] | None = None

    async def take(self, press: Press) -> None:
        """Keep it, behind whatever is held; raises nothing."""
        if not self._held:
            with suppress(DatabaseDown):
                return await self._keep(press)
        self._hold(press)
        if not await self.store() and (self._waiting is None or self._waiting.done()):
            self._waiting = asyncio.create_task(self._wait())
        return None

    def _hold(self, press: Press) -> None:
        if press.account not in self._held and len(self._held) >= MOST:
            log.error("teams.install_not_kept", why="too_many")
            return
        self._held.pop(press.account, None)
        self._held[press.account] = press

    async def store(self) -> bool:
        """Keep what is held, as far as the database takes it now; whether that is all of it."""
        async with self._one_by_one:
            try:
                while self._held:
                    await self._keep(next(iter(self._held.values())))
            except DatabaseDown:
                return False
        return True

    async def stop(self) -> None:
        """Try once more, and say what is lost."""
        if self._waiting is not None:
            self._waiting.cancel()
        if not await self.store():
            log.error("teams.installs_lost", number=len(self._held))

    async def _keep(self, press: Press) -> None:
        try:
            await self.desk.keep(press, at_once=True)
        except DatabaseDown:
            raise
        except Refused as refusal:
            log.warning("teams.install_not_kept", why=refusal.code)
        except Exception as error:  # by a fault of ours with one, none of the others is lost
            log.exception("teams.install_not_kept", why=type(error).__name__)
        if self._held.get(press.account) is press:  # else somebody has changed his mind meanwhile
            del self._held[press.account]

    async def _wait(self) -> None:
        log.warning("teams.installs_held", number=len(self._held))
        tries = 0
        with suppress(asyncio.CancelledError):
            while self._held:
                await self.rest(PAUSES[min(tries, len(PAUSES) - 1)])
                tries += 1
                await self.store()
