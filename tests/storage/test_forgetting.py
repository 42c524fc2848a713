"""Keys, codes and sessions are thrown away up to a moment, and nothing beyond it."""

from __future__ import annotations

from datetime import datetime, timedelta

from storage.database.store import Database, Store
from storage.records import Grant, Pass, Request, Seen
from tests.storage.rows import NOW, SECOND, person

DAYS = [timedelta(days=days) for days in range(4)]


def _grant(store: Store) -> Grant:
    anna = person("anna")
    store.session.add(anna)
    store.session.flush()
    request = Request(
        id="R-1", key="k", fingerprint="t", requester_id=anna.id, reason="complaint", crm="CS-1",
        asked_at=NOW,
    )  # fmt: skip
    grant = Grant(id="G-1", matter_id="R-1", person_id=anna.id, starts_at=NOW, ends_at=NOW)
    store.session.add_all([request, grant])
    return grant


async def _keys(database: Database, before: datetime) -> tuple[bool, list[str]]:
    return await database.read(
        lambda store: (store.outbox.has_keys(before), sorted(one.key for one in store.session.query(Seen)))
    )


async def _passes(database: Database, before: datetime) -> tuple[bool, list[str]]:
    return await database.read(
        lambda store: (store.grants.has_passes(before), sorted(one.hash for one in store.session.query(Pass)))
    )


async def test_keys_older_than_a_moment_are_forgotten(database: Database) -> None:
    for day in DAYS:
        await database.write(lambda store, day=day: store.outbox.seen(f"k{day.days}", NOW - day))  # type: ignore[misc]
    assert await _keys(database, NOW - DAYS[2]) == (True, ["k0", "k1", "k2", "k3"])
    await database.write(lambda store: store.outbox.forget_keys(NOW - DAYS[2]))
    assert await _keys(database, NOW - DAYS[2]) == (False, ["k0", "k1", "k2"])
    assert await _keys(database, NOW - DAYS[2] + SECOND) == (True, ["k0", "k1", "k2"])
    assert await database.write(lambda store: store.outbox.seen("k3", NOW)) is False
    assert await database.write(lambda store: store.outbox.seen("k2", NOW)) is True


async def test_codes_and_sessions_that_ended_before_a_moment_are_forgotten(database: Database) -> None:
    def make(store: Store) -> None:
        grant = _grant(store)
        for day in DAYS:
            store.grants.add_pass("code", f"c{day.days}", NOW - DAYS[3], NOW - day, grant=grant)

    await database.write(make)
    assert await _passes(database, NOW - DAYS[2]) == (True, ["c0", "c1", "c2", "c3"])
    await database.write(lambda store: store.grants.forget_passes(NOW - DAYS[2]))
    assert await _passes(database, NOW - DAYS[2]) == (False, ["c0", "c1", "c2"])
    assert await database.read(lambda store: store.grants.find_pass("code", "c3")) is None


async def test_what_is_forgotten_beside_other_work_stays_forgotten(database: Database) -> None:
    """In one transaction with a new key, which must survive."""

    def both(store: Store) -> None:
        store.outbox.seen("new", NOW)
        store.outbox.forget_keys(NOW)

    await database.write(lambda store: store.outbox.seen("old", NOW - SECOND))
    await database.write(both)
    assert await _keys(database, NOW + SECOND) == (True, ["new"])
