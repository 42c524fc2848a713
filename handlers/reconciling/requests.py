"""Requests as the log tells them: who asked for what, whom it went to, what was said, and what was decided by whom (P7, P9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from handlers.reconciling import named, parties
from handlers.reconciling.findings import Finding, Result, differ, gone, person, unlogged
from handlers.rules.access import OPEN
from handlers.written import Written
from storage.evidence.requests import Dossier, Logged
from storage.records import Remark

FILED = ("access.file",)
DECIDED = {
    "access.approve": "approved",
    "access.deny": "denied",
    "access.withdraw": "withdrawn",
    "access.lapse": "lapsed",
}
SAID = {"access.question": "question", "access.answer": "answer", "access.pass_on": "passed_on"}
CHANGED = "access.call_changed"
REROUTED = ("access.reroute", "access.recheck", "access.deputy", "access.next")
ACTS = ("access.approve", "access.deny", "access.question", "access.pass_on")
"""Whoever does one of these holds a copy."""


def filed(case: Dossier, written: Written | None) -> Iterator[Result]:
    """Who asked for which calls, when and why."""
    entry, row = filing(case), case.request
    if entry is None:
        yield unlogged(f"request {row.id}")
        return
    recordings, concerned = [one.recording_id for one in case.recordings], [one.person_id for one in case.concerned]
    changes = sum(one.action == CHANGED and "grant" not in one.detail for one in case.entries)
    yield from differ(
        f"request {row.id}", entry, requester=(person(row.requester_id), person(requester(case))), asked_at=(row.asked_at, entry.at),
        reason=(row.reason, entry.detail["reason"]),
        changes=(row.changes, changes),
        recordings=(recordings, entry.detail["recordings"]), longer=(row.longer, _longer(entry, written, stored=row.longer)),
        concerned=(concerned, entry.detail.get("concerned", [])),
    )  # fmt: skip
    for lost in (one for one in recordings if one not in case.calls):
        yield Finding(f"request {row.id}: recording {lost} is not stored any more, or can't be read")
    yield from named.bound(f"request {row.id}", case.recordings, case.entries, CHANGED)


def _longer(entry: Logged, written: Written | None, *, stored: bool) -> bool:
    """Whether it was asked on the longer form; earlier entries do not say it, but what was written does."""
    told = bool(written.legal_matter) if written else stored
    return bool(entry.detail.get("longer", told))


def decided(case: Dossier, written: Written | None) -> Iterator[Result]:
    """How the request stands, and who decided it when. Waiting and stuck are one: the roles of the day tell them apart."""
    row, entry = case.request, decision(case)
    yield from differ(
        f"request {row.id}", entry, state=("open" if row.state in OPEN else row.state, DECIDED[entry.action] if entry else "open"),
        decided_by=(person(row.decided_by), person(entry.person) if entry else None),
        decided_at=(row.closed_at, entry.at if entry else None),
    )  # fmt: skip
    if row.decided_as and (entry is None or entry.action not in ("access.approve", "access.deny")):
        yield Finding(f"request {row.id}: as what somebody decided is stored, but nobody approved or denied it")


def falls(case: Dossier, written: Written | None) -> Iterator[Result]:
    """P7, P9: what waits comes to its end by itself when that was promised, or its alarm comes: the clock is asked for one of them."""
    row, lapse = case.request, case.falls.get("access.lapse")
    if row.state not in OPEN or row.promise is None or "access.undecided" in case.falls:
        return
    if row.due_at is None:
        yield Finding(f"request {row.id}: it waits, and nothing would ever be told of it")
    else:
        yield from differ(f"request {row.id}", filing(case), lapses=(lapse, row.due_at))


def asked(case: Dossier, written: Written | None) -> Iterator[Result]:
    """Who may decide it, who could once, and who is only told."""
    parts = parties.parts(case.entries, ACTS, passing="access.pass_on")
    yield from parties.compared(f"request {case.request.id}", case.parties, parts)


def said(case: Dossier, written: Written | None) -> Iterator[Result]:
    """Questions, answers and reasons for passing on, in their order."""
    stored = {row.id: row for row in case.remarks}
    for entry in (one for one in case.entries if one.action in SAID):
        row = stored.pop(remark_of(entry, stored.values()), None)
        if row is None:
            yield gone(f"person {entry.person} said something about request {entry.subject}", entry)
            continue
        by, kind = (person(row.person_id), person(entry.person)), (row.kind, SAID[entry.action])
        yield from differ(f"remark {row.id}", entry, kind=kind, by=by, at=(row.at, entry.at))
    yield from (unlogged(f"remark {left} about request {case.request.id}") for left in stored)


def remark_of(entry: Logged, rows: Iterable[Remark]) -> str:
    """The id of the remark that an entry speaks of; earlier versions did not say it."""
    like = (row.id for row in rows if (row.kind, row.person_id, row.at) == (SAID[entry.action], entry.person, entry.at))
    return str(entry.detail.get("remark") or next(like, ""))


def requester(case: Dossier) -> int | None:
    """Who asked, by the log; the program may ask anew in somebody's name."""
    entry = filing(case)
    asker: int | None = entry.detail.get("person", entry.person) if entry else None
    return asker


def filing(case: Dossier) -> Logged | None:
    """The entry that began it."""
    return next((one for one in case.entries if one.action in FILED), None)


def decision(case: Dossier) -> Logged | None:
    """The entry that closed the request; one that ended its access later closed nothing."""
    closing = (one for one in case.entries if one.action in DECIDED)
    return next((one for one in closing if one.action != "access.withdraw" or "grant" not in one.detail), None)


ACTIONS = frozenset({*FILED, *DECIDED, *SAID, *REROUTED, *ACTS, CHANGED})
"""What these look at."""
