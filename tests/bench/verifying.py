"""All that `audit verify` does, beside one encoder and one hash for each entry, which is the least it could do."""

import asyncio
import hashlib
import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.proof.verification import verify_log
from storage.audit import Entry
from storage.chain import FIELDS
from storage.database.store import Database, Store
from storage.database.upgrade import upgrade_database
from tests.handlers.builders import KEYS, Clock, Company, a_company, approved

ROUNDS = 3
ENTRIES, REQUESTS = 50_000, 450  # what two years of 500 people have
AIM = 0.7


def verify_lines(folder: Path) -> list[tuple[bool, str]]:
    """Whether the aim holds, and a line that says so."""
    return [asyncio.run(_measured(folder))]


async def _measured(folder: Path) -> tuple[bool, str]:
    database = Database(f"sqlite:///{folder / 'verifying.db'}")
    await upgrade_database(database)
    await _lived(await a_company(database, Clock()))
    await database.write(_many_entries)
    # CPU, by turns, the quickest of each: what else the machine does only ever adds.
    took = min([await _took(database) for _ in range(ROUNDS)])
    rows = await database.read(lambda store: list(store.audit.exported()))
    bare = max(_bare(rows) for _ in range(ROUNDS))
    await database.close()
    rate = len(rows) / took
    told = (
        f"audit verify, all of it ({len(rows):,} entries, {REQUESTS} requests): {took:.2f} s of CPU, {rate:,.0f} entries a second; "
        f"bare JSON and SHA-256 does {bare:,.0f}: {rate / bare:.2f} of it (aim {AIM})"
    )
    return rate >= AIM * bare, told


async def _lived(company: Company) -> None:
    for one in range(REQUESTS):
        await approved(company, crm=f"CS-{one}")


def _many_entries(store: Store) -> None:
    """Write a long log, most of it about listening, as real logs are."""
    now = datetime.now(UTC)
    for number in range(ENTRIES):
        entry = Entry(f"person:{number % 50}", "listening.part", f"G-{number}", detail={"from_ms": number})
        store.audit.append(entry, now, KEYS.log_seal)


async def _took(database: Database) -> float:
    began = time.process_time()
    outcome = await verify_log(database, keys=KEYS)
    assert (outcome.number, outcome.rows > REQUESTS) == (0, True)
    return time.process_time() - began


def _bare(rows: list[dict[str, Any]]) -> float:
    """Entries a second, of rows that are in memory already."""
    plain = [{name: row[name] for name in FIELDS} for row in rows]
    encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
    began = time.process_time()
    for row in plain:
        hashlib.sha256(encode(row).encode()).hexdigest()
    return len(plain) / (time.process_time() - began)
