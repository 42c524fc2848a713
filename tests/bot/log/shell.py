"""An operator at the command line, and an intruder who changes the database behind the bot's back."""

import base64
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import Executable, update

from bot.__main__ import main
from bot.journal import Journal, Seal
from storage.chain import FIELDS, GENESIS, entry_digest
from storage.database.store import Database, Store
from storage.tables.log import AuditEntry, AuditHead
from tests.bot.environment import ROOT, with_database

T = TypeVar("T")
KEY = base64.b64encode(bytes(range(32))).decode()
SEAL = Seal(base64.b64decode(KEY))


@dataclass
class Shell:
    """A folder, a database's address in the environment, and what a command prints."""

    folder: Path
    url: str
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def verify(self, *options: str) -> tuple[Any, list[str]]:
        """Return the exit code, or the sentence instead of it, and the lines that were printed."""
        return self.call("audit", "verify", *options)

    def call(self, *command: str) -> tuple[Any, list[str]]:
        """The same for any command."""
        self.monkeypatch.setattr("sys.argv", ["recording-steward", *command])
        with pytest.raises(SystemExit) as left:
            main()
        return left.value.code, self.capsys.readouterr().out.splitlines()

    def change(self, *changes: Executable) -> None:
        """Change rows without the door."""
        self.write(lambda store: [store.session.execute(one) for one in changes])

    def write(self, work: Callable[[Store], T]) -> T:
        return self.do(lambda database: database.write(work))

    def read(self, work: Callable[[Store], T]) -> T:
        return self.do(lambda database: database.read(work))

    def do(self, work: Callable[[Database], Awaitable[T]]) -> T:
        """Do something with the database, from outside any loop."""
        return with_database(self.url, work)

    def elsewhere(self, *command: str) -> str:
        """Return what a command prints in its own process, since a process with a file open doesn't lock itself out."""
        done = subprocess.run(
            [sys.executable, "-m", "bot", *command], cwd=self.folder, capture_output=True, text=True, check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        return done.stdout + done.stderr

    def line(self, **more: object) -> Path:
        """Write into the journal what the program writes each minute; return the journal's file."""
        entries, last = self.read(lambda store: store.audit.head())
        journal = Journal(self.folder, SEAL)
        journal.add([{"kind": "head", "entries": entries, "hash": last, "at": "2026-11-24T03:00:00+00:00", **more}])
        return journal.file


def rechained(store: Store, change: Callable[[AuditEntry], None]) -> None:
    """Change entries, and recompute all hashes and the head, as an attacker would who knows how the chain is made."""
    previous = GENESIS
    for entry in store.session.query(AuditEntry).order_by(AuditEntry.seq):
        change(entry)
        entry.previous = previous
        entry.hash = previous = entry_digest({name: getattr(entry, name) for name in FIELDS})
    store.session.execute(update(AuditHead).values(hash=previous))
