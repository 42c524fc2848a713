"""What each tick asks the register costs the same however large it is."""

from __future__ import annotations

import pytest

from storage.database.store import Database, Store
from storage.records import Recording, Request, RequestedRecording
from storage.sessions import append, append_record
from tests.storage.counting import analyzed, counted
from tests.storage.rows import NOW, call, person

IN_A_FOLDER = 20


async def _register(database: Database, calls: int) -> None:
    """A register of so many calls in folders of twenty, three of which somebody asks for."""

    def work(store: Store) -> None:
        store.session.add(person("anna"))
        store.session.flush()
        for number in range(1, calls + 1):
            row = call(f"{number // IN_A_FOLDER}/call-{number}", identity="1" * 64)
            append(store.session, Recording, {"id": number, "system": "file", **row})
        request = Request(
            id="R-1", key="key", fingerprint="twin", requester_id=1, reason="complaint", crm="", asked_at=NOW, state="waiting"
        )  # fmt: skip
        append_record(store.session, request)
        for number in (1, 2, 3):
            row = {"request_id": "R-1", "recording_id": number, "place": number, "version": 1}
            append(store.session, RequestedRecording, row)

    await database.write(work)
    for table in ("recordings", "requests", "matters", "requested_recordings"):
        await analyzed(database, table)


@pytest.mark.soak
@pytest.mark.parametrize("calls", [1_000, 8_000])
async def test_neither_a_folder_nor_what_is_watched_costs_more_in_a_larger_register(
    database: Database, calls: int
) -> None:
    await _register(database, calls)
    found, cost = await database.read(
        lambda store: counted(store, lambda: store.recordings.within("file", ["7", "nowhere"]))
    )
    assert (len(found), cost <= 80) == (IN_A_FOLDER, True), cost
    watched, cost = await database.read(lambda store: counted(store, lambda: store.recordings.watched("file", NOW)))
    assert watched == dict.fromkeys(("0/call-1", "0/call-2", "0/call-3"), "1")
    assert cost <= 60
    names = ["0/call-1", "7/call-150", "nowhere/one"]
    known, cost = await database.read(lambda store: counted(store, lambda: store.recordings.identified("file", names)))
    assert (known, cost <= 60) == ({"0/call-1", "7/call-150"}, True), cost


@pytest.mark.soak
@pytest.mark.parametrize("calls", [1_000, 8_000])
async def test_nor_do_those_that_may_have_changed(database: Database, calls: int) -> None:
    """Which requests end or show another call, since one of their calls became another."""
    await _register(database, calls)
    found, cost = await database.read(lambda store: counted(store, lambda: store.requests.of_changed_calls(NOW)))
    assert (found, cost <= 80) == ([], True), cost
