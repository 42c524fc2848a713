"""Holds as the log tells them: who had which calls kept for a case, until when, and what ended it (P12)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from handlers import commitments
from handlers.reconciling import parties
from handlers.reconciling.findings import Finding, Result, differ, gone, person, unlogged, words
from storage.evidence.holds import HoldFile
from storage.evidence.requests import Logged
from storage.records import OPEN
from storage.tables.erasures import Keep

ASKED, SET, CONFIRMED, RENEWED = "hold.ask", "hold.set", "hold.confirm", "hold.renew"
RELEASED, ENDED, TAKEN, LET_GO = "hold.release", "hold.end", "hold.take", "retention.let_go"
AGAIN = ("retention.again", "retention.reappeared")
"""By these what had been erased before a restore is kept no longer."""
MIRRORED, UNMIRRORED = "mirror.held", "mirror.let_go"
BEGUN = frozenset({ASKED, SET})
ACTS = (CONFIRMED, RENEWED, RELEASED)
ACTIONS = frozenset({*BEGUN, *ACTS, ENDED, TAKEN, LET_GO, *AGAIN, MIRRORED, UNMIRRORED, "hold.reroute", "hold.recheck"})
"""What this looks at."""
WORDS = "the words of holds"


@dataclass(frozen=True, slots=True)
class _Told:
    """What the entries of a hold add up to."""

    begun: Logged
    entries: list[Logged]

    def last(self, *actions: str) -> Logged | None:
        return next((one for one in reversed(self.entries) if one.action in actions), None)

    @property
    def over(self) -> Logged | None:
        return self.last(RELEASED, ENDED)

    @property
    def until(self) -> datetime:
        named = self.last(RENEWED, CONFIRMED) or self.begun
        return datetime.fromisoformat(named.detail["until"])

    @property
    def confirmed(self) -> Logged | None:
        return self.begun if self.begun.action == SET else self.last(CONFIRMED)

    @property
    def state(self) -> str:
        if self.over is not None:
            return str(self.over.detail["how"]) if self.over.action == RELEASED else "ended"
        return "active" if self.confirmed is not None else "open"


def reconcile(found: HoldFile) -> list[Result]:
    """Everything about a hold that is stored otherwise than the log says."""
    try:
        return [*_results(found)]
    except (KeyError, ValueError, TypeError):
        return [Finding(f"hold {found.hold.id}: what is stored, or what the log says of it, can't be read")]


def _results(found: HoldFile) -> Iterator[Result]:
    entries = [one for one in found.entries if one.action not in {LET_GO, *AGAIN, MIRRORED, UNMIRRORED}]
    begun = next((one for one in entries if one.action in BEGUN), None)
    if begun is None:
        yield unlogged(f"hold {found.hold.id}")
        return
    told = _Told(begun, entries)
    yield from _itself(found, told)
    yield from _said(found, told)
    yield from _calls(found, told)
    yield from parties.compared(f"hold {found.hold.id}", found.parties, parties.parts(entries, ACTS))


def _itself(found: HoldFile, told: _Told) -> Iterator[Result]:
    row, confirmed, renewed, over = found.hold, told.confirmed, told.last(RENEWED), told.over
    concerned = sorted(one.person_id for one in found.concerned)
    yield from differ(
        f"hold {row.id}", over or told.entries[-1], begun=(row.begun, "asked" if told.begun.action == ASKED else "set"),
        asked_by=(person(row.asked_by), person(told.begun.person)), asked_at=(row.asked_at, told.begun.at),
        state=("open" if row.state in OPEN else row.state, told.state), until=(row.ends_at, told.until),
        set_by=(person(row.set_by), person(confirmed.person) if confirmed else None),
        set_at=(row.set_at, confirmed.at if confirmed else None),
        renewed_by=(person(row.renewed_by), person(renewed.person) if renewed else None),
        closed_by=(person(row.closed_by), person(over.person) if over else None),
        closed_at=(row.closed_at, over.at if over else None), concerned=(concerned, told.begun.detail.get("concerned", [])),
    )  # fmt: skip


def _said(found: HoldFile, told: _Told) -> Iterator[Result]:
    row, over = found.hold, told.over
    yield from words(f"hold {row.id}", told.begun, commitments.held(row), WORDS)
    if over is not None and over.action == RELEASED:
        yield from words(f"hold {row.id}", over, commitments.ended(row), WORDS)
    elif row.closing:
        yield Finding(f"hold {row.id}: a reason to release it is stored, but nobody released it")


def _calls(found: HoldFile, told: _Told) -> Iterator[Result]:
    """Each call that it keeps, since when, until when, and what ended that."""
    since: dict[int, Logged] = dict.fromkeys(told.begun.detail["recordings"], told.begun)
    ended = let_go(found.entries, found.hold.id)
    for row in found.keeps:
        thing = f"hold {row.matter_id} of recording {row.recording_id}"
        if row.recording_id not in since:
            yield unlogged(thing)
            continue
        entry = since.pop(row.recording_id)
        yield from _kept(thing, row, entry, told, ended.get(row.recording_id))
        yield from _mirrored(thing, row, found.entries)
    yield from (gone(f"recording {one} is kept by hold {found.hold.id}", entry) for one, entry in since.items())


def _kept(thing: str, row: Keep, entry: Logged, told: _Told, let_gone: Logged | None) -> Iterator[Result]:
    over = min((one for one in (told.over, let_gone) if one is not None), key=lambda one: one.seq, default=None)
    yield from differ(
        thing, entry, why=(row.why, "hold"), since=(row.since, entry.at), until=(row.ends_at, told.until),
        ended=(row.ended_at, over.at if over else None),
    )  # fmt: skip


def _mirrored(thing: str, row: Keep, entries: list[Logged]) -> Iterator[Result]:
    """What the recording system was asked last."""
    both = (one for one in reversed(entries) if one.action in {MIRRORED, UNMIRRORED})
    last = next((one for one in both if row.recording_id in one.detail["recordings"]), None)
    mirrored, unmirrored = (last.at if last and last.action == one else None for one in (MIRRORED, UNMIRRORED))
    yield from differ(
        thing, last, kept_by_the_recording_system=(row.mirrored_at, mirrored),
        let_go_by_the_recording_system=(row.unmirrored_at, unmirrored),
    )  # fmt: skip


def let_go(entries: Iterable[Logged], hold: str) -> dict[int, Logged]:
    """By recording: where the clock, or a restore, found first that it is kept no longer."""
    found: dict[int, Logged] = {}
    for entry in entries:
        if entry.action == LET_GO and entry.detail["matter"] == hold:
            found.setdefault(int(entry.subject.partition(":")[2]), entry)
        elif entry.action in AGAIN:
            told = entry.detail.get("let_go", {})
            found = {int(one): entry for one, matters in told.items() if hold in matters} | found
    return found
