"""`recording-steward audit`: check the chain, or write it out for somebody else to check."""

from __future__ import annotations

import asyncio
import csv
import json
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TextIO, TypeVar

from bot.config import Misconfigured, as_given
from bot.trouble import sentence
from storage.chain import FIELDS
from storage.store import Database, DatabaseDown, Store
from storage.upgrade import revision

T = TypeVar("T")
A_LONG_LOG = 3600.0  # seconds
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def verify(noted: str | None) -> int:
    """Recompute the chain; with a hash that was noted earlier, also look whether the chain still holds it."""
    verdict, kept = _with_store(lambda store: (store.audit.verify(), not noted or store.audit.holds(noted)))
    if verdict.fault:
        print(f"BROKEN: {verdict.fault}. The {verdict.entries} entries before that hold.")
        return 1
    if not kept:
        print("BROKEN: the hash that you noted is no longer in the log. It was rewritten or cut off.")
        return 1
    print(f"The audit log holds: {verdict.entries} entries, each follows the one before.")
    if verdict.note:
        print(f"Note: {verdict.note}.")
    print(f"Note this hash, to check against it later:  {verdict.head}")
    return 0


def export(form: str, output: Path | None) -> int:
    """Write all entries, oldest first."""
    write = _as_csv if form == "csv" else _as_lines
    _with_store(lambda store: _written(store, write, output))
    return 0


def _written(store: Store, write: Callable[[Iterable[dict[str, Any]], TextIO], None], output: Path | None) -> None:
    try:
        if output is None:
            write(store.audit.rows(), sys.stdout)
            sys.stdout.flush()
            return
        with output.open("w", encoding="utf-8", newline="") as file:
            write(store.audit.rows(), file)
    except OSError as error:
        where = output or "standard output"
        raise Misconfigured(f"--output: {where} can't be written ({os.strerror(error.errno or 0).lower()}).") from error


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
    async def read() -> T:
        database = Database(as_given().database_url)
        try:
            if not await _is_there(database) or not await revision(database):
                raise Misconfigured("DATABASE_URL: there is no audit log there.")
            return await database.read(ask, within=A_LONG_LOG)
        except DatabaseDown as error:
            raise Misconfigured(f"DATABASE_URL: {sentence(error)}") from error
        finally:
            await database.close()

    return asyncio.run(read())


async def _is_there(database: Database) -> bool:
    """Whether there is a file, where it is one: to open it would make one."""
    return not database.is_sqlite or await asyncio.to_thread(os.path.isfile, database.engine.url.database or "")
