"""Weekly cards, and what is wrong with routes, as the log tells them: what each card froze and who has seen it, what is open and since when."""

from __future__ import annotations

from collections.abc import Iterator

from handlers.commitments import frozen
from handlers.reconciling import parties
from handlers.reconciling.findings import Finding, Result, differ, gone, person, unlogged
from storage.evidence.requests import Logged
from storage.evidence.weeks import Watched
from storage.records import OPEN
from storage.tables.reach import ReachProblem
from storage.tables.weeks import WeeklyCard

MADE, SEEN, PASSED, TRIED = "weekly.make", "weekly.see", "weekly.pass_on", "reach.tried"
ACTIONS = frozenset({MADE, SEEN, PASSED, "weekly.reroute", "weekly.recheck", TRIED})
"""What this looks at."""


def reconcile(found: Watched) -> list[Result]:
    """Everything about weekly cards and routes that is stored otherwise than the log says."""
    results: list[Result] = []
    for card in found.cards:
        entries = [one for one in found.entries if one.subject == card.id]
        held = [one for one in found.parties if one.matter_id == card.id]
        try:
            results += _made(card, entries)
            results += parties.compared(f"weekly card {card.id}", held, parties.parts(entries, (SEEN,)))
        except (KeyError, ValueError, TypeError):
            results.append(Finding(f"weekly card {card.id}: what is stored, or what the log says of it, can't be read"))
    return [*results, *_problems(found)]


def _made(card: WeeklyCard, entries: list[Logged]) -> Iterator[Result]:
    """What it froze is what its entry and whoever has seen it attest."""
    thing = f"weekly card {card.id}"
    made, seen, passed = (next((one for one in entries if one.action == kind), None) for kind in (MADE, SEEN, PASSED))
    if made is None:
        yield unlogged(thing)
        return
    yield from differ(
        thing, made, week=(card.week, made.detail["week"]), digest=(card.digest, made.detail["digest"]),
        facts=(frozen(card.facts), made.detail["digest"]), upto=(card.upto, made.detail["upto"]), made_at=(card.asked_at, made.at),
    )  # fmt: skip
    yield from differ(
        thing, seen, state=("open" if card.state in OPEN else card.state, "seen" if seen else "open"),
        seen_by=(person(card.seen_by), person(seen.person) if seen else None),
        closed_at=(card.closed_at, seen.at if seen else None), passed_at=(card.passed_at, passed.at if passed else None),
    )  # fmt: skip
    if seen is not None and seen.detail["digest"] != made.detail["digest"]:
        yield Finding(f"{thing}: entry {seen.seq} attests to something else than entry {made.seq} made")


def _problems(found: Watched) -> Iterator[Result]:
    """What is open, by kind and since when, as the daily entries add up to it."""
    opened: dict[str, tuple[str, Logged]] = {}
    for entry in (one for one in found.entries if one.action == TRIED):
        for subject in entry.detail.get("mended", ()):
            opened.pop(subject, None)
        for subject in entry.detail.get("new", ()):
            opened[subject] = (str(entry.detail.get("found", {}).get(subject)), entry)
    stored: dict[str, ReachProblem] = {one.subject: one for one in found.problems if one.mended_at is None}
    for subject, one in stored.items():
        kind, told = opened.pop(subject, ("", None))
        if told is None:
            yield unlogged(f"problem {subject}")
        else:
            yield from differ(f"problem {subject}", told, kind=(one.kind, kind), found_at=(one.found_at, told.at))
    yield from (gone(f"{subject} can't be reached", told) for subject, (_, told) in opened.items())
