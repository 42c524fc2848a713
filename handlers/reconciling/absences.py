"""Absences as the log tells them: who said to be away from when until when, and what ended it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from handlers.reconciling.findings import Finding, Result, differ, person, unlogged
from storage.evidence.requests import Logged
from storage.tables.absences import Absence

SAID, BACK = frozenset({"away.say", "away.accept"}), "away.back"
"""The entries that begin an absence, and the one that ends it."""
ABSENCES = SAID | {BACK}
"""The entries that this looks at."""


@dataclass(slots=True)
class _Told:
    entry: Logged
    ended_at: datetime | None = None


def absences(rows: Iterable[Absence], entries: Iterable[Logged]) -> Iterator[Result]:
    """Absences that are stored otherwise than their entries say, all in order."""
    told: dict[str, _Told] = {}
    for entry in entries:
        if entry.action in SAID:
            told[entry.subject] = _Told(entry)
        over = entry.detail["instead_of"] if entry.action in SAID else [entry.subject]
        for one in over:
            if one in told:
                told[one].ended_at = entry.at
    for row in rows:
        known = told.get(row.id)
        yield from _compared(row, known) if known else (unlogged(f"absence {row.id}"),)


def lost(ids: Collection[str]) -> list[Finding]:
    """Absences that the log knows and nobody stores."""
    return [Finding(f"absence {one} stands in the log, but is no longer stored") for one in sorted(ids)]


def _compared(row: Absence, known: _Told) -> Iterator[Result]:
    entry = known.entry
    yield from differ(
        f"absence {row.id}", entry, whose=(person(row.person_id), person(entry.person)), said=(row.entered_at, entry.at),
        first_day=(row.first.isoformat(), entry.detail["first"]), last_day=(row.last.isoformat(), entry.detail["last"]),
        ended=(row.ended_at, known.ended_at),
    )  # fmt: skip
