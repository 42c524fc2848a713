"""Pauses of erasures as the log tells them (P12)."""

from __future__ import annotations

from collections.abc import Iterator

from handlers.reconciling import parties
from handlers.reconciling.findings import Finding, Result, differ, person, unlogged
from storage.evidence.pauses import Paused
from storage.evidence.requests import Logged
from storage.records import OPEN
from storage.tables.erasures import ErasurePause

PAUSED, FOLLOWED = "retention.pause", "retention.follow_pause"
DECIDING = ("retention.continue", "retention.keep")
ACTIONS = frozenset({PAUSED, FOLLOWED, *DECIDING, "retention.reroute", "retention.recheck"})
"""What this looks at."""


def reconcile(found: Paused) -> list[Result]:
    """Everything about these that is stored otherwise than the log says."""
    results: list[Result] = []
    for pause in found.pauses:
        entries = [one for one in found.entries if one.subject == pause.id]
        held = [one for one in found.parties if one.matter_id == pause.id]
        try:
            results += _paused(pause, entries)
            results += parties.compared(f"pause {pause.id}", held, parties.parts(entries, DECIDING))
        except (LookupError, ValueError, TypeError):
            results.append(Finding(f"pause {pause.id}: what is stored, or what the log says of it, can't be read"))
    there = {one.id for one in found.pauses}
    lost = (one for one in found.erasures if one.pause not in there)
    return [*results, *(Finding(f"erasure {one.id} waits in {one.pause}, which is not stored") for one in lost)]


def _paused(pause: ErasurePause, entries: list[Logged]) -> Iterator[Result]:
    """Why it waits, since when, and what was decided last, by whom."""
    thing, begun = f"pause {pause.id}", next((one for one in entries if one.action == PAUSED), None)
    if begun is None:
        yield unlogged(thing)
        return
    told = [one for one in entries if "causes" in one.detail][-1]
    ended = next((one for one in reversed(entries) if "state" in one.detail), None)
    decided = ended if ended is not None and ended.action in DECIDING else None
    state = ended.detail["state"] if ended else "open"
    yield from differ(
        thing, ended or told, since=(pause.asked_at, begun.at), causes=(sorted(pause.causes), told.detail["causes"]),
        day=(pause.day, told.detail["day"]), coming=(pause.coming, told.detail["coming"]),
        state=("open" if pause.state in OPEN else pause.state, state), closed_at=(pause.closed_at, ended.at if ended else None),
        decided_by=(person(pause.decided_by), person(decided.person) if decided else None),
    )  # fmt: skip
