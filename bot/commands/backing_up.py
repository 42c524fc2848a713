"""`recording-steward backup` and `restore`: one private file with the database and the journal, and back."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bot.commands import archive, looking
from bot.journal import NAME, Journal, JournalDown, Seal, whole_lines
from bot.proof.journalling import HEAD, PUT_BACK, read_newest
from bot.settings.config import Misconfigured, Settings, read_each_setting
from bot.trouble import database_sentence, keys_for
from handlers.phrases import quantity_words
from handlers.sealing import Keys, Unopened, master_key_id
from storage.database import copies, files, servers, upgrade
from storage.database.store import Database, DatabaseDown

KEEP = "Delete it within 30 days: it still holds what the bot erases after today (docs/backup-and-restore.md)."
AFTERWARDS = "At its next start the bot ends all access to calls, erases again what was erased since the backup, and tells the Head of Customer Success and the Manager, Human Resources."
UNDER_THE_OTHER = "It was made under SECRET_KEY_PREVIOUS: run recording-steward rotate-key before you start the bot."
NOT_MADE, NOT_RESTORED = "No backup was made.", "Nothing was restored."


@contextmanager
def _faults_as_misconfigured(nothing: str, file: Path) -> Iterator[None]:
    """Raise any fault as `Misconfigured`, ending with the sentence `nothing`: that nothing was done."""
    try:
        yield
    except archive.UnusableArchive as error:
        raise Misconfigured(f"{file} can't be used: {error}. {nothing}") from error
    except DatabaseDown as error:
        raise Misconfigured(f"DATABASE_URL: {database_sentence(error)} {nothing}") from error
    except JournalDown as error:
        raise Misconfigured(f"JOURNAL_URL: {error}. {nothing}") from error
    except OSError as error:
        why = os.strerror(error.errno).lower() if error.errno else str(error)
        raise Misconfigured(f"{error.filename or file} can't be read or written ({why}). {nothing}") from error


def back_up(file: Path) -> int:
    """Write a new archive; it gets its name only once it's complete. Raises `Misconfigured`, and then leaves none."""
    settings, parent = read_each_setting(), file.absolute().parent
    settings.master_key()
    copies.clear_away(parent)
    if file.exists() or file.is_symlink():
        raise Misconfigured(f"{file} already exists, and I never overwrite a file. Choose another name.")
    with _faults_as_misconfigured(NOT_MADE, file), copies.temporary_copy_folder(copies.BACKUP, parent) as folder:
        # The database first: the journal may know more than it, and never less.
        name, copy, keys = asyncio.run(_copy_database(settings, folder))
        _copy_journal(settings, folder, copy, Seal(keys))
        facts = {
            "made": datetime.now(UTC).isoformat(), "program": version("recording-steward"), "revision": copy.revision,
            "entries": copy.entries, "hash": copy.hash, "root": keys.wrapped_root().hex(), "master": keys.ids[0],
        }  # fmt: skip
        # A restore has only the master key, and the archive is sealed with that; the journal's seals outlast it.
        archive.pack_archive(folder / "whole.tar", folder, (name, archive.JOURNAL), facts, Seal(settings.master_key()))
        _publish_archive(folder / "whole.tar", file.absolute())
    print(
        f"Backed up: the database ({quantity_words(copy.entries, 'entry', 'entries')} in the audit log) and the journal."
    )
    print(f"The key isn't in the backup: you can't restore it without SECRET_KEY (id {keys.ids[0]}).")
    print(KEEP)
    return 0


def _publish_archive(archive_file: Path, file: Path) -> None:
    """Give the finished archive its name, which must be free. Raises OSError."""
    archive_file.chmod(0o600)
    files.on_disk(archive_file)
    os.link(archive_file, file)
    files.on_disk(file.parent)


async def _copy_database(settings: Settings, folder: Path) -> tuple[str, copies.Held, Keys]:
    """Copy the database; return the copy's file name, what it holds, and the keys that open it. Raises `Misconfigured`."""
    if missing := looking.missing_file(settings.database_url):
        raise Misconfigured(f"DATABASE_URL: {missing}. {looking.START} {NOT_MADE}")
    database, path = Database(settings.database_url), servers.sqlite_file(settings.database_url)
    try:
        revision = await upgrade.current_revision(database)
        if not revision:
            raise Misconfigured(f"DATABASE_URL: this database is still empty. {NOT_MADE}")
        keys = await keys_for(settings, database)
        copy = copies.Held(revision, *await database.read(lambda store: store.audit.head()))
    finally:
        await database.close()
    if path is None:
        archive.dump_server(settings.database_url, folder / archive.SERVER)
        return archive.SERVER, copy, keys
    copies.copy_out(path, folder / archive.SQLITE)
    return archive.SQLITE, copies.examine_copy(folder / archive.SQLITE), keys


def _copy_journal(settings: Settings, folder: Path, copy: copies.Held, seal: Seal) -> None:
    """Write into the journal where the copied log ends, then copy its whole lines; a restore compares the two."""
    journal = Journal(settings.journal, seal, make=settings.journal_url is None)
    journal.add([{"kind": HEAD, "entries": copy.entries, "hash": copy.hash, "at": datetime.now(UTC).isoformat()}])
    shutil.copyfile(settings.journal / NAME, folder / archive.JOURNAL)
    os.truncate(folder / archive.JOURNAL, whole_lines(folder / archive.JOURNAL))


def restore_backup(file: Path, *, replace: bool) -> int:
    """Replace the database by a backup, all or nothing. Raises `Misconfigured`, and then nothing has changed."""
    settings = read_each_setting()
    database = servers.sqlite_file(settings.database_url)
    if not file.is_file():
        raise Misconfigured(f"{file} doesn't exist. {NOT_RESTORED}")
    # Beside the database, so that the copy can take its place at once; for a server where the next start clears up after a kill.
    with (
        _faults_as_misconfigured(NOT_RESTORED, file),
        copies.temporary_copy_folder(copies.RESTORE, settings.data.absolute()) as folder,
    ):
        manifest = _verify_manifest(archive.unpack_archive(file, folder), folder, database)
        keys = _archive_keys(settings, manifest)
        journal = Journal(settings.journal, Seal(keys), make=settings.journal_url is None)
        if database is None:
            _into_server(settings.database_url, folder, manifest, journal)
        else:
            _into_file(database, folder, manifest, journal, replace=replace)
    print(f"Restored: the database ({quantity_words(manifest['entries'], 'entry', 'entries')} in the audit log).")
    if keys.ids[0] != master_key_id(settings.master_key()):
        print(UNDER_THE_OTHER)
    print(AFTERWARDS)
    return 0


def _verify_manifest(manifest: dict[str, Any], folder: Path, database: Path | None) -> dict[str, Any]:
    """Return the manifest if the archive is of this kind of database and of a known version. Raises `UnusableArchive`."""
    name = archive.SQLITE if database is not None else archive.SERVER
    if not (folder / name).exists():
        here = "a SQLite file" if name == archive.SQLITE else "a PostgreSQL database"
        raise archive.UnusableArchive(f"it isn't a backup of {here}, which DATABASE_URL names")
    if not upgrade.knows_revision(str(manifest.get("revision"))):
        raise archive.UnusableArchive("it was made by a newer version of this program. Install that version")
    return manifest


def _archive_keys(settings: Settings, manifest: dict[str, Any]) -> Keys:
    """Return the key that the archive was made under, with the root key in it. Raises `UnusableArchive`."""
    masters = settings.master_keys()
    key = next((one for one in masters if manifest.get("master") == master_key_id(one)), None)
    if key is None:
        ids = " and ".join(map(master_key_id, masters))
        raise archive.UnusableArchive(
            f"it was made under another key (id {manifest.get('master')}; SECRET_KEY has id {ids})"
        )
    if not Seal(key).fits(manifest):
        raise archive.UnusableArchive("its seal is wrong: the manifest was changed after the backup was made")
    keys = Keys(key)
    try:
        keys.take_root(bytes.fromhex(manifest["root"]))
    except (Unopened, ValueError) as error:
        raise archive.UnusableArchive("its manifest has no journal key") from error
    return keys


def _into_file(database: Path, folder: Path, manifest: dict[str, Any], journal: Journal, *, replace: bool) -> None:
    """Put the copy in the place of a SQLite database, if no one has that open. Raises `Misconfigured`."""
    if not database.exists():
        _tell_journal(journal, folder, manifest)
        copies.put_in_place(folder / archive.SQLITE, database)
        return
    if not replace:
        raise Misconfigured(f"{database} already exists. Back it up, then add --replace. {NOT_RESTORED}")
    copies.settle_leftovers(database)
    with copies.lock_if_unused(database) as is_alone:
        if not is_alone:
            raise Misconfigured(f"{database} is in use by a bot or another program. Stop it first. {NOT_RESTORED}")
        _tell_journal(journal, folder, manifest)
        copies.put_in_place(folder / archive.SQLITE, database)


def _into_server(url: str, folder: Path, manifest: dict[str, Any], journal: Journal) -> None:
    """Load the copy into an empty PostgreSQL database to which no one else is connected. Raises `Misconfigured`."""
    revision, others = asyncio.run(_database_state(url))
    if revision:
        raise Misconfigured(
            f"DATABASE_URL: this database isn't empty. Create an empty one and use that. {NOT_RESTORED}"
        )
    if others:
        raise Misconfigured(
            f"DATABASE_URL: this database is in use ({quantity_words(others, 'connection')}). Stop the bot first. {NOT_RESTORED}"
        )
    _tell_journal(journal, folder, manifest)
    archive.load_server(url, folder / archive.SERVER)


async def _database_state(url: str) -> tuple[str, int]:
    """Return the database's revision (empty if it has no tables of ours), and how many others are connected to it."""
    database = Database(url)
    try:
        return await upgrade.current_revision(database), await copies.count_other_connections(database)
    finally:
        await database.close()


def _tell_journal(journal: Journal, folder: Path, manifest: dict[str, Any]) -> None:
    """Note the restore in the journal before it's made: one that the journal missed could bring back ended access unseen."""
    if (folder / archive.JOURNAL).exists():
        _keep_newer(folder / archive.JOURNAL, journal)
    end = read_newest(journal.file, journal.seal).position
    copy = {"copy_entries": manifest["entries"], "copy_hash": manifest["hash"], "at": datetime.now(UTC).isoformat()}
    journal.add([{"kind": PUT_BACK, **(end._asdict() if end is not None else {}), **copy}])


def _keep_newer(copy: Path, journal: Journal) -> None:
    """Keep the present journal if it continues the backup's; use the backup's if there is none.

    It lists erasures, so it is never replaced by an older one (P12). Raises `Misconfigured`, `JournalDown` and OSError.
    """
    copied = copy.read_bytes()
    if not journal.file.exists():
        journal.take_over(copied)
        print("There was no journal, so I restored the one from the backup.")
        return
    with journal.file.open("rb") as file:
        if file.read(len(copied)) != copied:
            raise Misconfigured(
                f"JOURNAL_URL: {journal.file} doesn't continue the backup's journal, so each may know of erasures that the other doesn't. Put your newest journal there, or move this one away. {NOT_RESTORED}"
            )
