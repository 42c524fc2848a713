"""Boundaries at which a process may die by SIGKILL: around each commit that changes something, and wherever else it
says so.
"""

import os
import re
import signal
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.orm import Session

from storage.database.store import Database

CHANGE = re.compile(r"(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)")


class Boundaries:
    """Counts from the moment it is armed, writes down what it reaches, and kills its process at one of them. Only
    boundaries with `among` in their name are counted.
    """

    def __init__(self, trace: Path, die_at: int, among: str = "") -> None:
        self.die_at, self.among, self.armed, self.count = die_at, among, False, 0
        self._trace = os.open(trace, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._committing: set[str] = set()

    def reach(self, name: str) -> None:
        if not self.armed:
            return
        self.count += self.among in name
        os.write(self._trace, f"{name}\n".encode())
        if self.count == self.die_at and self.among in name:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch_commits(self, database: Database) -> None:
        """Count only commits that change something: a look into an empty outbox doesn't."""
        engine = database.sessions.engine

        def on_execute(connection: Connection, cursor: Any, statement: str, *_: Any) -> None:
            if (found := CHANGE.match(statement)) and cursor.rowcount:
                connection.info.setdefault("changed", set()).add(found[1])

        def before(connection: Connection) -> None:
            self._committing = connection.info.pop("changed", set())
            self._commit("before")

        def after(_: Session) -> None:
            self._commit("after")

        event.listen(engine, "after_cursor_execute", on_execute)
        event.listen(engine, "rollback", lambda connection: connection.info.pop("changed", None))
        event.listen(engine, "commit", before)
        event.listen(Session, "after_commit", after)

    def _commit(self, when: str) -> None:
        if self._committing:
            self.reach(f"{when} the commit of {' '.join(sorted(self._committing))}")
