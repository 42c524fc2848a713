"""Draws as the log tells them: what was frozen, who typed which line, what was drawn, and who may hear and said what (P10)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from handlers.reconciling import access, keys, parties
from handlers.reconciling.findings import Finding, Result, differ, gone, person, unlogged, words
from handlers.reconciling.named import AS_WHICH
from handlers.rules.drawing import list_hash, number_hash, seed_of
from storage.commitments import commitment
from storage.evidence.draws import DrawFile
from storage.evidence.requests import Logged
from storage.records import RequestedRecording
from storage.tables.draws import CallReview

OPENED, AGAIN, ANEW, UNSAFE, RECHECKED, TYPED, COUNTED, DRAWN, FILLED, GIVEN, REVIEWED, ENDED, PASSED, RESTORED = (
    f"random_review.{one}"
    for one in (
        "open",
        "again",
        "anew",
        "end_restored",
        "recheck",
        "contribute",
        "count",
        "draw",
        "fill",
        "give",
        "review",
        "end",
        "recheck_review",
        "restored",
    )
)
BEGUN = frozenset({OPENED, AGAIN, ANEW})
HANDED = BEGUN | {DRAWN, FILLED, RECHECKED, PASSED, RESTORED}
"""Whoever holds the draw's card was told of it by one of these, or got a call to review."""
ACTIONS = BEGUN | {
    UNSAFE, RECHECKED, TYPED, COUNTED, DRAWN, FILLED, GIVEN, REVIEWED, ENDED, PASSED, RESTORED, access.CODE, access.OPENED, access.HEARD,
    *keys.ACTIONS,
}  # fmt: skip
"""What this looks at."""


def reconcile(file: DrawFile) -> list[Result]:
    """Everything about one draw that is stored otherwise than the log says."""
    thing = f"draw {file.draw.id}"
    try:
        return list(_compared(thing, file))
    except (KeyError, ValueError, TypeError, IndexError):
        return [Finding(f"{thing}: what is stored, or what the log says of it, can't be read")]


def _compared(thing: str, file: DrawFile) -> Iterator[Result]:
    first = next((one for one in file.entries if one.action in BEGUN), None)
    if first is None:
        yield unlogged(thing)
        return
    yield from _begun(thing, file, first)
    yield from _stands(thing, file)
    yield from _lists(thing, file, first)
    yield from _lines(thing, file)
    yield from parties.compared(
        thing, file.parties, parties.parts((one for one in file.entries if one.action in HANDED), ())
    )
    yield from _reviews(file)
    yield from _access(file)
    yield from _keys(thing, file, first)


def _keys(thing: str, file: DrawFile, first: Logged) -> Iterator[Result]:
    """Of a draw from which something is drawn, and of each review that was written: its key is there until an entry says otherwise."""
    written = {one.subject: f"review {one.subject}" for one in file.entries if one.action == REVIEWED}
    begun = {first.subject: thing} if first.detail["state"] != "nothing" else {}
    told = begun | written
    for name in sorted(told.keys() & file.keys):
        yield from keys.kept(told[name], file.keys[name], (one for one in file.entries if one.subject == name))


def _begun(thing: str, file: DrawFile, first: Logged) -> Iterator[Result]:
    row, told = file.draw, first.detail
    yield from differ(
        thing, first, month=(row.month, told["month"]), ordinal=(row.ordinal, told["ordinal"]), since=(row.asked_at, first.at),
        number_hash=(row.number_hash, told["number_hash"]), reviewers=(row.reviewers, told["reviewers"]),
        share=(row.share_percent, told["share"]), minimum=(row.minimum, told["minimum"]),
        again_of=(row.again_of, told.get("again_of", "")), asked_by=(person(row.asked_by), person(first.person)),
    )  # fmt: skip
    said = [one for one in file.entries if one.action in BEGUN | {RECHECKED} and "words" in one.detail]
    if row.why and not said:
        yield unlogged(f"what is to be said of {thing}")
    if said:
        yield from words(thing, said[-1], commitment(row.salt, "again", row.why), "why it was drawn again")


def _stands(thing: str, file: DrawFile) -> Iterator[Result]:
    row = file.draw
    mine = [one for one in file.entries if one.subject == row.id]
    last = [one for one in mine if "state" in one.detail][-1]
    drawn = next((one for one in mine if one.action == DRAWN and "number" in one.detail), None)
    number, until = (drawn.detail["number"], datetime.fromisoformat(drawn.detail["until"])) if drawn else ("", None)
    counted = next((one for one in mine if one.detail.get("state") == "counted"), None)
    yield from differ(thing, last, state=(row.state, last.detail["state"]))
    yield from differ(thing, drawn, number=(row.number, number), review_until=(row.review_until, until))
    yield from differ(thing, counted, counted=(row.counted_at, counted.at if counted else None))
    if row.number and number_hash(row.number) != row.number_hash:
        yield Finding(f"{thing}: the number is not the one whose hash was announced")


def _lists(thing: str, file: DrawFile, first: Logged) -> Iterator[Result]:
    told: dict[str, dict[str, Any]] = dict(first.detail["lists"])
    drawn = next((one for one in file.entries if one.action == DRAWN and "seeds" in one.detail), None)
    seeds: dict[str, str] = drawn.detail["seeds"] if drawn else {}
    for row in file.lists:
        what, known = f"{thing}, list {row.department}", told.pop(row.department, None)
        if known is None:
            yield unlogged(what)
            continue
        yield from differ(
            what, first, hash=(row.list_hash, known["hash"]), wanted=(row.wanted, known["wanted"]),
            left_out=(row.left_out, known["left_out"]), calls=(list_hash(map(str, row.calls)), known["hash"]),
        )  # fmt: skip
        yield from differ(what, drawn, seed=(row.seed, seeds.get(row.department, "")))
        yield from _seed(what, file, row.list_hash, row.seed)
    yield from (gone(f"list {name} of {thing} was frozen", first) for name in told)


def _seed(what: str, file: DrawFile, listed: str, seed: str) -> Iterator[Result]:
    lines = sorted(file.lines, key=lambda one: file.draw.reviewers.index(one.person_id))
    if seed and seed != seed_of(listed, file.draw.number, [one.line for one in lines]):
        yield Finding(f"{what}: the seed does not follow from list, number and lines")


def _lines(thing: str, file: DrawFile) -> Iterator[Result]:
    typed = {one.person: one for one in file.entries if one.action == TYPED}
    for row in file.lines:
        what, entry = f"{thing}, line of person {row.person_id}", typed.pop(row.person_id, None)
        if entry is None:
            yield unlogged(what)
            continue
        yield from differ(what, entry, typed=(row.at, entry.at))
        if file.draw.counted_at is not None:
            yield from words(what, entry, commitment(file.draw.salt, "line", row.line), "what was typed")
    yield from (gone(f"person {one} typed a line for {thing}", entry) for one, entry in typed.items())


def _told(file: DrawFile) -> tuple[dict[str, list[Any]], dict[str, list[Any]]]:
    """By review: which call went to whom, and how it stands (state, cause, moment it was closed), as the log tells both."""
    given: dict[str, list[Any]] = {}
    stands: dict[str, list[Any]] = {}
    for entry in file.entries:
        for name, (call, reviewer, cause) in entry.detail.get("reviews", {}).items():
            given[name] = [call, person(reviewer), entry.at]
            stands[name] = ["waiting", "", None] if reviewer is not None else ["lost", cause, entry.at]
        stands |= {name: ["lost", cause, entry.at] for name, cause in entry.detail.get("lost", {}).items()}
        if entry.action in (PASSED, RESTORED):
            stands[entry.detail["passed"]] = ["passed", entry.detail["cause"], entry.at]
        if entry.action == ENDED:
            stands |= {name: ["over", "", entry.at] for name in entry.detail["over"]}
        if entry.action == REVIEWED:
            stands[entry.subject] = ["reviewed", "", entry.at]
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
        state, cause, closed = stands[row.id]
        yield from differ(
            thing, None, call=(row.recording_id, call), reviewer=(person(row.reviewer), reviewer), since=(row.asked_at, asked),
            state=(row.state, state), cause=(row.cause, cause), closed=(row.closed_at, closed),
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
