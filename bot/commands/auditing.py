"""`recording-steward audit`: compares the log with what is stored, or prints it for an auditor."""

import asyncio
import csv
import json
import sys
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO, TypeVar

from bot import journal, trouble
from bot.commands.looking import home_zone, open_database
from bot.proof import verification
from bot.proof.journalling import Outside, Position, read_for_verification
from bot.proof.journalling import read_newest as newest_lines
from bot.settings.config import Misconfigured, Settings, read_each_setting
from handlers.acting import NONE
from handlers.phrases import moment_words, quantity_words
from handlers.rules.figures import spreadsheet_cell
from handlers.sealing import Keys
from storage.chain import FIELDS
from storage.database.store import Database, Incomplete
from storage.database.upgrade import current_revision, newest_revision
from storage.tables.log import AuditEntry

T = TypeVar("T")
A_LONG_LOG = 3600.0  # seconds
LOG_TABLES = frozenset({"audit", "audit_head"})


def verify_audit(checkpoint: Path | None) -> int:
    """Verify the log, and compare rows and journal with it; return 1 if anything is wrong.

    The log must still hold what `checkpoint`, a copy of the journal, says. Raises `Misconfigured` if it isn't such a copy.
    """
    settings = read_each_setting()
    outcome, outside, losses = asyncio.run(_with_database(lambda database: _verify_all(settings, database, checkpoint)))
    for loss in losses:
        print(f"Note: {loss}.")
    for fault in outcome.faults:
        print(f"BROKEN: {fault}.")
    if outcome.number > len(outcome.faults):
        print(f"BROKEN: and {outcome.number - len(outcome.faults):,} more like these.")
    if not outcome.number:
        _print_all_well(outcome, outside)
    return int(outcome.number > 0)


async def _verify_all(
    settings: Settings, database: Database, checkpoint: Path | None
) -> tuple[verification.Outcome, Outside | None, list[str]]:
    """Return the outcome, what the journal says (None without keys), and a sentence for each loss."""
    # Only a database that this version has upgraded has everything that is compared.
    state = await current_revision(database) == newest_revision()
    flaws, losses, outside = list[str](), list[str](), None
    keys = await _find_keys(settings, database if state else None, flaws.append)
    if checkpoint is not None and not flaws:
        flaws += await _missing_entry(database, _read_checkpoint(checkpoint, keys), checkpoint)
    if keys is not NONE:
        with verification.telling_faults("the journal's lines", flaws.append):
            outside = await _read_journal(settings, database, journal.Seal(keys))
    with verification.telling_faults("restores", flaws.append):
        zone = home_zone(settings.policy_file)
        losses = [_loss_sentence(*one, zone) for one in await database.read(lambda store: store.audit.losses())]
    outcome = await verification.verify_log(database, outside, state=state, keys=keys)
    for flaw in flaws:
        outcome.fault(flaw)
    return outcome, outside, losses


def _loss_sentence(at: datetime, detail: dict[str, Any], zone: str) -> str:
    """Return a sentence on a loss that the log records; `detail` is the entry's, of a journal cut off or of a restore."""
    when = moment_words(at, zone, None)
    if "left" in detail:
        return f"the journal was found cut off on {when}: it ended at entry {detail['left']:,} instead of {detail['entries']:,}"
    lost = f"entries after {detail['found']:,}, up to {detail['noted']:,}, are lost"
    return f"the database was restored on {when}: {lost}"


def _read_checkpoint(checkpoint: Path, keys: Keys) -> Position:
    """Return the newest entry that a copy of the journal names; raises `Misconfigured` if there is none."""
    if keys is NONE:
        raise Misconfigured(
            "--checkpoint: set SECRET_KEY too. Without it I can't tell whether the bot wrote this file."
        )
    try:
        position = newest_lines(checkpoint, journal.Seal(keys)).position
    except OSError as error:
        raise Misconfigured(f"--checkpoint: {checkpoint} can't be read: {(error.strerror or '').lower()}.") from error
    if position is None:
        raise Misconfigured(f"--checkpoint: {checkpoint} isn't a copy of this bot's journal. Choose one that is.")
    return position


async def _missing_entry(database: Database, position: Position, checkpoint: Path) -> list[str]:
    """Return a sentence, in a list, if the log no longer holds that entry; otherwise an empty list."""
    if await database.read(lambda store: store.has(AuditEntry.hash == position.hash), within=A_LONG_LOG):
        return []
    return [
        f"{checkpoint} names entry {position.entries:,}, which the log no longer has. The log was rewritten or cut off"
    ]


async def _read_journal(settings: Settings, database: Database, seal: journal.Seal) -> Outside:
    """Return what the whole journal says, with a flaw if it lacks what the log says it held; raises `Misconfigured`."""
    in_journal, (entries, _) = await database.read(lambda store: (store.audit.in_journal(), store.audit.head()))
    file = settings.journal / journal.NAME
    try:
        found = read_for_verification(file, seal, file.stat().st_size if file.exists() else 1)
    except OSError as error:
        raise Misconfigured(f"{file} can't be read: {(error.strerror or '').lower()}.") from error
    if entries and found.position is None:
        found.flaws.append(f"the log has {quantity_words(entries, 'entry', 'entries')}, but {file} is empty or missing")
    elif found.position is not None and found.position.entries < in_journal:
        lacking = f"but {file} ends at entry {found.position.entries:,}: it was cut off, or is an older copy"
        found.flaws.append(f"the log says that the journal has entry {in_journal:,}, {lacking}")
    return found


def _print_all_well(outcome: verification.Outcome, outside: Outside | None) -> None:
    """Print what was compared and fits, and what couldn't be compared."""
    entries = quantity_words(outcome.verdict.entries, "entry", "entries")
    print(f"The audit log is intact: {entries}, in an unbroken chain.")
    if outcome.state:
        print(f"The database matches it: {quantity_words(outcome.rows, 'row')}, unchanged since their last entries.")
    else:
        print("Database not compared: it belongs to another version of the program. `run` updates it.")
    if outside is None:
        print("Journal not compared: SECRET_KEY is not set.")
    elif outside.position is not None:
        print(f"The journal outside the database matches it too, up to entry {outside.position.entries:,}.")
        if lacks := outcome.verdict.entries - outside.position.entries:
            print(
                f"Not in the journal yet: {quantity_words(lacks, 'entry', 'entries')} since then. The bot adds them within a minute."
            )
    if not outcome.sealed:
        print("Seals not checked: without SECRET_KEY I can't tell whether the bot wrote each entry.")
    print(f"Hash of the last entry:  {outcome.verdict.head}")


async def _find_keys(settings: Settings, database: Database | None, tell: Callable[[str], None]) -> Keys:
    """Return the keys that open words and check seals; `NONE` if no key is set or it isn't the database's.

    A wrong key is reported by `tell`; the rest can be verified without.
    """
    if settings.secret_key is None and settings.secret_key_file is None:
        return NONE
    keys = settings.keys()
    try:
        with verification.telling_faults("the keys", tell):
            if database is not None:
                await trouble.compare_with_database(database, keys)
            return keys
    except Misconfigured as error:
        tell(str(error).rstrip("."))
    return NONE


def export_audit(format: str) -> int:  # noqa: A002  as the option is called
    """Print all entries, oldest first."""
    write = _as_csv if format == "csv" else _as_lines
    asyncio.run(
        _with_database(
            lambda database: database.read(lambda store: write(store.audit.exported(), sys.stdout), A_LONG_LOG)
        )
    )
    return 0


def _as_lines(rows: Iterable[dict[str, Any]], file: TextIO) -> None:
    """Write each entry as a line of JSON."""
    file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _as_csv(rows: Iterable[dict[str, Any]], file: TextIO) -> None:
    """Write each entry as a row of CSV whose cells no spreadsheet takes for formulas."""
    sheet = csv.writer(file)
    sheet.writerow([*FIELDS, "hash"])
    for row in rows:
        row["detail"] = json.dumps(row["detail"], ensure_ascii=False, sort_keys=True)
        sheet.writerow([spreadsheet_cell(str(value)) for value in row.values()])


async def _with_database(ask: Callable[[Database], Awaitable[T]]) -> T:
    """Open the database and ask it. Raises `Misconfigured` if it has no audit log."""
    async with open_database(read_each_setting().database_url) as database:
        if not await current_revision(database):
            raise Misconfigured("DATABASE_URL: this database has no audit log.")
        if lost := LOG_TABLES.intersection(await database.lacking()):
            raise Incomplete(sorted(lost))
        return await ask(database)
