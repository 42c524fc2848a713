"""Holds when calls go and how they stand against the log while that is walked, some at a time, so that memory is bounded and others get on (P12, C1)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial

from handlers.reconciling.findings import Result
from handlers.reconciling.moments import (
    MOMENT,
    STATE,
    STATING,
    Of,
    Said,
    Stored,
    astray,
    early,
    later,
    moved,
    said,
    standing,
    unsaid,
)
from storage.chain import Link
from storage.database.store import Database, Store
from storage.pages import pages

MOST = 5000  # entries that were added while the log was walked, read at once


class Moments:
    """What was walked of the log says of moments and states; kept is only what is stored otherwise, until a later entry says why."""

    def __init__(self, database: Database, found: Callable[[Iterable[Result]], None], rest: float) -> None:
        self.database, self.found, self.rest = database, found, rest
        self._astray: dict[Of, Said] = {}

    async def take(self, links: Collection[Link]) -> None:
        """Compare what the next entries say. Raises `DatabaseDown`."""
        stating = [one for one in links if one[3] in STATING]
        self.found(unsaid(stating))
        self._astray = later(self._astray, early(stating))
        told = said(links)
        for some in pages(dict.fromkeys(call for call, _ in told)):
            self._compare(told, some, await self.database.read(partial(_stored, calls=some)))
            await asyncio.sleep(self.rest)

    async def settle(self, seq: int) -> None:
        """Tell what is stored otherwise than the log says, once it was walked up to `seq`; what was added since is read as of one moment with it."""
        while self._astray:
            calls = {call for call, _ in self._astray}
            links, stored = await self.database.read(partial(_since, seq=seq, calls=calls))
            self._astray = later(self._astray, early(links))
            self._astray |= {of: one for of, one in said(links).items() if of in self._astray}
            if len(links) < MOST:
                self.found(moved(self._astray, stored))
                return
            seq = links[-1][0]

    def _compare(self, told: Mapping[Of, Said], calls: Collection[int], stored: Mapping[Of, Stored]) -> None:
        mine = {of: told[of] for call in calls for of in ((call, MOMENT), (call, STATE)) if of in told}
        for of in mine:
            self._astray.pop(of, None)
        self._astray |= astray(mine, stored)


def _stored(store: Store, calls: Collection[int]) -> dict[Of, Stored]:
    return standing(store.erasure_evidence.standing(calls))


def _since(store: Store, *, seq: int, calls: Collection[int]) -> tuple[list[Link], dict[Of, Stored]]:
    return store.audit.links(seq, MOST), _stored(store, calls)
