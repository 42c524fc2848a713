"""What the clock does so that the bot forgets: keys of matters that were closed long ago are destroyed, and cards say so (P8, P11)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.setbacks import Setbacks
from handlers import forgetting
from handlers.acting import CLOCK
from handlers.door import Door
from handlers.forgetting import words_go
from handlers.handling import Intent
from handlers.whose_data import room
from storage.chain import Sealer
from storage.database.store import Store
from storage.matter_keys import Closed
from storage.vouching import Owner

log = structlog.get_logger()
AT_ONCE = 200  # matters that are looked at together
SHOWN_AT_ONCE = 20  # matters whose cards are drawn anew with one tick
FEW = 100  # messages that wait: with more, the cards wait as well
SHORTEST = timedelta(days=28)  # a month


class Forgetting:
    """One part of a tick. `overwritten` is told of what must stand nowhere in the file any more."""

    def __init__(
        self, door: Door, overwritten: Callable[[], object], seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self.door, self.overwritten = door, overwritten
        self._setbacks = Setbacks(seconds)
        self._looked: datetime | None = None

    async def tick(self) -> None:
        """Once an hour of the company's clock, words whose time has come; with each tick, some cards. Raises `DatabaseDown`."""
        hour = self.door.now().replace(minute=0, second=0, microsecond=0)
        if hour != self._looked:
            await self._erase()
            await self._enter([room.untie()])
            self._looked = hour
        await self._enter(map(forgetting.show_erased, await self.door.database.read(_unshown)))

    async def _erase(self) -> None:
        now, policy, after = self.door.now(), self.door.policy, ""
        before = now - policy.records.closed_request_months * SHORTEST
        while page := await self.door.database.read(partial(_closed, before=before, after=after)):
            due = [one.matter for one in page if words_go(policy, one.at, one.line) <= now]
            if due:
                vouched = await self.door.database.read(partial(_vouched, sealer=self.door.keys.log_seal, matters=due))
                await self._enter(map(forgetting.erase_words, vouched))
                self.overwritten()
            after = page[-1].matter

    async def _enter(self, wanted: Iterable[Intent[None]]) -> None:
        """Side by side, so that they share commits; each alone, so that one that fails keeps none of the others back."""
        await asyncio.gather(*map(self._one, wanted))

    async def _one(self, intent: Intent[None]) -> None:
        piece = f"{intent.action}:{intent.subject}"
        await self._setbacks.alone("words", piece, partial(self.door.enter, intent, CLOCK))


def _closed(store: Store, before: datetime, after: str) -> list[Closed]:
    return store.matter_keys.closed(before, after, AT_ONCE)


def _vouched(store: Store, sealer: Sealer, matters: Collection[str]) -> list[str]:
    """Those that the log says were closed so. Of the others somebody changed the row: their words wait."""
    rests = {one: {("matters", one), ("matter_keys", one)} for one in matters}
    altered = store.not_vouched(sealer, set[Owner]().union(*rests.values()))
    if altered:
        log.error("words.altered", matters=sorted({one for _, one in altered}))
    return [one for one, rows in rests.items() if rows.isdisjoint(altered)]


def _unshown(store: Store) -> list[str]:
    return store.matter_keys.unshown(SHOWN_AT_ONCE) if store.outbox.waiting() < FEW else []
