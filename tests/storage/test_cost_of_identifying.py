"""Looking for calls whose audio is to be read costs the same however large the register is (B2)."""

from __future__ import annotations

import pytest

from storage.database.store import Database, Store
from storage.records import Recording, Request, RequestedRecording
from storage.sessions import append, append_record
from tests.storage.counting import analyzed, counted
from tests.storage.rows import NOW, call, person

REGISTER = 5_000


async def _register(database: Database, asked_for: int) -> None:
    """A register of calls that nobody has read, of which one request names so many."""

    def work(store: Store) -> None:
        store.session.add(person("anna"))
        store.session.flush()
        for number in range(1, REGISTER + 1):
            append(store.session, Recording, {"id": number, "system": "file", "folder": "", **call(f"call-{number}")})
        request = Request(
            id="R-1", key="key", fingerprint="same", requester_id=1, reason="complaint", crm="",
            asked_at=NOW, state="waiting",
        )  # fmt: skip
        append_record(store.session, request)
        for number in range(1, asked_for + 1):
            append(
                store.session,
                RequestedRecording,
                {"request_id": "R-1", "recording_id": number, "place": number, "version": 1},
            )

    await database.write(work)
    for table in ("recordings", "requests", "matters", "requested_recordings"):
        await analyzed(database, table)


def _looked(store: Store, most: int = 500) -> tuple[list[Recording], int]:
    return counted(store, lambda: store.recordings.unidentified("file", NOW, most))


@pytest.mark.parametrize("asked_for", [0, 3])
async def test_the_look_does_not_grow_with_the_register(database: Database, asked_for: int) -> None:
    await _register(database, asked_for)
    found, cost = await database.read(_looked)
    assert [one.id for one in found] == list(range(1, asked_for + 1))
    assert cost <= 60


async def test_as_many_are_found_as_can_be_read_at_once(database: Database) -> None:
    await _register(database, 1_200)
    found, _ = await database.read(lambda store: _looked(store, 700))
    assert len({one.id for one in found}) == 700
