"""Every step of some work that awaits, commits or deletes: at one of them, chosen by its number, somebody else comes in."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from sqlalchemy import Connection, event
from sqlalchemy.util import await_only

from storage.database.store import Database
from tests.boundaries import CHANGE

T = TypeVar("T")
LOCK = ("BEGIN IMMEDIATE", "FOR UPDATE")
"""By these a writer asks for its turn: SQLite's and PostgreSQL's."""
PATIENCE = 30.0  # seconds after which somebody who was let in is taken to hang


class Steps:
    """Counts the steps; the guest comes at the one of this number, and the work stands still meanwhile.

    Within a transaction nobody else can write, so there the guest knocks, and comes in when it is over.
    """

    def __init__(self, guests: Database) -> None:
        self.passed: list[str] = []
        self.visit: asyncio.Task[object] | None = None
        self._at = 0
        self._guest: Callable[[], Coroutine[Any, Any, object]] = _nobody
        self._loop, self._here = asyncio.get_running_loop(), threading.get_ident()
        self._knocked = asyncio.Event()
        self._changed: set[str] = set()
        event.listen(guests.sessions.engine, "before_cursor_execute", self._knocks)

    def begin(self, at: int, guest: Callable[[], Coroutine[Any, Any, object]]) -> None:
        """Count anew."""
        self.passed, self.visit, self._at, self._guest = [], None, at, guest
        self._knocked = asyncio.Event()

    async def step(self, name: str, *, free: bool = True) -> None:
        """A step; where it is not `free`, others can't write before the next one."""
        self.passed.append(name)
        if len(self.passed) == self._at:
            self.visit = asyncio.create_task(self._guest())
            await asyncio.wait({self.visit} if free else {asyncio.create_task(self._knocked.wait())}, timeout=PATIENCE)

    def still(self, name: str, *, free: bool = True) -> None:
        """The same, for work that does not await: in a thread of its own, or in a greenlet on the loop."""
        stands = self.step(name, free=free)
        if threading.get_ident() == self._here:
            await_only(stands)
        else:
            asyncio.run_coroutine_threadsafe(stands, self._loop).result(PATIENCE)

    def around(self, name: str, work: Callable[..., Awaitable[T]]) -> Callable[..., Awaitable[T]]:
        """The same work with a step before it and one after it."""

        async def counted(*told: Any, **named: Any) -> T:
            await self.step(f"before {name}")
            done = await work(*told, **named)
            await self.step(f"after {name}")
            return done

        return counted

    def around_still(self, name: str, work: Callable[..., T]) -> Callable[..., T]:
        """The same for work that does not await."""

        def counted(*told: Any, **named: Any) -> T:
            self.still(f"before {name}")
            done = work(*told, **named)
            self.still(f"after {name}")
            return done

        return counted

    def watch(self, database: Database) -> None:
        """Each look into the database is a step, and each commit that changes something, before and after."""
        vars(database)["read"] = self.around("a look into the database", database.read)
        engine, write = database.sessions.engine, database.sessions.write
        event.listen(engine, "after_cursor_execute", self._executed)
        event.listen(engine, "rollback", lambda _: self._changed.clear())
        event.listen(engine, "commit", self._commits)

        async def counted(*told: Any) -> Any:
            done = await write(*told)
            if self._changed:
                what = self._what()
                self._changed.clear()
                await self.step(f"after {what}")
            return done

        vars(database.sessions)["write"] = counted

    def _executed(self, _: Connection, cursor: Any, statement: str, *__: Any) -> None:
        if (found := CHANGE.match(statement)) and cursor.rowcount:
            self._changed.add(found[1])

    def _commits(self, _: Connection) -> None:
        if self._changed:
            self.still(f"before {self._what()}", free=False)

    def _what(self) -> str:
        return f"the commit of {' '.join(sorted(self._changed))}"

    def _knocks(self, _: Connection, __: Any, statement: str, *___: Any) -> None:
        if any(one in statement for one in LOCK):
            self._loop.call_soon_threadsafe(self._knocked.set)


async def _nobody() -> None:
    """Comes until it is said who does."""
