"""Writes into the journal what the log says since its newest line: access that ended, words that were erased, and where the log ends (P12)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import structlog

from bot.ports import Unavailable
from bot.proof.journal_lines import ACCESS_ENDED, HEAD, WORDS_ERASED, Newest, Position, newest
from bot.proof.journalling import Patiently
from handlers.door import Door
from storage.database.store import DatabaseDown, Store

log = structlog.get_logger()
SELDOM = 60.0  # seconds between two lines that only say where the log ends
SOON = 1.0  # seconds after something was done, so that what comes with it shares a write
Line = dict[str, object]


def _one(detail: Mapping[str, Any]) -> list[Line]:
    return [{"kind": ACCESS_ENDED, "grant": detail["grant"]}] if detail.get("grant") else []


def _several(detail: Mapping[str, Any]) -> list[Line]:
    return [{"kind": ACCESS_ENDED, "grant": one} for one in detail["grants"]]


def _words(detail: Mapping[str, Any]) -> list[Line]:
    return [{"kind": WORDS_ERASED, "id": detail["trace"]}]


KINDS: Mapping[str, Callable[[Mapping[str, Any]], Iterable[Line]]] = {
    "access.withdraw": _one, "access.call_changed": _one, "access.restored": _one, "retention.close": _several,
    "words.erase": _words, "words.erase_again": _words,
}  # fmt: skip
"""By the entry's action: what must not come back with an older database, under its random id. Later kinds are added here."""


class Noting:
    """After each commit that ends something, soon; of the log's end once a minute at most. `seconds` never goes back.

    The log itself says what is yet to be written, so a crash loses no line: what was committed is written after the next start.
    """

    def __init__(self, door: Door, patiently: Patiently, seconds: Callable[[], float] = time.monotonic) -> None:
        self.door, self.patiently, self.seconds = door, patiently, seconds
        self._looked: int | None = None  # up to this entry nothing is left to be written
        self._told = float("-inf")
        self._woken = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()

    def wake(self) -> None:
        """Something was done; look soon."""
        self._woken.set()

    async def run(self) -> None:
        """Look until cancelled; what can't be written now is written later."""
        while True:
            await self._woken.wait()
            await asyncio.sleep(SOON)
            self._woken.clear()
            try:
                await self.note()
            except (DatabaseDown, Unavailable) as error:
                log.warning("journal.later", why=str(error))
            except Exception as error:  # it must outlive every fault
                log.exception("journal.broken", error=type(error).__name__)

    async def note(self, *, last: bool = False) -> None:
        """Write what is due; with `last`, as before an end, where the log ends as well. Raises `JournalDown`, `DatabaseDown`."""
        async with self._one_at_a_time:
            if self._looked is None:
                found = await self.patiently.do(self._newest)
                self._looked = found.position.entries if found.position else 0
            end, ended = await self.door.database.read(partial(_since, after=self._looked))
            if end.entries <= self._looked:
                return
            quiet = not ended and not last
            if quiet and self.seconds() - self._told < SELDOM:
                return
            told: list[Line] = [*ended, {"kind": HEAD}]
            lines = [self._line(one, end) for one in told]
            await self.patiently.do(lambda: self.patiently.journal.add(lines))
            self._looked, self._told = end.entries, self.seconds()

    def _newest(self) -> Newest:
        return newest(self.patiently.journal.file, self.patiently.journal.seal)

    def _line(self, told: Line, end: Position) -> Line:
        return {**told, "entries": end.entries, "hash": end.hash, "at": self.door.now().isoformat()}


def _since(store: Store, after: int) -> tuple[Position, list[Line]]:
    """Where the log ends, and what has to be written of the entries after that number."""
    end = Position(*store.audit.head())
    done = store.audit.done_between(after, end.entries, KINDS)
    return end, [line for action, detail in done for line in KINDS[action](detail)]
