"""A quarter from its first morning to its end: in a new database, by whichever crew, and all that is known of it afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from storage.database.store import Database, Store
from storage.records import Outgoing
from tests.ledgers import outgoing
from tests.quarter.book import Taken, taken
from tests.quarter.firm import Firm, moved_in
from tests.quarter.plan import Plan
from tests.quarter.playing import Crew, played
from tests.quarter.shift import Shift, Where
from tests.quarter.told import Entry
from tests.reconciled import sentences

C = TypeVar("C", bound=Crew)


@dataclass(frozen=True, slots=True)
class Ended:
    """A quarter that is over: the log, the ledger, what the chat took, and what does not fit (C1)."""

    plan: Plan
    firm: Firm
    log: list[Entry]
    ledger: list[Outgoing]
    taken: list[Taken]
    unsound: list[str]


async def a_quarter(url: str, folder: Path, plan: Plan, crew_of: Callable[[Where, Database], C]) -> tuple[Ended, C]:
    """Play it there; the database is migrated and empty."""
    book, database = folder / "book", Database(url)
    first = Shift(Where(url, book, Firm({}, ())))
    firm = await moved_in(first.door)
    await first.close()
    crew = crew_of(Where(url, book, firm, plan.lost), database)
    try:
        await played(plan, crew, database)
        return await _ended(plan, firm, database, book), crew
    finally:
        await crew.close()
        await database.close()


async def _ended(plan: Plan, firm: Firm, database: Database, book: Path) -> Ended:
    def look(store: Store) -> Ended:
        faults = [fault for fault in [store.audit.verify().fault] if fault]
        return Ended(
            plan, firm, list(store.audit.rows()), outgoing(store), taken(book), [*faults, *sentences(store)],
        )  # fmt: skip

    return await database.read(look, within=60)
