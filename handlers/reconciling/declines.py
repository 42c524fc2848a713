"""Declined calls as the log tells them: who said so, how the call stood, what became of what was recorded, and who decided (P5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from handlers import commitments
from handlers.acting import NONE
from handlers.keys import Keys
from handlers.reconciling import parties
from handlers.reconciling.findings import Finding, Gap, Result, differ, person, unlogged
from storage.declines import LIVE
from storage.erasures import is_wiped
from storage.evidence.declined import DeclinedFile
from storage.evidence.requests import Logged
from storage.records import OPEN
from storage.tables.declined import Declined

SAID, KEPT, ERASED, GONE, MET = "declined.say", "declined.keep", "declined.erase", "declined.go", "declined.meet"
CHOSEN, DISMISSED, CLEARED = "declined.choose", "declined.dismiss", "declined.cleared"
ACTIONS = frozenset({
    SAID, KEPT, ERASED, GONE, MET, CHOSEN, DISMISSED, "declined.find", "declined.unchosen", "declined.hand_over", "declined.confirm", "declined.still",
    "declined.over", "declined.again", "declined.left", CLEARED, "declined.reroute", "declined.recheck",
})  # fmt: skip
"""What this looks at."""
WHICH = "which calls were declined"
IN_REACH = ("present", "out_of_scope")
SEALED = Gap("what declined calls and their recordings are called", "since SECRET_KEY is not set here")


def reconcile(file: DeclinedFile, keys: Keys = NONE) -> list[Result]:
    """Everything about one declined call that is stored otherwise than the log says."""
    thing = f"declined call {file.declined.id}"
    try:
        return [*_compared(thing, file), *_which(thing, file, keys), *_out_of_reach(thing, file)]
    except (KeyError, ValueError, TypeError):
        return [Finding(f"{thing}: what is stored, or what the log says of it, can't be read")]


def _compared(thing: str, file: DeclinedFile) -> Iterator[Result]:
    row, entries = file.declined, file.entries
    first = next((one for one in entries if one.action == SAID), None)
    if first is None:
        yield unlogged(thing)
        return
    asked = [one for one in entries if one.action == SAID and one.detail.get("state")][-1]
    yield from differ(thing, first, said_by=(person(row.said_by), person(first.person)))
    yield from differ(thing, asked, since=(row.asked_at, _said_at(asked)))
    yield from _stands(thing, row, entries)
    yield from _decided(thing, row, entries)
    yield from _recorded(thing, file)
    # Whoever said it chooses without a part in deciding, so that such an entry tells only whom it went to.
    acted = [replace(one, actor="") if one.person == row.said_by else one for one in entries]
    yield from parties.compared(thing, file.parties, parties.parts(acted, (KEPT, ERASED, CHOSEN, DISMISSED)))


def _said_at(asked: Logged) -> datetime:
    """When it was said; earlier than its entry where it had to wait."""
    return datetime.fromisoformat(asked.detail["since"]) if "since" in asked.detail else asked.at


def _stands(thing: str, row: Declined, entries: list[Logged]) -> Iterator[Result]:
    """State, and how the live call stood last: each as the last entry that speaks of it says."""
    how, live = (_last(entries, name) for name in ("how", "live"))
    state = [one for one in entries if "state" in one.detail][-1]
    yield from differ(thing, state, state=("open" if row.state in OPEN else row.state, state.detail["state"]))
    yield from differ(thing, how, how=(row.how, how.detail["how"] if how else ""))
    begun = "asked" if row.how == "midway" else ""
    yield from differ(thing, live, live=(row.live, live.detail["live"] if live else begun))
    off = _stopped(entries)
    yield from differ(thing, off, off_since=(row.stopped_at, off.at if off else None))
    yield from _goes(thing, row, entries)


def _stopped(entries: list[Logged]) -> Logged | None:
    """The entry by which its recording was off last: read back again, that is no other moment."""
    found, before = None, ""
    for one in (one for one in entries if "live" in one.detail):
        found = one if one.detail["live"] == "off" and before != "off" else found
        before = one.detail["live"]
    return found


def _goes(thing: str, row: Declined, entries: list[Logged]) -> Iterator[Result]:
    """Only what was recorded of a call that went on goes by itself, when the entry says that found it."""
    said = _last(entries, "until")
    until = datetime.fromisoformat(said.detail["until"]) if said is not None and said.detail["until"] else None
    yield from differ(thing, said, goes=(row.erase_at, until))


def _decided(thing: str, row: Declined, entries: list[Logged]) -> Iterator[Result]:
    in_stead = (one for one in entries if one.action != DISMISSED or one.person != row.said_by)
    decided = next((one for one in in_stead if one.action in (KEPT, ERASED, DISMISSED)), None)
    yield from differ(
        thing, decided, decided_by=(person(row.decided_by), person(decided.person) if decided else None),
        reason=(row.reason, decided.detail.get("reason", "") if decided else ""),
    )  # fmt: skip


def _recorded(thing: str, file: DeclinedFile) -> Iterator[Result]:
    """Its recordings that the register has, and their erasures."""
    met = [number for one in file.entries for number in one.detail.get("recordings", ())]
    chosen = [one.detail["recording"] for one in file.entries if "recording" in one.detail]
    stored = sorted(one.recording_id for one in file.recordings if one.recording_id is not None)
    yield from differ(thing, None, recordings=(stored, sorted([*met, *chosen])))
    begun = sorted(name for one in file.entries for name in one.detail.get("erasures", ()))
    yield from differ(thing, None, erasures=(sorted(one.id for one in file.erasures), begun))


def _out_of_reach(thing: str, file: DeclinedFile) -> Iterator[Result]:
    """What was recorded of it is in reach only once somebody who decides kept it; of two matters about one call either may have."""
    for number, call in file.calls.items():
        if file.declined.state != "kept" and number not in file.kept_beside and call.state in IN_REACH:
            yield Finding(f"{thing}: its recording {number} is stored as {call.state}, but nobody kept it")


def _which(thing: str, file: DeclinedFile, keys: Keys) -> Iterator[Result]:
    """Which call it is: when that began, and, by marks alone, who was on it and what it and its recordings are called."""
    row, known = file.declined, _last(file.entries, "how")
    if known is not None and "began" not in known.detail:
        yield Gap(WHICH)
        return
    began = known.detail["began"] if known else ""
    yield from differ(thing, known, began=(row.began, datetime.fromisoformat(began) if began else None))
    if known is None or keys is NONE:
        yield from (SEALED,) if known else ()
        return
    if commitments.on_call(keys, row) != known.detail["operator"]:
        yield Finding(f"{thing}: who was on it was changed after entry {known.seq}")
    gone = not row.call_id and _is_unnamed(file)
    if not gone and commitments.named_call(keys, row) != known.detail["call"]:
        yield Finding(f"{thing}: what the phone system calls it was changed after entry {known.seq}")
    yield from _legs(thing, file, keys)
    yield from _names(thing, file, keys)


def _is_unnamed(file: DeclinedFile) -> bool:
    """Whether what it was called went with the last of what was recorded."""
    left = any(one.native_id for one in file.recordings) or file.declined.live in LIVE
    return not left and (any(map(is_wiped, file.calls.values())) or any(one.action == CLEARED for one in file.entries))


def _legs(thing: str, file: DeclinedFile, keys: Keys) -> Iterator[Result]:
    """The legs that were recorded still when that was said last."""
    row, said = file.declined, [one for one in file.entries if one.detail.get("live") in ("still", "off")]
    if not row.legs and (not said or _is_unnamed(file)):
        return
    last = said[-1] if said else None
    told = last.detail.get("legs", 0) if last else 0
    which = last.detail.get("which") if last else None
    if len(row.legs) != told or (which and commitments.named_legs(keys, row) != which):
        yield Finding(f"{thing}: the legs that were recorded still are stored otherwise than the log says")


def _names(thing: str, file: DeclinedFile, keys: Keys) -> Iterator[Result]:
    """Each name that was said is there, or went: with the audio, with what was never registered, or since it was another call's."""
    said = {mark for one in file.entries for mark in one.detail.get("names", ())}
    there = [one.native_id for one in file.recordings if one.native_id]
    went = sum(one.detail.get("others", 0) for one in file.entries)
    went += sum(one.detail["number"] for one in file.entries if one.action == CLEARED)
    wiped = {number for number, call in file.calls.items() if is_wiped(call)}
    went += sum(not one.native_id and one.recording_id in wiped for one in file.recordings)
    if len(said.difference(commitments.named_recordings(keys, file.declined.id, there))) > went:
        yield Finding(f"{thing}: what its recordings are called was changed, or is gone")


def _last(entries: list[Logged], name: str) -> Logged | None:
    return next((one for one in reversed(entries) if name in one.detail), None)
