"""Draws as the log tells them: what was frozen, what it was drawn with, and who may hear and said what (P10)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from handlers.reconciling import access, keys, parties
from handlers.reconciling.findings import Finding, Result, differ, gone, person, unlogged, words
from handlers.reconciling.named import AS_WHICH
from handlers.rules.samples import Frozen
from storage.commitments import commitment
from storage.evidence.draws import DrawFile
from storage.evidence.requests import Logged
from storage.records import RequestedRecording
from storage.tables.draws import CallReview

FROZEN, TROUBLE, LATE, DRAWN, WITH_NUMBER, FILLED, GIVEN, REVIEWED, ENDED, PASSED, RESTORED, RECHECKED, REROUTED = (
    f"random_review.{one}"
    for one in (
        "freeze", "no_beacon", "late", "draw", "draw_with_number", "fill", "give", "review", "end", "recheck_review", "restored",
        "recheck", "reroute",
    )
)  # fmt: skip
BEGUN = frozenset({FROZEN})
HANDED = frozenset({LATE, DRAWN, WITH_NUMBER, FILLED, RECHECKED, REROUTED, PASSED, RESTORED})
"""A holder of the draw's card was told of it by one of these, or got a call to review."""
ACTIONS = BEGUN | HANDED | {
    TROUBLE, GIVEN, REVIEWED, ENDED, access.CODE, access.OPENED, access.HEARD, *keys.ACTIONS,
}  # fmt: skip
"""What this looks at."""


def reconcile(file: DrawFile) -> list[Result]:
    """Everything about one draw that is stored otherwise than the log says."""
    thing = f"draw {file.draw.id}"
    try:
        return list(_compared(thing, file))
    except (KeyError, ValueError, TypeError, IndexError, ValidationError):
        return [Finding(f"{thing}: what is stored, or what the log says of it, can't be read")]


def _compared(thing: str, file: DrawFile) -> Iterator[Result]:
    first = next((one for one in file.entries if one.action == FROZEN), None)
    if first is None:
        yield unlogged(thing)
        return
    yield from _begun(thing, file, first)
    yield from _stands(thing, file)
    handed = (one for one in file.entries if one.action in HANDED)
    yield from parties.compared(thing, file.parties, parties.parts(handed, (WITH_NUMBER,)))
    yield from _reviews(file)
    yield from _access(file)
    yield from _keys(file)


def _keys(file: DrawFile) -> Iterator[Result]:
    """Of each review that was written: its key is there until an entry says otherwise."""
    written = {one.subject for one in file.entries if one.action == REVIEWED}
    for name in sorted(written & file.keys.keys()):
        yield from keys.kept(f"review {name}", file.keys[name], (one for one in file.entries if one.subject == name))


def _begun(thing: str, file: DrawFile, first: Logged) -> Iterator[Result]:
    row, told = file.draw, first.detail
    frozen = Frozen.model_validate(row.frozen)
    yield from differ(
        thing, first, month=(row.month, told["month"]), since=(row.asked_at, first.at), list_hash=(row.list_hash, told["list_hash"]),
        frozen=(frozen.list_hash, told["list_hash"]),
    )  # fmt: skip


def _stands(thing: str, file: DrawFile) -> Iterator[Result]:
    row = file.draw
    mine = [one for one in file.entries if one.subject == row.id]
    drawn = next((one for one in mine if one.action in (DRAWN, WITH_NUMBER)), None)
    told = drawn.detail if drawn else {"state": "waiting"}
    troubles = [one.detail["trouble"] for one in mine if one.action == TROUBLE]
    until = datetime.fromisoformat(told["until"]) if drawn else None
    state = "waiting" if row.state == "stuck" else row.state
    yield from differ(
        thing, drawn, state=(state, told["state"]), signature=(row.signature, told.get("signature", "")),
        number=(row.number, told.get("number", "")), review_until=(row.review_until, until),
        trouble=(row.trouble, troubles[-1] if troubles and not drawn else ""),
    )  # fmt: skip


def _told(file: DrawFile) -> tuple[dict[str, list[Any]], dict[str, list[Any]]]:
    """By review: which call went to whom, and how it stands (state, cause, who entered that, moment it was closed), as the log tells both."""
    given: dict[str, list[Any]] = {}
    stands: dict[str, list[Any]] = {}
    for entry in file.entries:
        for name, (call, reviewer, cause, by) in entry.detail.get("reviews", {}).items():
            given[name] = [call, person(reviewer), entry.at]
            stands[name] = ["waiting", "", None, None] if reviewer is not None else ["lost", cause, by, entry.at]
        stands |= {name: ["lost", *why, entry.at] for name, why in entry.detail.get("lost", {}).items()}
        if entry.action in (PASSED, RESTORED):
            stands[entry.detail["passed"]] = ["passed", entry.detail["cause"], None, entry.at]
        if entry.action == ENDED:
            stands |= {name: ["over", "", None, entry.at] for name in entry.detail["over"]}
        if entry.action == REVIEWED:
            stands[entry.subject] = ["reviewed", "", None, entry.at]
    return given, stands


def _reviews(file: DrawFile) -> Iterator[Result]:
    given, stands = _told(file)
    named = {one.request_id: one for one in file.named}
    for row in file.reviews:
        thing = f"review {row.id}"
        if row.id not in given:
            yield unlogged(thing)
            continue
        call, reviewer, asked = given.pop(row.id)
        state, cause, by, closed = stands[row.id]
        yield from differ(
            thing, None, call=(row.recording_id, call), reviewer=(person(row.reviewer), reviewer), since=(row.asked_at, asked),
            state=(row.state, state), cause=(row.cause, cause), entered_by=(person(row.entered_by), person(by)), closed=(row.closed_at, closed),
            named=(row.id in named, row.reviewer is not None),
        )  # fmt: skip
        if row.id in named:
            yield from _named(thing, file, named[row.id], call)
        yield from _said(thing, file, row)
    yield from (Finding(f"review {one} stands in the log, but is no longer stored") for one in given)


def _named(thing: str, file: DrawFile, row: RequestedRecording, call: int) -> Iterator[Result]:
    """P7: a call that becomes another one is passed over, so that none is ever named as another version."""
    yield from differ(thing, None, named_call=(row.recording_id, call))
    entry = next((one for one in file.entries if row.request_id in one.detail.get("versions", ())), None)
    if entry is None:
        yield AS_WHICH
    else:
        yield from differ(
            thing,
            entry,
            version=(row.version, entry.detail["versions"][row.request_id]),
            changed=(row.changed_at, None),
        )


def _said(thing: str, file: DrawFile, row: CallReview) -> Iterator[Result]:
    said = [one for one in file.entries if one.action == REVIEWED and one.subject == row.id]
    entry = said[-1] if said else None
    yield from differ(thing, entry, told=(row.told, entry.detail["told"] if entry else ""))
    if row.sealed is not None and entry is None:
        yield unlogged(f"what was written of {thing}")
    if row.sealed is not None and entry is not None:
        yield from words(thing, entry, commitment(row.salt, "review", row.sealed.hex()), "what was written")


def _access(file: DrawFile) -> Iterator[Result]:
    """P7: access by a draw, and what was opened and heard by it, as for any other access."""
    given = {one.detail["grant"]: one for one in file.entries if one.action == GIVEN}
    ended = _ended(file)
    untils = {name: datetime.fromisoformat(one.detail["until"]) for name, one in given.items()}
    for row in file.grants:
        thing, entry = f"access {row.id} to review {row.matter_id}", given.pop(row.id, None)
        if entry is None:
            yield unlogged(thing)
            continue
        at, why = ended.get(row.id) or ended.get(row.matter_id) or (None, "")
        at = row.ends_at if why == "end" else at
        yield from differ(
            thing, entry, holder=(person(row.person_id), person(entry.detail["person"])), begins=(row.starts_at, entry.at),
            ends=(row.ends_at, untils[row.id]), ended=(row.ended_at, at), ended_because=(row.ended_why, why.replace("end", "")),
            ended_by=(person(row.ended_by), None), review=(row.matter_id, entry.subject),
        )  # fmt: skip
    yield from (gone(f"access {name} was given", entry) for name, entry in given.items())
    yield from access.secrets(file.passes, file.entries, untils)
    yield from access.listened(file.listenings, file.entries)


def _ended(file: DrawFile) -> dict[str, tuple[datetime | None, str]]:
    """When access ended and why: by the review that was lost, or by the grant's own id once the days were over."""
    found: dict[str, tuple[datetime | None, str]] = {}
    for entry in file.entries:
        if entry.action == ENDED:
            found |= dict.fromkeys(entry.detail["grants"], (None, "end"))
        lost = [*entry.detail.get("lost", ()), *([entry.detail["passed"]] if "passed" in entry.detail else [])]
        found |= dict.fromkeys(lost, (entry.at, "lost"))
    return found
