"""How a quarter ended: every row that matters, in words that are the same whatever its chance, its order and its delays were.

Ids are called by what they name. Moments are told to the slot in which they lie, since whoever died did things by seconds
later. Left out is what only one run can have: salts and what was made with them, references of messages, and how often
and in which of its states a card was redrawn – which revision each copy shows in the end is compared.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import RowMapping, select

from storage.database.store import Store
from storage.records import Alarm, Grant, Record, Request
from storage.tables.absences import Absence
from tests.ledgers import outgoing
from tests.quarter.plan import A_SLOT

LEFT_OUT: Mapping[str, frozenset[str]] = {
    "requests": frozenset({"sealed"}),
    "matter_keys": frozenset({"wrap", "trace"}),
    "copies": frozenset({"conversation", "message"}),
    "people": frozenset({"checked_at"}),
    "accounts": frozenset({"checked_at"}),
}
"""Columns that differ from run to run."""
ELSEWHERE = frozenset({"audit", "audit_head", "outbox", "seen"})
"""Tables that are told in their own way, and keys that are thrown away after days."""
DRAWN = frozenset({"sent", "updated", "superseded"})
ID = re.compile(r"\b[A-Z]{1,2}-[2-9A-Z]{8}\b")
NUMBER = re.compile(r"\b\d{12}\.(?:\d{3}\.[0-9a-f]{16}|(?=A-))")
DIGEST = re.compile(r"\b[0-9a-f]{32,}\b")
ISO = re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+]\d\d:\d\d)")
DIGITS = re.compile(r"\b(20\d{12})(?:\d{6})?\b")
State = dict[str, Counter[str]]


def final_state(store: Store) -> State:
    """Of each table how often it holds what."""
    called = _Called(store)
    state = {
        name: Counter(called.told(row) for row in _rows(store, name))
        for name in Record.metadata.tables
        if name not in ELSEWHERE
    }
    state["outbox"] = Counter(called.told(row) for row in _ledger(store))
    state["audit"] = Counter(called.told(row) for row in _log(store))
    return state


def differences(one: State, other: State) -> list[str]:
    """What one holds and the other does not."""
    return [
        f"{name}, {sign} {number} × {row}"
        for name in one.keys() | other.keys()
        for sign, more, less in (("only first", one[name], other[name]), ("only second", other[name], one[name]))
        for row, number in sorted((more - less).items())
    ]


class _Called:
    """What each id of this run names."""

    def __init__(self, store: Store) -> None:
        session = store.audit.session
        self.names = {one.id: f"R[{one.key}]" for one in session.scalars(select(Request))}
        self.names |= {one.id: f"G[{self.names[one.matter_id]}]" for one in session.scalars(select(Grant))}
        self.names |= {one.id: f"W[{one.person_id} {one.first}]" for one in session.scalars(select(Absence))}
        for one in session.scalars(select(Alarm)):
            self.names[one.alarm] = f"A[{self.names.get(one.subject, one.subject)} {one.why} {_slot(one.raised_at)}]"

    def told(self, row: Mapping[str, Any]) -> str:
        return json.dumps(self._named(row), sort_keys=True)

    def _named(self, value: object) -> object:
        """Lists in an order that does not come of ids."""
        match value:
            case dict() | RowMapping():
                return {key: self._named(one) for key, one in value.items()}
            case list() | tuple():
                return sorted((self._named(one) for one in value), key=json.dumps)
            case datetime():
                return _slot(value)
            case str():
                return self._in_words(value)
            case _:
                return value if value is None or isinstance(value, int | float) else str(value)

    def _in_words(self, told: str) -> str:
        told = ID.sub(lambda found: self.names.get(found[0], found[0]), DIGEST.sub("#", NUMBER.sub("", told)))
        told = ISO.sub(lambda found: _slot(datetime.fromisoformat(found[0])), told)
        return DIGITS.sub(lambda found: _slot(datetime.strptime(found[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC)), told)


def _slot(moment: datetime) -> str:
    """The beginning of the slot in which it lies."""
    seconds = int(moment.timestamp())
    return f"{datetime.fromtimestamp(seconds - seconds % A_SLOT.seconds, UTC):%m-%d %H:%M}"


def _rows(store: Store, name: str) -> Iterator[Mapping[str, Any]]:
    left_out = LEFT_OUT.get(name, frozenset())
    for row in store.audit.session.execute(select(Record.metadata.tables[name])).mappings():
        yield {key: value for key, value in row.items() if key not in left_out}


def _ledger(store: Store) -> Iterator[Mapping[str, Any]]:
    for row in outgoing(store):
        state = "drawn" if row.kind == "show" and row.state in DRAWN else row.state
        # Which of several reminders is the first depends on ids.
        payload = {**row.payload, "once": ""} if row.kind == "digest" else row.payload
        yield {"kind": row.kind, "person": row.person_id, "payload": payload, "at": row.queued_at, "state": state}


def _log(store: Store) -> Iterator[Mapping[str, Any]]:
    for row in store.audit.rows():
        if not (row["action"] == "delivery.done" and row["detail"]["kind"] == "show"):
            yield _without_delay(
                {key: value for key, value in row.items() if key not in {"seq", "marks", "previous", "hash"}}
            )


def _without_delay(row: dict[str, Any]) -> dict[str, Any]:
    """Seconds for which somebody had died count as none."""
    detail = dict(row["detail"])
    for one in (detail, *detail.get("told", ())):
        if isinstance(one, dict) and "late_seconds" in one:
            one["late_seconds"] //= A_SLOT.seconds
    detail.pop("trace", None)
    return {**row, "detail": detail}
