"""Alarms as the log tells them: who has one, and whom it could not reach (P7)."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from handlers.reconciling.findings import Finding, Result, differ, gone
from storage.evidence.alarms import Sounded
from storage.evidence.requests import Logged
from storage.records import Alarm

SOUNDED = {"alarm.told": "told", "alarm.unheard": "failed"}
"""The entries that this looks at, and how an alarm stands by each."""
UNSAID = ("telling", "failed", "nobody")
"""As what one stands of which no entry says more: one that waited for the morning of a matter that was closed by then failed."""


def reconcile(found: Sounded) -> Iterator[Result]:
    """Everything about some alarms that is stored otherwise than the log says."""
    said: dict[tuple[str, int | None], Logged] = {}
    for entry in found.entries:
        said[entry.detail["alarm"], entry.detail["person"]] = entry
    for row in found.rows:
        yield from _stands(row, said.pop((row.alarm, row.person_id), None))
    yield from (gone(f"alarm {alarm} went to person {person}", entry) for (alarm, person), entry in said.items())


def _stands(row: Alarm, entry: Logged | None) -> Iterator[Result]:
    thing = f"alarm {row.alarm} to person {row.person_id}" if row.person_id else f"alarm {row.alarm}"
    if entry is not None:
        yield from differ(thing, entry, why=(row.why, entry.detail["why"]), state=(row.state, SOUNDED[entry.action]))
    elif row.state not in UNSAID or (row.state == "nobody") != (row.person_id is None):
        yield Finding(f"{thing} is stored as {row.state}, but the log knows nothing of it")


def silent(subjects: Collection[str]) -> list[Finding]:
    """Subjects of alarms that the log knows and of which nobody stores any (`AlarmEvidence.silent`)."""
    return [Finding(f"alarms about {one} stand in the log, but are no longer stored") for one in sorted(subjects)]
