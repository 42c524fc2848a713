"""What is stored, held against the log, in a test: a sentence for everything that does not fit."""

from __future__ import annotations

from contextlib import closing
from typing import cast

from bot.proof.verification import Check, Outcome, Pace
from storage.chain import GENESIS, Verdict, Walk
from storage.database.store import Database, Store
from storage.mark_check import Latest


def sentences(store: Store) -> list[str]:
    """What does not fit, as this transaction sees it."""
    outcome = Outcome(Verdict(0, GENESIS))
    with closing(Latest()) as latest:
        check = Check(cast("Database", None), Pace(), outcome, latest, Walk())
        check.at_once(store)
    return outcome.faults


async def findings(database: Database) -> list[str]:
    """What does not fit, in a read of its own."""
    return await database.read(sentences)
