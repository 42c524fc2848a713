"""`recording-steward backup`: one private file with the database and the journal."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bot.commands.archive import JOURNAL, SERVER, SQLITE, Writing, dump, new_file
from bot.commands.looking import START, missing
from bot.journal import NAME, Journal, JournalDown, whole_lines
from bot.laid_out import BACKUP, clear_away, laid_out
from bot.proof.journal_lines import HEAD
from bot.sealing import Seal
from bot.settings.config import Misconfigured, Settings, as_given
from bot.trouble import keys_for, sentence
from handlers.sealing import Keys
from handlers.words import counted
from storage.database.addresses import sqlite_file
from storage.database.copies import Held, copy_out, held
from storage.database.store import Database, DatabaseDown
from storage.database.upgrade import revision

KEEP = (
    "Delete it within 30 days: as long as it is there, it holds what is erased meanwhile (docs/backup-and-restore.md)."
)
BOTH = "The master key is being replaced, and what is in it needs both keys."


def backup(file: Path) -> int:
    """Write an archive that was not there before. Raises `Misconfigured`; then none is there."""
    given = as_given()
    given.master_key()
    clear_away(file.absolute().parent)
    if file.exists() or file.is_symlink():
        raise Misconfigured(f"{file} is there already, and I replace no file. Name another one.")
    try:
        with new_file(file) as opened, laid_out(BACKUP, file.absolute().parent) as folder:
            told = _packed(given, Writing(opened), folder)
    except DatabaseDown as error:
        raise Misconfigured(f"DATABASE_URL: {sentence(error)} No backup was made.") from error
    except OSError as error:
        raise Misconfigured(f"{file} can't be written ({_why(error)}). No backup was made.") from error
    for line in told:
        print(line)
    return 0


def _packed(given: Settings, archive: Writing, folder: Path) -> list[str]:
    """The database first: the journal may know more than it, and never less."""
    seal = Seal(given.master_key())  # the archive is known by the key that opens it, whatever key seals the journal
    name, what = _database(given, folder)
    keys, both = asyncio.run(_keys(given))
    archive.add(name, folder / name)
    (folder / name).unlink()
    journal = _journal(given, archive, what, Seal(keys))
    made = {"made": datetime.now(UTC).isoformat(), "program": version("recording-steward")}
    told = {"revision": what.revision, "entries": what.entries, "hash": what.hash, "root": keys.wrapped_root().hex()}
    told["master"] = keys.ids[0]
    archive.finish({**made, **told}, seal)
    return [
        f"The database: {counted(what.entries, 'entry', 'entries')} of the audit log, and all that they tell of.",
        f"The journal: {journal}.",
        f"The key is not in it: without SECRET_KEY (id {keys.ids[0]}) it can't be restored.",
        *([f"{BOTH} To restore it, set both ({' and '.join(keys.ids)})."] if both else []),
        KEEP,
    ]  # fmt: skip


async def _keys(given: Settings) -> tuple[Keys, bool]:
    """Those that open the database, and whether both are needed."""
    database = Database(given.database_url)
    try:
        return await keys_for(given, database)
    finally:
        await database.close()


def _database(given: Settings, folder: Path) -> tuple[str, Held]:
    path = sqlite_file(given.database_url)
    if path is None:
        what = asyncio.run(_head(given.database_url))
        dump(given.database_url, folder / SERVER)
        return SERVER, what
    if told := missing(given.database_url):
        raise Misconfigured(f"DATABASE_URL: {told}. {START} No backup was made.")
    if not path.is_file():
        raise DatabaseDown("not_there")
    copy_out(path, folder / SQLITE)
    return SQLITE, held(folder / SQLITE)


async def _head(url: str) -> Held:
    database = Database(url)
    try:
        found = await revision(database)
        if not found:
            raise Misconfigured("DATABASE_URL: nothing is in this database yet. No backup was made.")
        return Held(found, *await database.read(lambda store: store.audit.head()))
    finally:
        await database.close()


def _journal(given: Settings, archive: Writing, copy: Held, seal: Seal) -> str:
    """What to say of it; raises `Misconfigured` where it should be there and can't be read or written.

    It notes where the copied log ends, so that whoever restores it reads how far both say the same.
    """
    file = given.journal / NAME
    if given.journal_url is not None and not given.journal.is_dir():
        raise Misconfigured(f"JOURNAL_URL: there is no folder {given.journal}. No backup was made.")
    told = {"kind": HEAD, "entries": copy.entries, "hash": copy.hash, "at": datetime.now(UTC).isoformat()}
    try:
        Journal(given.journal, seal, make=given.journal_url is None).add([told])
        size = whole_lines(file)
    except JournalDown as error:
        raise Misconfigured(f"JOURNAL_URL: {error}. No backup was made.") from error
    except OSError as error:
        raise Misconfigured(f"JOURNAL_URL: {file} can't be read ({_why(error)}). No backup was made.") from error
    archive.add(JOURNAL, file, size)
    return f"{size:,} bytes"


def _why(error: OSError) -> str:
    return os.strerror(error.errno).lower() if error.errno else str(error)
