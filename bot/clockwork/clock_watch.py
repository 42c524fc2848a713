"""What is done about a clock that isn't trusted: the chats are asked for the time, and the Head is told once (P12)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import structlog

from bot.chats.directory import Directory
from bot.clockwork.trusted_clock import TrustedClock
from handlers.acting import CLOCK
from handlers.door import Door
from handlers.rules.access import company_day
from handlers.waiting_clock import GoOn, Wait, is_confirmed

log = structlog.get_logger()
PATIENCE = 60.0  # seconds for which nobody is told: the next answer often settles it


class ClockWatch:
    """One part of a tick."""

    def __init__(self, clock: TrustedClock, door: Door, directories: Mapping[str, Directory]) -> None:
        self.clock, self.door, self.directories = clock, door, directories
        self._since: float | None = None
        self._told = ""

    async def begin(self) -> None:
        """Start the clock, before anything asks it. Raises `DatabaseDown`."""
        self.clock.begin(await self.door.database.read(lambda store: store.audit.newest_moment()))
        if not self.clock.trusted():
            await self._ask_the_time()

    async def tick(self) -> None:
        """Ask, tell, and take the Head's word. Raises `DatabaseDown`."""
        if not self.clock.trusted():
            await self._ask_the_time()
        doubt = self.clock.doubt()
        if doubt is None:
            await self._go_on()
            return
        if self._since is None:
            self._since = self.clock.seconds()
            log.warning("clock.not_trusted", why=doubt.why, told=doubt.words)
        if not self._told and self.clock.seconds() - self._since >= PATIENCE:
            name = f"CL-{company_day(self.door.policy, self.door.now()):%Y%m%d}"
            await self.door.enter(Wait(name, doubt.why, doubt.words), CLOCK)
            self._told = name
        elif self._told:
            await self._take_the_heads_word()

    async def _take_the_heads_word(self) -> None:
        if await self.door.database.read(partial(is_confirmed, name=self._told)):
            self.clock.confirm()
            await self._go_on()

    async def _go_on(self) -> None:
        if self._told:
            await self.door.enter(GoOn(self._told), CLOCK)
        if self._since is not None:
            log.info("clock.trusted")
        self._since, self._told = None, ""

    async def _ask_the_time(self) -> None:
        """Any answer of a chat has a `Date`, which the clock hears."""
        for one in self.directories.values():
            try:
                await one.chat.greet()
            except Exception as error:  # noqa: BLE001  whatever it is, another answer may tell the time
                log.info("clock.not_answered", platform=one.chat.platform, why=str(error) or type(error).__name__)
