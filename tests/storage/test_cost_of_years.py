"""What each tick and each opened home asks costs the same however many calls were erased, and however much was asked, heard and held, in the years before."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import text

from storage.database.store import Database, Store
from storage.deadlines import Deadline
from storage.records import Copy, Grant, Recording, Request, RequestedRecording
from storage.sessions import append_new, append_record, append_row
from storage.tables.calls import Erasure, Keep
from tests.storage.counting import analyzed, counted
from tests.storage.rows import NOW, call, person

pytestmark = pytest.mark.soak

CALLS = 2_000
YEAR = timedelta(days=365)
THEN = NOW - YEAR
DAY = timedelta(days=1)
ASKED: Mapping[str, Callable[[Store], Any]] = {
    "calls to be closed": lambda store: store.erasures.to_close(NOW, 200),
    "calls that vanished": lambda store: store.erasures.to_forget(NOW, 200),
    "erasures that are due": lambda store: store.erasures.due("file", NOW, 200),
    "erasures that are late": lambda store: store.erasures.late(NOW - DAY, NOW),
    "what keeps no longer": lambda store: store.erasures.over(NOW, 200),
    "what matters have to do with a call": lambda store: store.erasures.claims([CALLS + 1], NOW, opened=True),
    "calls to be opened again": lambda store: store.erasures.to_reopen(NOW, 200),
    "what the guard looks at": lambda store: [*store.pauses.due(NOW, None), *store.pauses.unclosed(NOW)],
    "what the day brings": lambda store: [store.pauses.coming(NOW, NOW + DAY)],
    "what went today": lambda store: [store.pauses.erased(NOW - DAY / 2, NOW + DAY / 2)],
    "erasures that are paused": lambda store: [store.pauses.open()],
    "calls that are watched": lambda store: store.recordings.watched("file", NOW),
    "calls that no one has read": lambda store: store.recordings.unidentified("file", NOW, 500),
    "links that no one has opened": lambda store: store.customers.to_phone(1),
    "others who ask for a customer's call": lambda store: store.customers.calls("R-5")[2],
    "what a customer was sent and heard": lambda store: store.customers.correspondence("R-5"),
    "draws that lost a call": lambda store: store.draws.lost(),
    "declined calls that were met": lambda store: store.declines.met(),
    "requests that no one may decide": lambda store: store.matters.ids(Request, ("stuck",)),
    "words that went and whose cards do not say so": lambda store: store.matter_keys.unshown(20),
    "deadlines that have come": lambda store: store.deadlines.due(NOW, 100),
    "cards of someone's that stayed behind": lambda store: store.outbox.outdated(2),
}


async def _years(database: Database) -> None:
    """So many calls that were asked for, approved, heard, held and erased long ago; and as many that were registered today."""

    def work(store: Store) -> None:
        store.session.add_all([person("anna"), person("ruth")])
        store.session.flush()
        for one in range(1, CALLS + 1):
            _erased(store, one)
        for one in range(CALLS):
            row = call(f"today-{one}", erase_at=NOW + YEAR)
            append_row(store.session, Recording, {"id": CALLS + 1 + one, "system": "file", **row})

    await database.write(work)
    for table in ("recordings", "erasures", "matters", "requested_recordings", "keeps", "grants", "copies"):
        await analyzed(database, table)


def _erased(store: Store, one: int) -> None:
    row = call(f"/{one}", state="erased", erase_at=THEN, caller="", crm="", found_by="")
    append_row(store.session, Recording, {"id": one, "system": "file", **row})
    matter = f"R-{one}"
    append_record(
        store.session,
        Request(
            id=matter, key=matter, fingerprint=matter, requester_id=1, reason="complaint", crm="", asked_at=THEN,
            state="approved",
        ),
    )  # fmt: skip
    named = {"request_id": matter, "recording_id": one, "place": 1, "version": 1}
    append_row(store.session, RequestedRecording, named)
    given = {"id": f"G-{one}", "matter_id": matter, "person_id": 1, "starts_at": THEN, "ends_at": THEN + DAY}
    append_new(store.session, Grant, given)
    kept = {"recording_id": one, "matter_id": matter, "why": "request", "since": THEN, "ends_at": THEN + DAY}
    append_new(store.session, Keep, {**kept, "ended_at": THEN + DAY})
    moments = {"moment": THEN, "closed_at": THEN, "next_at": THEN, "erased_at": THEN}
    done = {"id": f"E-{one}", "why": "retention", "recording_id": one, "state": "erased", **moments}
    append_new(store.session, Erasure, done)
    ended = {"subject": matter, "moments": {"access.end": THEN.isoformat()}, "done": ["access.end"], "kind": ""}
    append_new(store.session, Deadline, ended)
    posted = {"platform": "slack", "conversation": "D1", "message": str(one), "revision": 0, "drawn_at": THEN}
    append_new(store.session, Copy, {"matter": matter, "person_id": 1, **posted})


def _cost(asked: Callable[[Store], Any], store: Store) -> tuple[Any, int]:
    """With indexes wherever one serves: PostgreSQL may read a table as small as these whole, whatever there is."""
    if store.session.get_bind().dialect.name == "postgresql":
        store.session.execute(text("SET LOCAL enable_seqscan = off"))
    return counted(store, lambda: asked(store))


async def test_a_tick_and_a_home_cost_no_more_after_years(database: Database) -> None:
    """Whatever is open is found without going through what is over."""
    await _years(database)
    for what, asked in ASKED.items():
        found, cost = await database.read(partial(_cost, asked))
        assert (what, bool(found) and any(found), cost <= 60) == (what, False, True), (found, cost)
