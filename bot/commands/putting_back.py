"""`recording-steward restore`: a backup takes the place of the database, whole or not at all, and the journal loses no line."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.commands.archive import JOURNAL, MANIFEST, SERVER, SQLITE, Spoilt, json_of, load, unpacked
from bot.journal import Journal, JournalDown
from bot.laid_out import RESTORE, laid_out
from bot.proof.journal_lines import PUT_BACK, newest
from bot.sealing import Seal
from bot.settings.config import Misconfigured, Settings, as_given
from bot.trouble import sentence
from handlers.sealing import Keys, Unopened, id_of
from handlers.words import counted
from storage.database.addresses import sqlite_file
from storage.database.copies import Held, alone, held, others_on, put_in_place, settle
from storage.database.store import Database, DatabaseDown
from storage.database.upgrade import knows, revision

AFTERWARDS = (
    "The next start ends all access to calls, tells the Head of Customer Success and the Manager, Human Resources, and erases again"
    " what had been erased since the backup was made."
)
UNDER_THE_OTHER = "It was made under SECRET_KEY_PREVIOUS: call recording-steward rotate-key before you start the bot."
NOTHING = "Nothing was restored."


@dataclass(frozen=True, slots=True)
class _Backup:
    """What was laid out of an archive, and fits its manifest."""

    folder: Path
    manifest: dict[str, Any]

    @property
    def held(self) -> Held:
        return Held(self.manifest["revision"], self.manifest["entries"], self.manifest["hash"])

    @property
    def journal(self) -> Path | None:
        return self.folder / JOURNAL if (self.folder / JOURNAL).exists() else None


def restore(file: Path, *, replace: bool) -> int:
    """Put a backup back. Raises `Misconfigured`; then the database is as it was."""
    given = as_given()
    database = sqlite_file(given.database_url)
    if not file.is_file():
        raise Misconfigured(f"{file} is not there. {NOTHING}")
    with _laid_out(file, database) as folder:
        found = _verified(file, folder, given)
        keys = _keys(given, found)
        journal = Journal(given.journal, Seal(keys), make=given.journal_url is None)
        if database is None:
            _into_server(given.database_url, found, journal)
        else:
            _into_file(database, found, journal, replace=replace)
    print(f"Restored: {counted(found.held.entries, 'entry', 'entries')} of the audit log, and all that they tell of.")
    if keys.ids[0] != id_of(given.master_key()):
        print(UNDER_THE_OTHER)
    print(AFTERWARDS)
    return 0


@contextmanager
def _laid_out(file: Path, database: Path | None) -> Iterator[Path]:
    """A folder beside the database, so that what is laid out there can take its place at once."""
    where = database.absolute().parent if database is not None else None
    try:
        with laid_out(RESTORE, where) as folder:
            yield folder
    except Spoilt as error:
        raise Misconfigured(f"{file} can't be used: {error}. {NOTHING}") from error
    except DatabaseDown as error:
        raise Misconfigured(f"DATABASE_URL: {sentence(error)} {NOTHING}") from error
    except JournalDown as error:
        raise Misconfigured(f"JOURNAL_URL: {error}. {NOTHING}") from error
    except OSError as error:
        why = os.strerror(error.errno).lower() if error.errno else str(error)
        raise Misconfigured(f"{error.filename or where or file} can't be read or written ({why}). {NOTHING}") from error


def _verified(file: Path, folder: Path, given: Settings) -> _Backup:
    """The archive fits its manifest, is of this kind of database, and of a version that is known. Raises `Spoilt`."""
    found = _Backup(folder, unpacked(file, folder))
    name = SQLITE if sqlite_file(given.database_url) is not None else SERVER
    if not (folder / name).exists():
        here = "a SQLite file" if name == SQLITE else "a PostgreSQL database"
        raise Spoilt(f"it holds no copy of {here}, which DATABASE_URL names")
    if not knows(str(found.manifest.get("revision"))):
        raise Spoilt("it was made by a newer version of this program. Install that one")
    if name == SQLITE and held(folder / name) != found.held:
        raise Spoilt("the database in it is not the one that its manifest tells of")
    return found


def _keys(given: Settings, found: _Backup) -> Keys:
    """The key that it was made under, of those that are set, with the root of that database. Raises `Spoilt`."""
    masters = given.master_keys()
    key = next((one for one in masters if found.manifest.get("master") == id_of(one)), None)
    if key is None:
        ids = " and ".join(map(id_of, masters))
        raise Spoilt(f"it was made under another key (id {found.manifest.get('master')}, and SECRET_KEY has id {ids})")
    if not Seal(key).fits(json_of(found.folder / MANIFEST)):
        raise Spoilt("its manifest was changed after it was made: its seal is wrong")
    keys = Keys(key)
    try:
        keys.take_root(bytes.fromhex(str(found.manifest.get("root"))))
    except (Unopened, ValueError) as error:
        raise Spoilt("its manifest lacks the key of the journal") from error
    return keys


def _into_file(database: Path, found: _Backup, journal: Journal, *, replace: bool) -> None:
    if not database.exists():
        _tell(journal, found)
        put_in_place(found.folder / SQLITE, database)
        return
    if not replace:
        raise Misconfigured(f"{database} is there already. Make a backup of it, then say --replace. {NOTHING}")
    settle(database)
    with alone(database) as nobody:
        if not nobody:
            raise Misconfigured(
                f"{database} is open: a bot, or another program, works with it. Stop it first. {NOTHING}"
            )
        _tell(journal, found)
        put_in_place(found.folder / SQLITE, database)


def _into_server(url: str, found: _Backup, journal: Journal) -> None:
    there, others = asyncio.run(_state(url))
    if there:
        raise Misconfigured(
            f"The database that DATABASE_URL names is in use already. Make an empty one, and name that. {NOTHING}"
        )
    if others:
        raise Misconfigured(f"Someone else is connected to this database ({others}). Stop the bot first. {NOTHING}")
    _tell(journal, found)
    load(url, found.folder / SERVER)


async def _state(url: str) -> tuple[str, int]:
    database = Database(url)
    try:
        return await revision(database), await others_on(database)
    finally:
        await database.close()


def _tell(journal: Journal, found: _Backup) -> None:
    """Before it is done: a restore that the journal did not know of might bring back what had ended, unseen."""
    if found.journal is not None:
        _keep_journal(found.journal, journal)
    end = newest(journal.file, journal.seal).position
    told = end._asdict() if end is not None else {}
    copy = {"copy_entries": found.held.entries, "copy_hash": found.held.hash, "at": datetime.now(UTC).isoformat()}
    journal.add([{"kind": PUT_BACK, **told, **copy}])


def _keep_journal(copy: Path, journal: Journal) -> None:
    """The one that is there stays, as long as it goes on where the backup's ends; where none is, the backup's takes its place.

    It is what tells of erasures, so it is never made older (P12). Raises `Misconfigured`, `JournalDown` and OSError.
    """
    if not journal.file.exists():
        journal.take_over(copy.read_bytes())
        print("There was no journal; the backup's is in its place.")
    elif not _begins_with(journal.file, copy):
        raise Misconfigured(
            f"JOURNAL_URL: {journal.file} does not go on where the backup's journal ends, so each may tell of erasures that the"
            f" other lacks. Put the newest one that you have there, or move this one away. {NOTHING}"
        )


def _begins_with(file: Path, copy: Path) -> bool:
    """Whether a file goes on where a copy of it ends."""
    with file.open("rb") as whole, copy.open("rb") as part:
        while piece := part.read(1 << 20):
            if whole.read(len(piece)) != piece:
                return False
    return True
