"""A tick with nothing new, with 100,000 calls and 1,000 open matters: its statements, and its CPU time."""

import asyncio
import sys
import time
from datetime import timedelta
from pathlib import Path

from bot.app import Steward, utc_now
from bot.settings.config import Given, read_policy
from storage.audit import Entry
from storage.database.store import Store
from storage.records import Recording
from storage.sessions import append_row
from tests.handlers.builders import Company, ask, call, meet_everybody
from tests.handlers.test_statements import asked
from tests.keys import KEY
from tests.stories.house import ROOT, sample_calls

CALLS, OPEN, TICKS = 100_000, 1_000, 50
IN_A_COMMIT = 5_000
STATEMENTS, AIM = 10, 10.0  # ms


def tick_lines(folder: Path) -> list[tuple[bool, str]]:
    """Whether the limits hold, and a line that says so."""
    return [asyncio.run(_measured(folder / "ticking"))]


async def _measured(folder: Path) -> tuple[bool, str]:
    print("ticking …", file=sys.stderr, flush=True)
    sample_calls(folder, utc_now(), 10)
    told = {"database_url": f"sqlite:///{folder / 'x.db'}", "recordings_url": f"file://{folder}", "secret_key": KEY}
    steward = Steward(Given.model_validate(told), read_policy(ROOT / "policy.yaml"))
    steward.build()
    await steward.open()
    steward.clock.confirm()
    await steward.policy_of_the_day.look()
    await _lived_in(steward)
    for _ in range(4):
        await steward.tick()
        await steward.proof.finish()
    began = time.process_time()
    with asked(steward.database) as statements:
        for _ in range(TICKS):
            await steward.tick()
    each, spent = len(statements) / TICKS, 1000 * (time.process_time() - began) / TICKS
    await steward.stop()
    told_ = f"an idle tick with {CALLS:,} calls and {OPEN:,} open matters: {each:.1f} statements (limit {STATEMENTS}), {spent:.1f} ms of CPU (aim {AIM:.0f})"
    return each <= STATEMENTS and spent <= AIM, told_


async def _lived_in(steward: Steward) -> None:
    company = Company(steward.door, steward.now, await meet_everybody(steward.door))  # type: ignore[arg-type]
    await steward.tick()
    for first in range(0, CALLS, IN_A_COMMIT):
        await steward.database.write(lambda store, first=first: _laid(store, first, steward))  # type: ignore[misc]
    for number in range(OPEN):
        await ask(company, company.anna, calls=(1,), crm=f"CS-{number}")


def _laid(store: Store, first: int, steward: Steward) -> None:
    """Store calls of another recording system, whose files no one looks for, with every column that the log marks."""
    for number in range(first, first + IN_A_COMMIT):
        started = steward.now() - timedelta(hours=1, seconds=number)
        row = call(
            1, native_id=f"old-{number}", started=started, local_day=f"{started:%Y-%m-%d}", folder="", found_by=""
        )
        append_row(store.session, Recording, {"id": CALLS + number, "system": "archive", **row})
    store.audit.append(Entry("command", "bench.seed", "company"), steward.now(), steward.door.keys.log_seal)
