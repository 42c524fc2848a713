"""How years ended: every call, what kept it, its certificates, each request and hold, and what the log says was done, without moments.

Ids are called by what they name. Left out is what a delay of minutes changes: when something was done, and how often in vain.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping

from sqlalchemy import select

from storage.database.store import Store
from storage.records import Grant, Matter, Party, Recording, Request
from storage.tables.calls import Erasure, ErasurePause, Hold, Keep

ID = re.compile(r"\b[A-Z]{1,2}-[2-9A-Z]{8}\b")
BY_THE_SECOND = re.compile(
    r'\b\d{4}-\d\d-\d\dT[\d:.+]+|\b[0-9a-f]{32,}\b|"(tries|late_seconds)": \d+|"trace": "[\w-]+"'
)
CALLS = frozenset({"recording", "recordings", "erases"})
BY_CALL = frozenset({"calls", "facts", "moments"})
"""What the log says of calls by their numbers."""
State = dict[str, Counter[str]]
IN_VAIN = frozenset({"retention.ask", "retention.send", "retention.fail", "recordings.register", "matters.remind"})
"""Entries of which there is another one for each try; and reminders, which after a month's leap depend on who wakes first."""


def final_state(store: Store) -> State:
    """Of each kind of thing how often there is which."""
    session = store.session
    calls = {one.id: _call(one) for one in session.scalars(select(Recording))}
    names = _names(store, calls)
    return {
        "calls": Counter(
            f"{_call(one)}: {one.state} {bool(one.caller)}{bool(one.crm)} {one.erase_at}"
            for one in session.scalars(select(Recording))
        ),
        "erasures": Counter(
            f"{calls[one.recording_id]}: {one.state} {one.why} {one.moment} {bool(one.native_hash)} {bool(one.audio_hash)} {bool(one.pause)}"
            for one in session.scalars(select(Erasure))
        ),
        "keeps": Counter(
            f"{calls[one.recording_id]}: {names[one.matter_id]} {one.why} {one.ended_at is not None}"
            for one in session.scalars(select(Keep))
        ),
        "matters": Counter(f"{names[one.id]}: {one.state}" for one in session.scalars(select(Matter))),
        "grants": Counter(f"{names[one.matter_id]}: {one.ended_why}" for one in session.scalars(select(Grant))),
        "parties": Counter(
            f"{names[one.matter_id]}: {one.part} {one.role} {one.person_id}" for one in session.scalars(select(Party))
        ),
        "log": Counter(_entries(store, names, calls)),
    }  # fmt: skip


def differences(one: State, other: State) -> list[str]:
    """What one holds and the other does not."""
    return [
        f"{name}, {sign} {number} × {row}"
        for name in one
        for sign, more, less in (("only first", one[name], other[name]), ("only second", other[name], one[name]))
        for row, number in sorted((more - less).items())
    ]


def _call(one: Recording) -> str:
    return f"{one.started:%Y-%m-%d %H:%M} {one.line} {one.operator_name}"


def _names(store: Store, calls: Mapping[int, str]) -> Mapping[str, str]:
    session = store.session
    names = {one.id: f"request {one.key}" for one in session.scalars(select(Request))}
    names |= {one.id: f"hold {one.key}" for one in session.scalars(select(Hold))}
    names |= {one.id: f"pause {one.day}" for one in session.scalars(select(ErasurePause))}
    names |= {one.id: f"grant of {names[one.matter_id]}" for one in session.scalars(select(Grant))}
    names |= {f"recording:{number}": call for number, call in calls.items()}
    erasures = session.scalars(select(Erasure))
    return names | {one.id: f"erasure of {calls[one.recording_id]} {one.why}" for one in erasures}


def _entries(store: Store, names: Mapping[str, str], calls: Mapping[int, str]) -> Iterator[str]:
    for row in store.audit.rows():
        # A press that is refused is refused each time, and what a dead process had done can't be done again.
        if row["action"] not in IN_VAIN and row["outcome"] == "done":
            detail = {name: _told(name, one, names, calls) for name, one in row["detail"].items()}
            about = names.get(row["subject"], row["subject"])
            told = f"{row['actor']} {row['action']} {about} {BY_THE_SECOND.sub('', json.dumps(detail, sort_keys=True))}"
            yield ID.sub(lambda found: names.get(found[0], found[0]), told)


def _told(name: str, told: object, names: Mapping[str, str], calls: Mapping[int, str]) -> object:
    if name in BY_CALL and isinstance(told, dict):
        return {
            calls[int(number)] if number.isdigit() else names.get(number, number): one for number, one in told.items()
        }
    return _calls(told, calls) if name in CALLS else _sorted(told, names)


def _calls(told: object, calls: Mapping[int, str]) -> object:
    """Calls by what they are, since their numbers have gaps where a process died."""
    return sorted(calls[one] for one in told) if isinstance(told, list) else calls.get(int(str(told)), told)


def _sorted(told: object, names: Mapping[str, str]) -> object:
    """A list in an order that does not come of ids."""
    return sorted(names.get(str(one), json.dumps(one)) for one in told) if isinstance(told, list) else told
