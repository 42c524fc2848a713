"""P13: what is written alone shares its transaction with nothing else, so that nothing beside a report says at what minute it came."""

from __future__ import annotations

import asyncio

from storage.database.store import Database, Store


async def test_what_is_written_alone_shares_its_transaction_with_nobody(database: Database) -> None:
    def work(store: Store) -> object:
        return store.session

    write = database.write
    first, alone, *shared = await asyncio.gather(write(work), write(work, alone=True), write(work), write(work))
    assert alone not in (first, *shared)
    assert shared[0] is shared[1]
