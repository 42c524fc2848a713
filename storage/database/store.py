"""One transaction at a time: opens the database, and runs pieces of work in it, several to a commit."""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Table
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.orm import Session

from storage.chain import compact
from storage.database.faults import DatabaseDown, Incomplete, OtherPolicy, Unsound, fault_word, is_gone, lacking_tables
from storage.database.files import InThreads, begin_as_options_say, prepare_sqlite
from storage.database.servers import GOODBYE, OnTheLoop, Patience, async_url, is_in_memory, server_engine
from storage.prefetch import Prefetch, prefetched_in
from storage.queries import Store
from storage.sessions import Forgotten, Sessions
from storage.unreadable import Unreadable, may_be_unreadable_row, watched_tables

T = TypeVar("T")
# An error that reaches the log must not carry names or words along.
ENGINE: dict[str, Any] = {"hide_parameters": True, "json_serializer": compact}
LULL, LONGEST_GATHERING = 0.001, 0.01  # seconds without a newcomer until a group is complete, and in all
MOST_IN_A_COMMIT = 64
A_LONG_LOOK = 600.0  # seconds: for one look through a table
MOST_WAITING = 4096  # pieces of work: more means that the database is away, and the caller should hear it


@dataclass(slots=True)
class _Piece:
    """A piece of work that waits to be written, since a moment of `time.monotonic`; `done` gets its result or error."""

    work: Callable[[Store], Any]
    ahead: Prefetch | None
    done: asyncio.Future[Any]
    since: float
    alone: bool = False


class Database:
    """A SQLite file or a PostgreSQL database. `write` and `read` are all that the house above needs.

    `policy` is the digest of the policy by which the program works, once it has declared it; empty for a command.
    `refused` is why the last commit could not be stored; None where it was. Work that meets a row that can't be read is done without
    it: `unreadable` knows which those are.
    """

    def __init__(self, url: str, patience: Patience | None = None) -> None:
        address, patience = async_url(url), patience or Patience()
        self.is_sqlite = address.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self.engine: AsyncEngine = create_async_engine(address, **ENGINE)
            prepare_sqlite(self.engine.sync_engine)
            begin_as_options_say(self.engine.sync_engine)
        else:
            self.engine = server_engine(address, patience, **ENGINE)
        self.writers: AsyncEngine = self.engine.execution_options(steward_writes=True)
        self.sessions: Sessions = InThreads(address, **ENGINE) if self.is_sqlite else OnTheLoop(self.engine, patience)
        self._patience = patience
        self._waiting: list[_Piece] = []
        self._in_hand: list[_Piece] = []
        self._busy = False
        self.policy = ""
        self.refused: DatabaseDown | None = None
        self.unreadable = Unreadable()
        self._written = 0  # entries of the audit log that were there for certain
        self._tasks: set[asyncio.Task[None]] = set()

    async def write(self, work: Callable[[Store], T], ahead: Prefetch | None = None, *, alone: bool = False) -> T:
        """Run work in a transaction and return after its commit. Raises what the work raises, or `DatabaseDown`.

        Pieces of work that arrive during a commit share the next one. Work must affect only the store: if another piece
        in its group fails, it runs again in a transaction of its own. What it announces in `ahead` is read for the
        whole group at once. Work that is `alone` shares its transaction with no other, so that its rows can't be linked
        to theirs.
        """
        if len(self._waiting) >= MOST_WAITING:
            raise DatabaseDown("busy")
        piece = _Piece(work, ahead, asyncio.get_running_loop().create_future(), time.monotonic(), alone)
        self._waiting.append(piece)
        if not self._busy:
            self._busy = True
            task = asyncio.create_task(self._commit_in_groups())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        result: T = await piece.done
        return result

    async def read(self, work: Callable[[Store], T], within: float | None = None) -> T:
        """Run work that changes nothing. Raises `DatabaseDown` when the database can't be asked.
        `within` is for work that takes long: how many seconds it may take, each statement and all of it. Work that
        meets an unreadable row is run again without it.
        """
        closely = False
        while True:
            found_before = self.unreadable.found
            try:
                return await self._read(work, within, closely=closely)
            except Exception as error:
                if not may_be_unreadable_row(error) or (closely and self.unreadable.found == found_before):
                    raise
            closely = True

    async def _read(self, work: Callable[[Store], T], within: float | None, *, closely: bool) -> T:
        """Run work that changes nothing, once; `closely` checks each table first for rows that can't be read."""

        def watched(session: Session) -> T:
            self.unreadable.watch(session, closely=closely)
            return work(Store(session))

        try:
            return await self.sessions.read(watched, within)
        except (DBAPIError, PoolExhausted, OSError) as error:
            if why := fault_word(error):
                raise DatabaseDown(why) from error
            raise

    async def look_through(self) -> list[str]:
        """Find all unreadable rows, and return them; tables that were looked through a moment ago are left out. Raises
        `DatabaseDown`.
        """
        self.unreadable.parts = frozenset()
        for table in filter(self.unreadable.is_due, watched_tables()):
            await self._read(partial(_look_through, self.unreadable, table), A_LONG_LOOK, closely=False)
        return self.unreadable.rows()

    async def examine(self, *, whole: bool = False) -> None:
        """Write a byte, and read as if for the first time; with `whole`, every page. Raises `DatabaseDown`.
        If some of our tables are missing, that is an `Incomplete`, which names them.
        """
        try:
            await self.write(lambda store: store.audit.probe())
        except (DatabaseDown, SQLAlchemyError) as error:
            if not isinstance(error, DatabaseDown) or str(error) == "away":
                await self._require_tables()  # a missing table that every change needs shows only as this
            raise
        try:
            await self.sessions.examine(whole=whole)
        except (sqlite3.Error, SQLAlchemyError, OSError) as error:
            raise DatabaseDown(fault_word(error) or "corrupt") from error

    async def _require_tables(self) -> None:
        if lost := await self.lacking():
            raise Incomplete(lost)

    async def lacking(self) -> list[str]:
        """Return the names of our tables that are missing. Raises `DatabaseDown`."""
        return await self.read(lambda store: lacking_tables(store.session.connection()))

    async def forget(self, *, calm: bool) -> Forgotten:
        """Remove the traces of what was overwritten, and say whether that worked. Raises `DatabaseDown`.
        What takes long is done only while few people work (`calm`).
        """
        try:
            return await self.sessions.forget(calm=calm)
        except (sqlite3.Error, SQLAlchemyError, OSError) as error:
            raise DatabaseDown(fault_word(error) or "silent") from error

    def longest_wait(self) -> float:
        """Return for how many seconds the oldest piece of work has been waiting to be written; 0 if none is."""
        return max((time.monotonic() - piece.since for piece in (*self._in_hand, *self._waiting)), default=0.0)

    async def close(self) -> None:
        """Wait for the work under way, though not long for a server, and close all connections."""
        try:
            if self._tasks:
                await asyncio.wait(set(self._tasks), timeout=GOODBYE)
            while self._tasks:
                self.sessions.hang_up()
                await asyncio.wait(set(self._tasks), timeout=GOODBYE)
            await self.sessions.close()
            await self.engine.dispose()
        finally:
            # Work that waits for a silent server can't even be cancelled, so stop waiting for it here.
            self.sessions.hang_up()

    async def _commit_in_groups(self) -> None:
        """Commit what is waiting, in groups; pieces of a group that fails are committed one by one."""
        try:
            while self._waiting:
                await self._gather_group()
                self._in_hand, self._waiting = self._waiting[:MOST_IN_A_COMMIT], self._waiting[MOST_IN_A_COMMIT:]
                in_time = self._in_time(self._in_hand)
                group = [piece for piece in in_time if not piece.alone]
                done = len(group) > 1 and await self._commit_group(group)
                for piece in in_time:
                    if piece.alone or not done:
                        await self._commit_alone(piece)
        finally:
            self._busy, self._in_hand = False, []

    async def _gather_group(self) -> None:
        """Wait a moment for pieces of work that are just arriving: a larger group costs each writer less."""
        number, until = 0, time.monotonic() + LONGEST_GATHERING
        while 1 < len(self._waiting) < MOST_IN_A_COMMIT and len(self._waiting) > number and time.monotonic() < until:
            number = len(self._waiting)
            await asyncio.sleep(LULL)

    def _in_time(self, group: list[_Piece]) -> list[_Piece]:
        """Return the pieces that may still be tried; those that waited too long behind a silent server fail now."""
        latest = time.monotonic() - self._patience.work
        for piece in group:
            if piece.since < latest:
                _fail_piece(piece, DatabaseDown("silent"), None)
        return [piece for piece in group if piece.since >= latest]

    async def _commit_group(self, group: list[_Piece]) -> bool:
        """Try several pieces in one transaction.
        Return False, with nothing stored, if one of them may be to blame; True if each has its result or its error.
        """
        try:
            results = await self._run_transaction(group)
        except Exception as error:  # noqa: BLE001  whatever it is, each piece meets it again alone and reports it
            if not is_gone(error):
                return False
            for piece in group:
                _fail_piece(piece, DatabaseDown(fault_word(error)), error)
        else:
            for piece, result in zip(group, results, strict=True):
                _settle_piece(piece, result)
        return True

    async def _commit_alone(self, piece: _Piece) -> None:
        """Commit one piece and settle it with its result or error; unreadable rows that it meets are left out."""
        closely = False
        while not piece.done.done():
            found_before = self.unreadable.found
            try:
                [result] = await self._run_transaction([piece], closely=closely)
            except Exception as error:  # noqa: BLE001  the caller gets it, whatever it is
                if may_be_unreadable_row(error) and (not closely or self.unreadable.found > found_before):
                    closely = True
                    continue
                why = fault_word(error)
                _fail_piece(piece, DatabaseDown(why) if why else error, error if why else None)
            else:
                _settle_piece(piece, result)

    async def _run_transaction(self, group: list[_Piece], *, closely: bool = False) -> list[Any]:
        """Run these pieces in one transaction and return their results; raises whatever goes wrong."""

        def work(session: Session) -> tuple[list[Any], int]:
            self.unreadable.watch(session, closely=closely)
            return _run_group(Store(session), group, self._written, self.policy)

        try:
            results, written = await self.sessions.write(work)
        except Exception as error:
            self._note_refused(error)
            raise
        self.refused = None
        self._written = written
        return results

    def _note_refused(self, error: Exception) -> None:
        """Remember a fault that later work will meet too; work that is wrong or slow says nothing about others."""
        if (why := fault_word(error)) and why != "slow":
            self.refused = DatabaseDown(why)
        elif isinstance(error, DatabaseDown):
            self.refused = error


def _run_group(store: Store, group: list[_Piece], written: int, policy: str) -> tuple[list[Any], int]:
    """Run a group of pieces in an open transaction; return their results, and the number of the log's last entry.
    Raises `Unsound` if the log is corrupt or older than it was, and `OtherPolicy` if another policy is in force.
    """
    head = store.audit.lock()
    if not isinstance(head.seq, int) or not isinstance(head.hash, str):
        raise Unsound("corrupt")  # a SQLite file accepts any value put there by hand
    if head.seq < written:
        # The file was replaced by an older copy while we ran; a new start accepts that copy.
        raise Unsound("gone_back")
    if policy and head.policy != policy:
        raise OtherPolicy(head.policy, policy)
    prefetched_in(store.audit.session).read_ahead(
        store.audit.session, [piece.ahead for piece in group if piece.ahead is not None]
    )
    results = [piece.work(store) for piece in group]
    return results, store.audit.settle()


def _look_through(unreadable: Unreadable, table: Table, store: Store) -> None:
    """Find the unreadable rows of one table: a piece of work for `Database.look_through`."""
    unreadable.look_through(store.session, table, whole=True)


def _settle_piece(piece: _Piece, result: object) -> None:
    """Give the result to the caller, unless the caller has stopped waiting."""
    with suppress(asyncio.InvalidStateError):
        piece.done.set_result(result)


def _fail_piece(piece: _Piece, error: Exception, cause: Exception | None) -> None:
    """Raise an error, with what caused it, in the caller, unless the caller has stopped waiting."""
    error.__cause__ = cause or error.__cause__
    with suppress(asyncio.InvalidStateError):
        piece.done.set_exception(error)


__all__ = [
    "DBAPIError", "Database", "DatabaseDown", "Forgotten", "Incomplete", "SQLAlchemyError", "Store", "async_url", "is_in_memory",
]  # fmt: skip
