"""All that `audit verify` does, beside the bare chain: the state is read and held against the log as well."""

import asyncio
import tempfile
import time
from pathlib import Path

from bot.proof.verification import verify_log
from storage.database.store import Database
from storage.database.upgrade import upgrade_database
from tests.bench.register import bare, many_entries
from tests.handlers.builders import KEYS, Clock, Company, a_company, approved

ROUNDS = 3
REQUESTS = 450  # to 50,000 entries what two years of 500 people have


def verify_lines(folder: Path) -> list[tuple[bool, str]]:
    """Whether the limit holds, and a line that says so."""
    return [asyncio.run(_measured(folder))]


async def _measured(folder: Path) -> tuple[bool, str]:
    database = Database(f"sqlite:///{folder / 'verifying.db'}")
    await upgrade_database(database)
    await _lived(await a_company(database, Clock()))
    await database.write(many_entries)
    # CPU, by turns, the quickest of each: what else the machine does only ever adds.
    took = [(await _took(database, state=False), await _took(database, state=True)) for _ in range(ROUNDS)]
    chain, all_of_it = (min(times) for times in zip(*took, strict=True))
    rows = await database.read(lambda store: list(store.audit.exported()))
    floor = max(bare(rows, time.process_time) for _ in range(ROUNDS))
    entries = (await database.read(lambda store: store.audit.head()))[0]
    await database.close()
    rate = entries / all_of_it
    told = (
        f"audit verify, all of it ({entries:,} entries, {REQUESTS} requests): {all_of_it:.2f} s of CPU, the chain alone {chain:.2f}; "
        f"{rate:,.0f} entries a second of CPU; bare JSON and SHA-256 does {floor:,.0f}: {rate / floor:.2f} of it (aim 0.7)"
    )
    return rate >= 0.7 * floor, told


async def _lived(company: Company) -> None:
    for one in range(REQUESTS):
        await approved(company, crm=f"CS-{one}")


async def _took(database: Database, *, state: bool) -> float:
    began = time.process_time()
    outcome = await verify_log(database, state=state, keys=KEYS)
    assert (outcome.number, outcome.rows > REQUESTS) == (0, state)
    return time.process_time() - began


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        for _, line in verify_lines(Path(place)):
            print(line)
