"""Holds when calls go against the log while that is walked, some at a time, so that memory is bounded and others get on (P12, C1)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from functools import partial

from handlers.reconciling.findings import Result
from handlers.reconciling.moments import Said, astray, moved, said, unsaid
from storage.chain import Link
from storage.database.store import Database, Store
from storage.pages import pages

MOST = 5000  # entries that were added while the log was walked, read at once


class Moments:
    """What was walked of the log says of moments; kept is only what is stored otherwise, until a later entry says why."""

    def __init__(self, database: Database, found: Callable[[Iterable[Result]], None], rest: float) -> None:
        self.database, self.found, self.rest = database, found, rest
        self._astray: dict[int, Said] = {}

    async def take(self, links: Collection[Link]) -> None:
        """Compare what the next entries say. Raises `DatabaseDown`."""
        self.found(unsaid(links))
        told = said(links)
        for some in pages(told):
            self._compare(told, some, await self.database.read(partial(_stored, calls=some)))
            await asyncio.sleep(self.rest)

    async def settle(self, seq: int) -> None:
        """Tell what is stored otherwise than the log says, once it was walked up to `seq`; what was added since is read as of one moment with it."""
        while self._astray:
            links, stored = await self.database.read(partial(_since, seq=seq, calls=self._astray))
            self._astray |= {call: one for call, one in said(links).items() if call in self._astray}
            if len(links) < MOST:
                self.found(moved(self._astray, stored))
                return
            seq = links[-1][0]

    def _compare(self, told: Mapping[int, Said], calls: Collection[int], stored: Mapping[int, datetime | None]) -> None:
        for call in calls:
            self._astray.pop(call, None)
        self._astray |= astray({call: told[call] for call in calls}, stored)


def _stored(store: Store, calls: Collection[int]) -> dict[int, datetime | None]:
    return store.erasure_evidence.moments(calls)


def _since(store: Store, *, seq: int, calls: Collection[int]) -> tuple[list[Link], dict[int, datetime | None]]:
    return store.audit.links(seq, MOST), _stored(store, calls)
