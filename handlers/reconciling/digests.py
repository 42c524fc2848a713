"""Weekly digests as the log tells them: which week, how far the log was verified, and who has seen it."""

from __future__ import annotations

from collections.abc import Iterator

from handlers.reconciling import parties
from handlers.reconciling.findings import Finding, Result, differ, person, unlogged
from storage.evidence.digests import Digested
from storage.evidence.requests import Logged
from storage.records import OPEN
from storage.tables.digests import Digest

MADE, SEEN, PASSED = "digest.make", "digest.see", "digest.pass_on"
ACTIONS = frozenset({MADE, SEEN, PASSED, "digest.reroute", "digest.recheck"})
"""What this looks at."""


def reconcile(found: Digested) -> list[Result]:
    """Everything about digests that is stored otherwise than the log says."""
    results: list[Result] = []
    for one in found.digests:
        entries = [entry for entry in found.entries if entry.subject == one.id]
        held = [party for party in found.parties if party.matter_id == one.id]
        try:
            results += _made(one, entries)
            results += parties.compared(f"weekly digest {one.id}", held, parties.parts(entries, (SEEN,)))
        except (KeyError, ValueError, TypeError):
            results.append(
                Finding(f"weekly digest {one.id}: what is stored, or what the log says of it, can't be read")
            )
    return results


def _made(one: Digest, entries: list[Logged]) -> Iterator[Result]:
    thing = f"weekly digest {one.id}"
    made, seen, passed = (
        next((entry for entry in entries if entry.action == kind), None) for kind in (MADE, SEEN, PASSED)
    )
    if made is None:
        yield unlogged(thing)
        return
    yield from differ(
        thing, made, week=(one.week, made.detail["week"]), made_at=(one.asked_at, made.at),
        verified_to=(one.verified_to, made.detail["verified_to"]), faults=(one.faults, made.detail["faults"]),
    )  # fmt: skip
    yield from differ(
        thing, seen, state=("open" if one.state in OPEN else one.state, "seen" if seen else "open"),
        seen_by=(person(one.seen_by), person(seen.person) if seen else None),
        closed_at=(one.closed_at, seen.at if seen else None), passed_on_at=(one.passed_on_at, passed.at if passed else None),
    )  # fmt: skip
