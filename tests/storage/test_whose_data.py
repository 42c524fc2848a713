"""P11: who had the audio of whose calls is found by the log, past what was spoilt; reports are written apart (P13)."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from storage.database.store import Database, Store
from storage.grants import SERVED, AudioSpan, audio_served
from storage.records import Grant, Recording, Request, RequestedRecording
from storage.sessions import append_record, append_row
from storage.tables.log import AuditEntry
from tests.storage.rows import NOW, call, person

SECOND = timedelta(seconds=1)


def _entry(seq: int, grant: str, recording: int, at: datetime = NOW, **more: Any) -> dict[str, Any]:
    told = {
        "seq": seq, "at": at.isoformat(timespec="microseconds"), "actor": "web", "action": SERVED, "subject": grant,
        "outcome": "done", "clause": "P11", "detail": {"person": 1, "request": f"R-{grant}", "recording": recording},
        "marks": {}, "previous": "", "hash": "",
    }  # fmt: skip
    return {**told, **more}


def _request(number: int) -> Request:
    return Request(
        id=f"R-{number}", key=f"k{number}", fingerprint=f"f{number}", requester_id=1, reason="training", crm="",
        asked_at=NOW, closed_at=NOW, state="approved",
    )  # fmt: skip


def _row(told: dict[str, Any]) -> dict[str, Any]:
    more = {"peaks": None, "audio": "", "erase_at": None, "folder": "", "modified": None, "seen_at": None}
    return {"system": "file", **told, **more}


def _named(number: int) -> dict[str, Any]:
    return {"request_id": f"R-{number}", "recording_id": number + 1, "place": 0}


def _grant(number: int) -> dict[str, Any]:
    ends = {"starts_at": NOW, "ends_at": NOW, "ended_at": None, "ended_by": None, "ended_why": ""}
    return {"id": f"G-{number}", "matter_id": f"R-{number}", "person_id": 1, **ends}


async def test_p11_first_and_last_are_those_of_each_call_and_of_what_was_done(database: Database) -> None:
    def work(store: Store) -> None:
        rows = [
            _entry(1, "G-1", 7), _entry(2, "G-1", 8, NOW + SECOND), _entry(3, "G-1", 7, NOW + 2 * SECOND),
            _entry(4, "G-1", 7, NOW + 9 * SECOND, outcome="refused"), _entry(5, "G-2", 7, NOW + 3 * SECOND),
            _entry(6, "G-1", 7, NOW - SECOND, action="listening.part"),
        ]  # fmt: skip
        for one in rows:
            append_row(store.session, AuditEntry, one)

    await database.write(work)
    assert await database.read(lambda store: audio_served(store.session, ["G-1"])) == {
        ("G-1", 7): AudioSpan(NOW, NOW + 2 * SECOND), ("G-1", 8): AudioSpan(NOW + SECOND, NOW + SECOND),
    }  # fmt: skip


@pytest.mark.parametrize("detail", ['{"recording": "x"}', "{}", "[]", "7", '{"recording": null}', '{"recording": [7]}'])
async def test_p11_what_was_written_into_the_log_by_hand_hides_no_other_entry(database: Database, detail: str) -> None:
    def work(store: Store) -> None:
        append_row(store.session, AuditEntry, _entry(1, "G-1", 7))
        append_row(store.session, AuditEntry, _entry(2, "G-1", 7, at=NOW + SECOND))
        store.session.flush()
        store.session.execute(text("UPDATE audit SET detail = :told WHERE seq = 2"), {"told": detail})

    await database.write(work)
    assert await database.read(lambda store: audio_served(store.session, ["G-1"])) == {("G-1", 7): AudioSpan(NOW, NOW)}


async def test_p9_the_parts_of_a_matter_are_found_together(database: Database) -> None:
    """A request that waits has no end; one that was denied ended when it was; a hold counts until it was over."""

    def work(store: Store) -> None:
        store.session.add(person("anna"))
        append_row(store.session, Recording, _row(call("c0")))
        for number, (state, closed) in enumerate((("waiting", None), ("denied", NOW + SECOND), ("approved", NOW))):
            one = _request(number)
            one.state, one.closed_at, one.longer, one.about = state, closed, True, "mark"
            append_record(store.session, one)
            append_row(store.session, RequestedRecording, {**_named(0), "request_id": one.id})
        append_row(store.session, Grant, {**_grant(2), "ends_at": NOW + 9 * SECOND, "ended_at": NOW + 5 * SECOND})
        append_record(store.session, _request(3))

    await database.write(work)
    found = await database.read(lambda store: store.whose_data.inquiries([]))
    ends = {one.id: (calls, over_at) for one, calls, over_at in found}
    assert ends == {"R-0": ({1}, None), "R-1": ({1}, None), "R-2": ({1}, NOW + 5 * SECOND)}
    assert await database.read(lambda store: store.whose_data.inquiries(["training"])) != []
    assert await database.read(lambda store: store.whose_data.held([1])) == []


async def test_what_is_written_alone_shares_its_transaction_with_no_one(database: Database) -> None:
    def work(store: Store) -> object:
        return store.session

    write = database.write
    first, alone, *shared = await asyncio.gather(write(work), write(work, alone=True), write(work), write(work))
    assert alone not in (first, *shared)
    assert shared[0] is shared[1]
