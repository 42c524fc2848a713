"""Pauses of erasures, cards of what is ahead, and decisions about calls out of scope, as the log tells them (P12)."""

from __future__ import annotations

from collections.abc import Iterator

from handlers.reconciling import parties
from handlers.reconciling.findings import Finding, Result, differ, gone, person, unlogged
from storage.evidence.ahead import Ahead
from storage.evidence.requests import Logged
from storage.records import OPEN
from storage.tables.erasures import ErasurePause

PAUSED, FOLLOWED = "retention.pause", "retention.follow_pause"
DECIDING = ("retention.continue", "retention.keep")
DRAWN = "erasures_ahead.draw"
ERASED_OUTSIDE, KEPT_OUTSIDE = "erasures_ahead.erase_outside", "erasures_ahead.keep_outside"
DECIDED = (ERASED_OUTSIDE, KEPT_OUTSIDE)
ACTIONS = frozenset(
    {PAUSED, FOLLOWED, *DECIDING, "retention.reroute", "retention.recheck", DRAWN, "erasures_ahead.recheck"}
)
"""What this looks at."""


def reconcile(found: Ahead) -> list[Result]:
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
    results += (Finding(f"erasure {one.id} waits in {one.pause}, which is not stored") for one in lost)
    return [*results, *_cards(found), *_decided(found)]


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


def _decided(found: Ahead) -> Iterator[Result]:
    """What was decided of calls out of scope, and by whom; an erasure of one has its decision."""
    logged = {one.subject: one for one in found.decided}
    erased = {one.detail.get("erasure"): one for one in found.decided if one.action == ERASED_OUTSIDE}
    for row in found.decisions:
        entry, thing = logged.pop(f"recording:{row.recording_id}", None), f"decision about recording {row.recording_id}"
        if entry is None:
            yield unlogged(thing)
            continue
        yield from differ(
            thing, entry, decision=(row.decision, "erase" if entry.action == ERASED_OUTSIDE else "keep"),
            decided_by=(person(row.decided_by), person(entry.person)), decided_at=(row.decided_at, entry.at),
        )  # fmt: skip
    yield from (gone(f"it was decided about {one}", entry) for one, entry in logged.items())
    for erasure in found.outside:
        if erasure.id not in erased:
            yield unlogged(f"erasure {erasure.id} of a call out of scope")


def _cards(found: Ahead) -> Iterator[Result]:
    """Each card of erasures ahead has its entry, is over once another one came, and is held by those who were told."""
    begun = {one.subject: one for one in found.entries if one.action == DRAWN and "week" in one.detail}
    over = {one.detail["before"]: one for one in begun.values() if one.detail["before"]}
    for card in found.cards:
        entry, ended = begun.get(card.id), over.get(card.id)
        if entry is None:
            yield unlogged(f"card {card.id}")
            continue
        yield from differ(
            f"card {card.id}", ended or entry, week=(card.week, entry.detail["week"]), since=(card.asked_at, entry.at),
            state=(card.state, "over" if ended else "current"), closed_at=(card.closed_at, ended.at if ended else None),
        )  # fmt: skip
        held = [one for one in found.parties if one.matter_id == card.id]
        entries = [one for one in found.entries if one.subject == card.id]
        yield from parties.compared(f"card {card.id}", held, parties.parts(entries, ()))
