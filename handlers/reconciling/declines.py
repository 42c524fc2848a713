"""Declined calls as the log tells them: who said so, how the call stood, what became of what was recorded, and who decided (P5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from handlers.reconciling import parties
from handlers.reconciling.findings import Finding, Result, differ, person, unlogged
from storage.evidence.declined import DeclinedFile
from storage.evidence.requests import Logged
from storage.records import OPEN
from storage.tables.declined import Declined

SAID, KEPT, ERASED, GONE, MET = "declined.say", "declined.keep", "declined.erase", "declined.go", "declined.meet"
CHOSEN, DISMISSED = "declined.choose", "declined.dismiss"
ACTIONS = frozenset({
    SAID, KEPT, ERASED, GONE, MET, CHOSEN, DISMISSED, "declined.find", "declined.unchosen", "declined.hand_over", "declined.confirm", "declined.still",
    "declined.over", "declined.again", "declined.left", "declined.cleared", "declined.reroute", "declined.recheck",
})  # fmt: skip
"""What this looks at."""


def reconcile(file: DeclinedFile) -> list[Result]:
    """Everything about one declined call that is stored otherwise than the log says."""
    thing = f"declined call {file.declined.id}"
    try:
        return list(_compared(thing, file))
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
    yield from _goes(thing, row, entries)


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


def _last(entries: list[Logged], name: str) -> Logged | None:
    return next((one for one in reversed(entries) if name in one.detail), None)
