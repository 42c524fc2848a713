"""`recording-steward audit`: check the log and what is stored against each other, or write the log out for somebody else."""

from __future__ import annotations

import asyncio
import csv
import json
import os
import re
import shutil
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from typing import Any, TextIO, TypeVar

from bot.commands.looking import missing, opened
from bot.journal import NAME
from bot.moments import home_zone, moment
from bot.proof import verification
from bot.proof.journal_lines import Outside, Position, holds, outside
from bot.proof.journal_lines import newest as newest_lines
from bot.proof.verification import Outcome, reading
from bot.sealing import Seal
from bot.settings.config import Misconfigured, Settings, as_given
from bot.trouble import keys_for
from handlers.acting import NONE
from handlers.sealing import Keys
from handlers.words import counted
from storage.chain import FIELDS
from storage.database.private import beside
from storage.database.store import Database, DatabaseDown, Store, async_url
from storage.database.upgrade import newest, revision

T = TypeVar("T")
A_LONG_LOG = 3600.0  # seconds
HASH = re.compile("[0-9a-f]{64}")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def verify(noted: str | None, checkpoint: Path | None) -> int:
    """Recompute the chain and compare what is stored with it, and both with the journal; 1 if anything is wrong.

    `noted` is a hash, and `checkpoint` a copy of the journal: the log must still hold what they say. Raises `Misconfigured` where
    one of them can't be what it should be.
    """
    given = as_given()
    hashed = None if noted is None else _hash(noted)
    outcome, found, restores = _with_database(lambda database: _verified(given, database, hashed, checkpoint))
    if outcome.verdict.note:
        print(f"Note: {outcome.verdict.note}.")
    for restore in restores:
        print(f"Note: {restore}.")
    for fault in outcome.faults:
        print(f"BROKEN: {fault}.")
    if outcome.number > len(outcome.faults):
        print(f"BROKEN: and {outcome.number - len(outcome.faults):,} more of these.")
    if not outcome.number:
        _print_all_well(outcome, found)
    return int(outcome.number > 0)


def _hash(noted: str) -> str:
    """As the log writes it: people copy it with blanks around it, and some tools in capitals."""
    found = noted.strip().lower()
    if not HASH.fullmatch(found):
        raise Misconfigured(f"--head: {noted!r} is no hash. Write its 64 signs, each of them 0-9 or a-f.")
    return found


async def _verified(
    given: Settings, database: Database, noted: str | None, checkpoint: Path | None
) -> tuple[Outcome, Outside | None, list[str]]:
    # Only a database that this program has brought up to date holds all that is to be compared.
    state = await revision(database) == newest()
    flaws, restores, keys, found = list[str](), list[str](), NONE, None
    with reading("the keys", flaws.append):
        keys = await _keys(given, database)
    if noted and not await database.read(lambda store: store.audit.holds(noted), within=A_LONG_LOG):
        flaws.append("the hash that you noted is no longer in the log. It was rewritten or cut off")
    if checkpoint is not None:
        flaws += await _forgotten(database, _copied(checkpoint, keys), checkpoint)
    if keys is not NONE:
        with reading("what was written into the journal", flaws.append):
            found = _outside(given, Seal(keys))
            flaws += await _lacking(given, database, Seal(keys))
    with reading("restores", flaws.append):
        zone = home_zone(given.policy_file)
        restores = [_restored(*one, zone) for one in await database.read(lambda store: store.audit.restores())]
    outcome = await verification.verify(database, found, state=state, keys=keys)
    for flaw in flaws:
        outcome.fault(flaw)
    return outcome, found, restores


def _restored(at: datetime, detail: dict[str, Any], zone: str) -> str:
    lost = f"of its entries those up to {detail['noted']:,} that came after {detail['found']:,} are lost"
    return f"the database was restored on {moment(at.replace(second=0, microsecond=0), zone)}: {lost}"


def _copied(checkpoint: Path, keys: Keys) -> Position:
    """The newest entry that a copy of the journal names; raises `Misconfigured`."""
    if keys is NONE:
        raise Misconfigured("--checkpoint: only SECRET_KEY tells whether the bot wrote that file. Set it.")
    try:
        position = newest_lines(checkpoint, Seal(keys)).position
    except OSError as error:
        raise Misconfigured(f"--checkpoint: {checkpoint} can't be read: {(error.strerror or '').lower()}.") from error
    if position is None:
        raise Misconfigured(
            f"--checkpoint: {checkpoint} has no line of this bot's journal. Name a copy of the journal."
        )
    return position


async def _forgotten(database: Database, position: Position, checkpoint: Path) -> list[str]:
    """A sentence where the log no longer holds that entry."""
    if await database.read(lambda store: store.audit.holds(position.hash), within=A_LONG_LOG):
        return []
    return [
        f"{checkpoint} names entry {position.entries:,}, and the log no longer holds it. It was rewritten or cut off"
    ]


def _outside(given: Settings, seal: Seal) -> Outside:
    """What the journal says, every line of it; raises `Misconfigured`."""
    file = given.journal / NAME
    try:
        return outside(file, seal, file.stat().st_size if file.exists() else 1)
    except OSError as error:
        raise Misconfigured(f"{file} can't be read: {(error.strerror or '').lower()}.") from error


async def lacking(given: Settings) -> str:
    """A sentence where the journal lacks what the log says is in it; empty where nothing is known of that."""
    if missing(given.database_url):
        return ""
    with suppress(DatabaseDown, Misconfigured):  # which other lines of `check` tell
        async with opened(given.database_url) as database:
            keys = await _keys(given, database) if await revision(database) == newest() else NONE
            return next(iter([] if keys is NONE else await _lacking(given, database, Seal(keys))), "")
    return ""


async def _lacking(given: Settings, database: Database, seal: Seal) -> list[str]:
    """A sentence where the journal is away, or lacks the line that was written into it last."""
    written, file = await database.read(lambda store: store.audit.noted()), given.journal / NAME
    if written is None or holds(file, Position(*written), seal):
        return []
    there = "lacks its line: it was cut off, or is an older one" if file.exists() else "is not there"
    return [f"the log says that the journal holds entry {written[0]:,}, but {file} {there}"]


def _print_all_well(outcome: Outcome, found: Outside | None) -> None:
    entries = counted(outcome.verdict.entries, "entry", "entries")
    print(f"The audit log holds: {entries}, each follows the one before.")
    if outcome.state:
        print(f"What is stored fits it: {counted(outcome.rows, 'row')}, each as its last entry left it.")
    else:
        print("Not compared: what is stored, as the database is of another version. `run` brings it up to date.")
    if found is None:
        print("Not compared: the journal, as no SECRET_KEY is set.")
    elif found.position is not None:
        print(f"So does the journal outside the database: its newest line is of entry {found.position.entries:,}.")
    if not outcome.sealed:
        print("Not checked: that the bot wrote each entry, as SECRET_KEY is not set here.")
    print(f"Note this hash, to check against it later:  {outcome.verdict.head}")


async def _keys(given: Settings, database: Database) -> Keys:
    """What opens words, and tells whether a line of the journal is the bot's own; none where no key is set: the rest can be done without."""
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
