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
from storage.chain import FIELDS
from storage.store import Database, DatabaseDown, Store

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
    if output is None:
        _with_store(lambda store: write(store.audit.rows(), sys.stdout))
        return 0
    with output.open("w", encoding="utf-8", newline="") as file:
        _with_store(lambda store: write(store.audit.rows(), file))
    return 0


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
        file = database.engine.url.database
        if database.is_sqlite and not os.path.exists(file or ""):  # noqa: ASYNC240, PTH110  nothing else runs here
            raise Misconfigured(f"DATABASE_URL: there is no file {file}.")
        try:
            return await database.read(ask, within=A_LONG_LOG)
        except DatabaseDown as error:
            raise Misconfigured(f"DATABASE_URL: there is no audit log to read there ({error}).") from error
        finally:
            await database.close()

    return asyncio.run(read())
