"""Whether the database answers at all: one small question once in a while, which also tells since when the outbox waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from bot.seldom import Seldom
from storage.database.store import Database, DatabaseDown

ASKED = 1.0  # seconds from one question to the next, however many ask
SILENT = 3.0  # seconds without an answer until it counts as silent: one hiccup of a disk is none
EARLY = 0.01  # seconds by which a timer may ring before its time
BRIEFLY = 0.1  # seconds for which an answer is waited for in any case: perhaps it is there, and the program itself stood still


class Pulse:
    """Asks the database, never twice at once. Nothing is given up half-way: each question ends by the database's own patience,
    so no connection is left behind. `seconds` never goes back.
    """

    def __init__(self, database: Database, seconds: Callable[[], float], seldom: Seldom) -> None:
        self.database, self.seconds, self._seldom = database, seconds, seldom
        self.fault = ""  # what the last question that ended met, in a word; empty where it was answered
        self.next_due: datetime | None = None
        self._since: float | None = None  # when the first question was put of those that have no answer
        self._next = float("-inf")
        self._asking: asyncio.Task[None] | None = None

    async def feel(self, patience: float) -> None:
        """Ask, where that is due, and wait for the answer: so many seconds at most, and hardly longer than until it counts as silent."""
        if self._asking is None and self.seconds() >= self._next:
            self._next = self.seconds() + ASKED
            self._since = self.seconds() if self._since is None else self._since
            self._asking = asyncio.create_task(self._ask())
        if self._asking is not None:
            left = max(BRIEFLY, SILENT - self.silence())
            await asyncio.wait({self._asking}, timeout=min(patience, left))

    def silence(self) -> float:
        """Seconds since the first question that has no answer; 0 where the last one was answered."""
        return 0.0 if self._since is None else self.seconds() - self._since

    def answers(self) -> bool:
        """Whether the last question got any answer, be it that something is wrong."""
        return self._asking is None and self.fault != "silent"

    def known(self) -> bool:
        """Whether `next_due` is so."""
        return self._asking is None and not self.fault

    def told(self) -> str:
        """What has been wrong for so long that it is no hiccup, in a word (`storage.database.faults`); empty where nothing is."""
        return (self.fault or "silent") if self.silence() > SILENT - EARLY else ""

    async def _ask(self) -> None:
        try:
            self.next_due = await self.database.read(lambda store: store.outbox.next_due())
        except DatabaseDown as error:
            self._met(str(error))
        except Exception as error:  # noqa: BLE001  a table is gone, as like as not: the look that follows tells which
            self._met("away", type(error).__name__)
        else:
            self.fault, self._since = "", None
        self._asking = None

    def _met(self, fault: str, why: str = "") -> None:
        self.fault = fault
        self._seldom.error("database.unsound", why or fault)
