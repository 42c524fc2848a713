"""`recording-steward audit`: check the log and what is stored against each other, or write the log out for somebody else."""

from __future__ import annotations

import asyncio
import csv
import json
import os
import shutil
import sys
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import Any, TextIO, TypeVar

from bot.commands.looking import opened
from bot.journal import NAME
from bot.moments import home_zone, moment
from bot.proof import verification
from bot.proof.checkpoint_files import HASH, Noted, Notes, read
from bot.proof.journal_lines import Position, has_checkpoint
from bot.proof.verification import Outcome, reading
from bot.sealing import Seal
from bot.settings.config import Misconfigured, Settings, as_given
from bot.unlocking import keys_for
from handlers.acting import NONE
from handlers.keys import Keys
from handlers.words import counted
from storage.chain import FIELDS
from storage.database.private import beside
from storage.database.store import Database, Store, async_url
from storage.database.upgrade import newest, revision

T = TypeVar("T")
A_LONG_LOG = 3600.0  # seconds
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def verify(noted: str | None, checkpoints: Path | None) -> int:
    """Recompute the chain and hold the state against it, and both against what was noted outside; 1 if anything is wrong.

    Raises `Misconfigured` where what was noted can't be a hash, or holds no checkpoint.
    """
    given = as_given()
    hashed = None if noted is None else _hash(noted)
    outcome, kept, notes = _with_database(lambda database: _verified(given, database, checkpoints, hashed))
    if not kept:
        outcome.fault("the hash that you noted is no longer in the log. It was rewritten or cut off")
    if outcome.verdict.note:
        print(f"Note: {outcome.verdict.note}.")
    zone = home_zone(given.policy_file)
    for restore in notes.restores:
        print(f"Note: {restore.words(zone)}.")
    for fault in outcome.faults:
        print(f"BROKEN: {fault}.")
    if outcome.number > len(outcome.faults):
        print(f"BROKEN: and {outcome.number - len(outcome.faults):,} more of these.")
    if not outcome.number:
        _print_all_well(outcome, notes, zone)
    return int(outcome.number > 0)


def _hash(noted: str) -> str:
    """As the log writes it: people copy it with blanks around it, and some tools in capitals."""
    found = noted.strip().lower()
    if not HASH.fullmatch(found):
        raise Misconfigured(f"--head: {noted!r} is no hash. Write its 64 signs, each of them 0-9 or a-f.")
    return found


async def _verified(
    given: Settings, database: Database, checkpoints: Path | None, noted: str | None
) -> tuple[Outcome, bool, Notes]:
    # Only a database that this program has brought up to date holds all that is to be compared.
    state = await revision(database) == newest()
    flaws, keys, replaced = list[str](), NONE, None
    with reading("the keys", flaws.append):
        keys = await _keys(given, database)
        replaced = await database.read(lambda store: store.master_keys.replaced()) if state else None
    seal = None if keys is NONE else Seal(keys)
    notes = _notes(given, checkpoints, seal, replaced)
    kept = not noted or await database.read(lambda store: store.audit.holds(noted), within=A_LONG_LOG)
    if state and checkpoints is None:
        with reading("what was written into the journal", flaws.append):
            flaws += await _lacking(given, database, seal)
    notes.flaws += flaws
    return await verification.verify(database, notes, state=state, keys=keys), kept, notes


async def _lacking(given: Settings, database: Database, seal: Seal | None) -> list[str]:
    """A sentence where the journal is away, or lacks the newest checkpoint that was written into it."""
    written, file = await database.read(lambda store: store.checkpoints.newest_written()), given.journal / NAME
    if written is None or has_checkpoint(file, Position(written.entries, written.hash), seal):
        return []
    there = "does not hold it" if file.exists() else "is not there"
    lacks = f"the checkpoint of {written.day} was written into the journal, but {file} {there}"
    return [f"{lacks}: nothing outside the database says that entry {written.entries:,} is what it was"]


def _print_all_well(outcome: Outcome, notes: Notes, zone: str) -> None:
    entries = counted(outcome.verdict.entries, "entry", "entries")
    print(f"The audit log holds: {entries}, each follows the one before.")
    if outcome.state:
        print(f"What is stored fits it: {counted(outcome.rows, 'row')}, each as its last entry left it.")
    else:
        print("Not compared: what is stored, as the database is of another version. `run` brings it up to date.")
    if notes.noted:
        last = max(notes.noted.values(), key=lambda one: one.entries)
        number = counted(len(notes.noted), "checkpoint")
        print(f"So does what was noted outside the database: {number}, the newest {_when(last, zone)}.")
    if notes.heads:
        print(f"So does each end of the log that the journal noted: {len(notes.heads):,}.")
    if notes.marks:
        print(_seals(notes))
    if not outcome.sealed:
        print("Not checked: that the bot wrote each entry, as SECRET_KEY is not set here.")
    print(f"Note this hash, to check against it later:  {outcome.verdict.head}")


def _when(noted: Noted, zone: str) -> str:
    return f"taken on {moment(noted.at.replace(second=0), zone)}" if noted.at else f"of {noted.day}"


def _seals(notes: Notes) -> str:
    if not notes.unproved:
        return "Their seals are right."
    return f"Not proved: the seals of {notes.unproved} of them, as the key that they were made with is not set here."


def _notes(given: Settings, checkpoints: Path | None, seal: Seal | None, replaced: Collection[str] | None) -> Notes:
    """The checkpoints of a file, or those of the journal where there is one; raises `Misconfigured`."""
    file = checkpoints or given.journal / NAME
    if checkpoints is None and not file.exists():
        return Notes()
    try:
        notes = read(file, seal, replaced)
    except OSError as error:
        raise Misconfigured(f"{file} can't be read: {(error.strerror or '').lower()}.") from error
    if not notes.marks and not notes.flaws and checkpoints is not None:
        raise Misconfigured(f"{file} holds no checkpoint. Give the journal, {NAME}, or a copy of lines of it.")
    return notes


async def _keys(given: Settings, database: Database) -> Keys:
    """What opens words, and tells whether a checkpoint is the bot's own; none where no key is set: the rest can be done without."""
    if given.secret_key is None and given.secret_key_file is None:
        return NONE
    return (await keys_for(given, database))[0]


def export(form: str, output: Path | None) -> int:
    """Write all entries, oldest first. A file is replaced as a whole, or stays as it was."""
    write = _as_csv if form == "csv" else _as_lines
    if output is not None:
        _refuse_ours(output, as_given())
    _with_store(lambda store: _written(store, write, output))
    return 0


def _refuse_ours(output: Path, given: Settings) -> None:
    """Raises `Misconfigured` where the export would go over what it is taken from."""
    address = async_url(given.database_url)
    own = beside(Path(address.database or "")) if address.get_backend_name() == "sqlite" else ()
    journal = given.journal / NAME
    for one in (*own, journal):
        if output.resolve() == one.resolve() or (output.exists() and one.exists() and output.samefile(one)):
            what = "is the journal" if one == journal else "belongs to the database"
            raise Misconfigured(f"--output: {output} {what}, and would be lost. Name another file.")


def _written(store: Store, write: Callable[[Iterable[dict[str, Any]], TextIO], None], output: Path | None) -> None:
    try:
        if output is None:
            write(store.audit.rows(), sys.stdout)
            sys.stdout.flush()
            return
        with _replacing(output) as file:
            write(store.audit.rows(), file)
    except OSError as error:
        where = f"--output: {output}" if output else "standard output"
        raise Misconfigured(f"{where} can't be written ({os.strerror(error.errno or 0).lower()}).") from error


@contextmanager
def _replacing(output: Path) -> Iterator[TextIO]:
    """A file beside it that takes its place once all is written; a terminal or a pipe is written as it goes."""
    if output.exists() and not output.is_file():
        with output.open("w", encoding="utf-8", newline="") as file:
            yield file
        return
    target = output.resolve()
    part = target.with_name(f".audit-export.{token_hex(4)}.part")
    try:
        with part.open("x", encoding="utf-8", newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _as_lines(rows: Iterable[dict[str, Any]], file: TextIO) -> None:
    file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _as_csv(rows: Iterable[dict[str, Any]], file: TextIO) -> None:
    sheet = csv.writer(file)
    sheet.writerow([*FIELDS, "hash"])
    for row in rows:
        row["detail"] = json.dumps(row["detail"], ensure_ascii=False, sort_keys=True)
        sheet.writerow([harmless(str(value)) for value in row.values()])


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _with_store(ask: Callable[[Store], T]) -> T:
    return _with_database(lambda database: database.read(ask, within=A_LONG_LOG))


def _with_database(ask: Callable[[Database], Awaitable[T]]) -> T:
    async def read_only() -> T:
        async with opened(as_given().database_url) as database:
            if not await revision(database):
                raise Misconfigured("DATABASE_URL: there is no audit log there.")
            return await ask(database)

    return asyncio.run(read_only())
