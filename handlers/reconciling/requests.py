"""Requests as the log tells them: who asked for what, whom it went to, what was said, and what was decided by whom (P7, P9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from handlers import commitments
from handlers.reconciling import parties
from handlers.reconciling.findings import Finding, Gap, Result, differ, gone, person, unlogged, words
from handlers.rules.access import OPEN
from storage.erasures import is_wiped
from storage.evidence import Dossier, Logged
from storage.records import Remark

FILED = ("access.file", "access.ask_anew")
DECIDED = {
    "access.approve": "approved",
    "access.deny": "denied",
    "access.withdraw": "withdrawn",
    "access.lapse": "lapsed",
}
SAID = {"access.question": "question", "access.answer": "answer", "access.pass_on": "passed_on"}
CHANGED = "access.call_changed"
REROUTED = ("access.reroute", "access.recheck", "access.deputy", "access.next")
ACTS = ("access.approve", "access.deny", "access.question", "access.pass_on", "access.recount")
"""Whoever does one of these holds a copy."""
REFERENCE = "the words of requests whose reference went with a call"
WORDS = "the words of what was asked, said and decided"


def filed(case: Dossier) -> Iterator[Result]:
    """Who asked for which calls, when and why, in which words."""
    entry, row = _filing(case), case.request
    if entry is None:
        yield unlogged(f"request {row.id}")
        return
    recordings, concerned = [one.recording_id for one in case.recordings], [one.person_id for one in case.concerned]
    changes = sum(one.action == CHANGED and "grant" not in one.detail for one in case.entries)
    yield from differ(
        f"request {row.id}", entry, requester=(person(row.requester_id), person(requester(case))), asked_at=(row.asked_at, entry.at),
        reason=(row.reason, entry.detail["reason"]), instead_of=(row.instead_of, entry.detail.get("instead_of", "")),
        changes=(row.changes, changes),
        recordings=(recordings, entry.detail["recordings"]),
        concerned=(concerned, entry.detail.get("concerned", [])),
    )  # fmt: skip
    if not row.crm and any(map(is_wiped, case.calls.values())):
        yield Gap(REFERENCE)  # P12: it went with the call
    else:
        yield from words(f"request {row.id}", entry, commitments.asked(row, concerned), WORDS)
    for lost in (one for one in recordings if one not in case.calls):
        yield Finding(f"request {row.id}: recording {lost} is not stored any more, or can't be read")


def decided(case: Dossier) -> Iterator[Result]:
    """How the request stands, and who decided it when. Waiting and stuck are one: the roles of the day tell them apart."""
    row, entry = case.request, _decision(case)
    yield from differ(
        f"request {row.id}", entry, state=("open" if row.state in OPEN else row.state, DECIDED[entry.action] if entry else "open"),
        decided_by=(person(row.decided_by), person(entry.person) if entry else None),
        decided_at=(row.closed_at, entry.at if entry else None),
    )  # fmt: skip
    if entry is not None and entry.action in ("access.approve", "access.deny"):
        yield from words(f"request {row.id}", entry, commitments.decided(row), WORDS)
    elif row.decided_as or row.decision_words:
        yield Finding(f"request {row.id}: words of a decision are stored, but nobody approved or denied it")


def asked(case: Dossier) -> Iterator[Result]:
    """Who may decide it, who could once, and who is only told."""
    parts = parties.parts(case.entries, ACTS, passing="access.pass_on")
    yield from parties.compared(f"request {case.request.id}", case.parties, parts)


def said(case: Dossier) -> Iterator[Result]:
    """Questions, answers and reasons for passing on, in their order."""
    stored = {row.id: row for row in case.remarks}
    for entry in (one for one in case.entries if one.action in SAID):
        row = stored.pop(_remark(entry, stored.values()), None)
        if row is None:
            yield gone(f"person {entry.person} said something about request {entry.subject}", entry)
            continue
        thing = f"remark {row.id}"
        yield from differ(
            thing,
            entry,
            kind=(row.kind, SAID[entry.action]),
            by=(person(row.person_id), person(entry.person)),
            at=(row.at, entry.at),
        )
        yield from words(thing, entry, commitments.remarked(case.request, row), WORDS)
    yield from (unlogged(f"remark {left} about request {case.request.id}") for left in stored)


def _remark(entry: Logged, rows: Iterable[Remark]) -> str:
    """The id of the remark that an entry speaks of; earlier versions did not say it."""
    like = (row.id for row in rows if (row.kind, row.person_id, row.at) == (SAID[entry.action], entry.person, entry.at))
    return str(entry.detail.get("remark") or next(like, ""))


def requester(case: Dossier) -> int | None:
    """Who asked, by the log; the program may ask anew in somebody's name."""
    entry = _filing(case)
    asker: int | None = entry.detail.get("person", entry.person) if entry else None
    return asker


def _filing(case: Dossier) -> Logged | None:
    return next((one for one in case.entries if one.action in FILED), None)


def _decision(case: Dossier) -> Logged | None:
    """The entry that closed the request; one that ended its access later closed nothing."""
    closing = (one for one in case.entries if one.action in DECIDED)
    return next((one for one in closing if one.action != "access.withdraw" or "grant" not in one.detail), None)


ACTIONS = frozenset({*FILED, *DECIDED, *SAID, *REROUTED, *ACTS, CHANGED})
"""What these look at."""
