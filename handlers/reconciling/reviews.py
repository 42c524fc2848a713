"""The policy's own review as the log tells it: which texts were in force, which reviews began, and how each ended (P14)."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from handlers.commitments import completed, declared
from handlers.reconciling import parties
from handlers.reconciling.findings import Finding, Result, differ, gone, person, unlogged, words
from storage.evidence.requests import Logged, Reviewed
from storage.records import OPEN
from storage.tables.policy import PolicyReview, PolicyText

OPENED, DECLARED = "policy_review.open", "policy_review.declare"
CONFIRMED, DISAGREED, COMPLETED = "policy_review.confirm", "policy_review.disagree", "policy_review.complete"
IN_FORCE = "policy.in_force"
ACTS = (CONFIRMED, DISAGREED, COMPLETED)
BEGUN = frozenset({OPENED, DECLARED})
ACTIONS = frozenset({*BEGUN, *ACTS, IN_FORCE, "policy_review.reroute", "policy_review.recheck"})
"""What this looks at."""
WORDS = "the words of reviews of the policy"


def reconcile(found: Reviewed) -> list[Result]:
    """Everything about the policy's review that is stored otherwise than the log says."""
    results: list[Result] = [*_texts(found)]
    covers = {one: entry for entry in found.entries for one in entry.detail.get("covers", ())}
    for review in found.reviews:
        entries = [one for one in found.entries if one.subject == review.id]
        held = [one for one in found.parties if one.matter_id == review.id]
        try:
            results += [*_begun(review, entries), *_ended(review, entries, covers.get(review.id))]
            results += parties.compared(f"review {review.id}", held, parties.parts(entries, ACTS))
        except (KeyError, ValueError, TypeError):
            told = f"review {review.id}: what is stored, or what the log says of it, can't be read"
            results.append(Finding(told))
    return results


def _texts(found: Reviewed) -> Iterator[Result]:
    """Each start with another text has its entry, and each text is the one that the entry names."""
    logged = {one.detail.get("number"): one for one in found.entries if one.action == IN_FORCE}
    for row in found.texts:
        entry, thing = logged.pop(row.number, None), f"policy text {row.number}"
        if entry is None:
            yield unlogged(thing)
            continue
        yield from differ(thing, entry, digest=(_digest(row), entry.detail.get("digest")), since=(row.since, entry.at))
    yield from (gone(f"policy text {number} was in force", entry) for number, entry in logged.items())


def _digest(row: PolicyText) -> str:
    """What the text is now, whatever stands beside it; twice told where the two are not the same."""
    real = sha256(row.text.encode()).hexdigest()
    return real if real == row.digest else f"{real} and {row.digest}"


def _begun(row: PolicyReview, entries: list[Logged]) -> Iterator[Result]:
    entry = next((one for one in entries if one.action in BEGUN), None)
    if entry is None:
        yield unlogged(f"review {row.id}")
        return
    by_clock = entry.action == OPENED
    disagreed = next((one for one in entries if one.action == DISAGREED), None)
    second = not by_clock and not entry.detail["significant"] and disagreed is None
    yield from differ(
        f"review {row.id}", entry, why=(row.why, "due" if by_clock else "change"), begun_at=(row.asked_at, entry.at),
        declared_by=(person(row.declared_by), person(entry.person)), stage=(row.stage, "second" if second else "review"),
        due=(row.due_on, entry.detail["due"] if disagreed is None else disagreed.detail["due"]),
        changed=(row.changed_on, entry.detail.get("changed", "")),
    )  # fmt: skip
    if not by_clock:
        yield from words(f"review {row.id}", entry, declared(row), WORDS)
    elif row.change:
        yield Finding(f"review {row.id}: a change is stored, but nobody declared one")


def _ended(row: PolicyReview, entries: list[Logged], cover: Logged | None) -> Iterator[Result]:
    done, second = (
        next((one for one in entries if one.action in kinds), None) for kinds in ((COMPLETED,), (CONFIRMED, DISAGREED))
    )
    confirmed = second if second is not None and second.action == CONFIRMED else None
    closing = done or confirmed or cover
    state = "completed" if done else "settled" if confirmed else "covered" if cover else "open"
    by = "" if done or confirmed or cover is None else "file" if cover.action == IN_FORCE else cover.subject
    told = done.detail if done else {}
    yield from differ(
        f"review {row.id}", closing, state=("open" if row.state in OPEN else row.state, state), covered_by=(row.covered_by, by),
        closed_at=(row.closed_at, closing.at if closing else None),
        seconded_by=(person(row.seconded_by), person(second.person) if second else None),
        seconded_at=(row.seconded_at, second.at if second else None),
        completed_by=(person(row.completed_by), person(done.person) if done else None),
        held=(row.held_on, told.get("held", "")), next=(row.next_on, told.get("next", "")),
        outcome=(row.outcome, told.get("outcome", "")),
    )  # fmt: skip
    if done is not None:
        yield from words(f"review {row.id}", done, completed(row), WORDS)
    elif row.took_part or row.outcome_words:
        yield Finding(f"review {row.id}: words of an outcome are stored, but nobody completed it")
