"""Looking whether a request is there already costs the same however many are open, and however many are asked for."""

from __future__ import annotations

from storage.database.store import Database, Store
from storage.prefetch import Prefetch, prefetched
from storage.records import Request
from storage.sessions import append_record
from tests.storage.counting import analyzed, counted
from tests.storage.rows import NOW, person

OPEN_ONES = 3_000


def _request(number: int, state: str = "waiting") -> Request:
    return Request(
        id=f"R-{number}", key=f"key-{number}", fingerprint=f"same-{number % OPEN_ONES}", requester_id=1,
        reason="complaint", crm="", asked_at=NOW, state=state,
    )  # fmt: skip


async def _many_open(database: Database) -> None:
    def work(store: Store) -> None:
        store.session.add(person("anna"))
        store.session.flush()
        for number in range(OPEN_ONES):
            append_record(store.session, _request(number))
        append_record(store.session, _request(OPEN_ONES + 7, "denied"))

    await database.write(work)
    for table in ("requests", "matters"):
        await analyzed(database, table)


async def _looked(database: Database, *names: str) -> tuple[set[str], int]:
    def work(store: Store) -> tuple[set[str], int]:
        ahead = prefetched(store.session)
        _, cost = counted(store, lambda: ahead.look(store.session, [Prefetch(requests=frozenset(names))]))
        return {one.id for one in ahead.filed.values()}, cost

    return await database.write(work)


async def test_the_look_for_same_requests_does_not_grow_with_what_is_open(database: Database) -> None:
    """A5: with four names it looked through all open requests of the company, 512 µs against 12."""
    await _many_open(database)
    found, few = await _looked(database, "key-5", "same-6")
    assert found == {"R-5", "R-6"}
    found, more = await _looked(database, "key-5", "same-6", "key-nobody", "same-nobody", "key-8", "same-9")
    assert found == {"R-5", "R-6", "R-8", "R-9"}
    assert (few <= 40, more <= 80) == (True, True), (few, more)


async def test_a_request_with_the_same_content_counts_only_while_it_is_open(database: Database) -> None:
    await _many_open(database)
    await database.write(lambda store: store.session.delete(store.requests.get("R-7")))
    found, _ = await _looked(database, "same-7", "key-nobody")
    assert found == set()
    found, _ = await _looked(database, "key-3007", "same-nobody")
    assert found == {"R-3007"}
    same = await database.read(lambda store: store.requests.filed_already("key-nobody", "same-7"))
    assert same is None
