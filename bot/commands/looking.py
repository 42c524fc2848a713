"""The database as commands have it that only look: none is made by asking, and what can't be asked is said in one way."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from bot.settings.config import Misconfigured
from bot.trouble import sentence
from storage.database.addresses import sqlite_file
from storage.database.store import Database, DatabaseDown, Store
from storage.database.upgrade import newest, revision

T = TypeVar("T")
START = "Start the bot once, which makes it, or name the one that is there."


def missing(url: str) -> str:
    """“there is no file …”, where the database is one that is not there, since to open it would make one; else nothing."""
    file = file_of(url)
    if file is None:
        return ""
    try:
        file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return f"there is no file {file}"
    except OSError:  # it may be there: whoever opens it hears why that can't be done
        return ""
    return ""


def file_of(url: str) -> Path | None:
    """The file of a SQLite database, also where its address is one of SQLite's own (`file:…`); None for a server's."""
    file = sqlite_file(url)
    return None if file is None else Path(str(file).removeprefix("file:"))


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """A database that is there, of whatever version. Raises `Misconfigured`, also where it does not work meanwhile."""
    if told := missing(url):
        raise Misconfigured(f"DATABASE_URL: {told}. {START}")
    database = Database(url)
    try:
        yield database
    except DatabaseDown as error:
        raise Misconfigured(f"DATABASE_URL: {sentence(error)}") from error
    finally:
        await database.close()


async def asked(url: str, ask: Callable[[Store], T], within: float | None = None) -> T:
    """What a database of this version answers, `within` so many seconds. Raises `Misconfigured`."""
    async with opened(url) as database:
        await be_of_this_version(database)
        return await (database.read(ask) if within is None else database.read(ask, within))


async def be_of_this_version(database: Database) -> None:
    """Raises `Misconfigured` where something could be looked for in vain; `DatabaseDown`, too, as `revision`."""
    now = await revision(database)
    if now != newest():
        what = (
            "It is of an older version. `run` brings it up to date"
            if now
            else "There is nothing in it yet. `run` sets it up"
        )
        raise Misconfigured(f"DATABASE_URL: {what}.")
