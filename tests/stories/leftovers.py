"""What a database still holds, wherever it lies, and what the program says when it is called beside the bot."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Iterable
from contextlib import closing
from itertools import chain
from pathlib import Path

from sqlalchemy import text

from storage.database.store import Database
from tests.stories.forked import said
from tests.stories.process import Town

SEALED = ("matters", "customer_letters")


async def sealed(database: Database) -> list[bytes]:
    """Whatever is sealed, and every key that opens it, wrapped."""
    each = [await _column(database, f"SELECT sealed FROM {table}") for table in SEALED]
    return [*await wraps(database), *chain.from_iterable(each)]


async def wraps(database: Database) -> list[bytes]:
    """The keys of matters, as the master key wraps them."""
    return await _column(database, "SELECT wrap FROM matters WHERE wrap IS NOT NULL")


async def _column(database: Database, query: str) -> list[bytes]:
    found = await database.read(lambda store: list(store.session.execute(text(query)).scalars()))
    return [bytes(one) for one in found if one]


def places(folder: Path, sought: Iterable[bytes]) -> set[str]:
    """Where one of these stands, in any file that lies there, or in a dump of the database."""
    with closing(sqlite3.connect(folder / "steward.db")) as connection:
        dumped = "\n".join(connection.iterdump()).encode()
    files = {one.name: _held(one) for one in folder.iterdir() if one.is_file()} | {"a dump": dumped}
    both = [form for one in sought for form in (one, one.hex().upper().encode(), one.hex().encode())]
    return {name for name, held in files.items() if any(one in held for one in both)}


def _held(file: Path) -> bytes:
    """By another process: who closes a database's file lets go of all the locks that SQLite holds on it in the same one."""
    return subprocess.run(["cat", str(file)], check=True, capture_output=True).stdout


async def called(town: Town, *words: str, code: int = 0) -> str:
    """Call the program as its operator does, beside the bot; what it said."""
    ended, told = await said(words, town.folder, {**os.environ, **town._settings(1)})
    assert ended == code, told
    return told
