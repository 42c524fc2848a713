"""Compares what is stored with the log, in a test: a sentence for everything that doesn't match."""

from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import cast

from bot.proof.verification import Check, Outcome, Pace
from storage.chain import GENESIS, Verdict, Walk
from storage.database.store import Database, Store
from storage.mark_check import Latest, protected_tables


def sentences(store: Store) -> list[str]:
    """Return what doesn't match, as this transaction sees it."""
    outcome = Outcome(Verdict(0, GENESIS))
    with closing(Latest()) as latest:
        check = Check(cast("Database", None), Pace(), outcome, latest, Walk())
        rows = [partial(check._read_rows, table=one) for one in protected_tables()]
        parts: list[Callable[[Store], bool]] = [check._read_entries, *rows, check._settle_some]
        for part in parts:
            check.place = None
            while part(store):
                pass
        check.report_rewritten_rows()
    return outcome.faults


async def findings(database: Database) -> list[str]:
    """Return what doesn't match, in its own read."""
    return await database.read(sentences)
