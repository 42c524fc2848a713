"""Notices as the log tells them: what was asked for, answered and seen, and which outages count (P3)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from handlers.commitments import down, not_down, noticed
from handlers.ids import hashed
from handlers.reconciling import parties
from handlers.reconciling.findings import Finding, Result, differ, gone, person, unlogged, words
from storage.evidence.notices import Noted
from storage.evidence.requests import Logged
from storage.records import OPEN
from storage.tables.notices import NoticeAnswer, NoticeCheck, Outage, PageLook

OPENED, ANSWERED, LOOKED = "notices.open", "notices.answer", "notices.looked"
ENTERED, WITHDRAWN = "notices.enter_outage", "notices.withdraw_outage"
ACTIONS = frozenset({
    OPENED, ANSWERED, LOOKED, ENTERED, WITHDRAWN, "notices.remind", "notices.reroute", "notices.recheck",
})  # fmt: skip
"""What this looks at."""
WORDS = "the words of notices and outages"
ROWS: Mapping[str, str] = {"page_looks": "look", "outages": "outage"}
"""What has rows of its own beside the matters."""


def reconcile(found: Noted) -> list[Result]:
    """Everything about notices that is stored otherwise than the log says."""
    by_subject: dict[str, list[Logged]] = {}
    for entry in found.entries:
        by_subject.setdefault(entry.subject, []).append(entry)
    results: list[Result] = []
    for check in found.checks:
        answers = [one for one in found.answers if one.matter_id == check.id]
        entries = by_subject.get(check.id, [])
        results += _safely(f"notice {check.id}", _check(check, answers, entries))
        held = [one for one in found.parties if one.matter_id == check.id]
        results += _safely(
            f"notice {check.id}",
            parties.compared(f"notice {check.id}", held, parties.parts(entries, (ANSWERED,))),
        )
    for look in found.looks:
        results += _safely(f"look {look.id}", _look(look, by_subject.get(look.id, [])))
    for outage in found.outages:
        results += _safely(f"outage {outage.id}", _outage(outage, by_subject.get(outage.id, [])))
    return results


def lost(found: Mapping[str, Collection[str]]) -> list[Finding]:
    """Looks and outages that the log knows and nobody stores, by table."""
    return [
        Finding(f"{ROWS[table]} {one} stands in the log, but is no longer stored")
        for table, ids in found.items()
        for one in ids
    ]


def _safely(thing: str, results: Iterator[Result]) -> list[Result]:
    try:
        return list(results)
    except (KeyError, ValueError, TypeError, AttributeError):
        return [Finding(f"{thing}: what is stored, or what the log says of it, can't be read")]


def _check(row: NoticeCheck, answers: list[NoticeAnswer], entries: list[Logged]) -> Iterator[Result]:
    first = next((one for one in entries if one.action == OPENED), None)
    thing = f"notice {row.id}"
    if first is None:
        yield unlogged(thing)
        return
    told = [one for one in entries if one.action == ANSWERED]
    last = [one for one in entries if one.action == OPENED][-1]
    ended = next(iter(told), None)
    state = ended.detail["state"] if ended else "open"
    yield from differ(
        thing, ended or first, notice=(row.notice, first.detail["notice"]), why=(row.why, last.detail["why"]),
        digest=(row.digest, last.detail["digest"]), due=(row.due_on, first.detail["due"]), since=(row.asked_at, first.at),
        state=("open" if row.state in OPEN else row.state, state), closed_at=(row.closed_at, ended.at if ended else None),
    )  # fmt: skip
    yield from _answers(thing, answers, told)


def _answers(thing: str, rows: list[NoticeAnswer], entries: list[Logged]) -> Iterator[Result]:
    for row, entry in zip(rows, entries, strict=False):
        yield from differ(
            f"{thing}, answer {row.id}", entry, person=(person(row.person_id), person(entry.person)), at=(row.at, entry.at),
            answer=(row.answer, entry.detail["answer"]), look=(row.look, entry.detail["look"]),
        )  # fmt: skip
        yield from words(f"{thing}, answer {row.id}", entry, noticed(row), WORDS)
    for row in rows[len(entries) :]:
        yield unlogged(f"{thing}, answer {row.id}")
    for entry in entries[len(rows) :]:
        yield gone(f"{thing} was answered", entry)


def _look(row: PageLook, entries: list[Logged]) -> Iterator[Result]:
    entry = next((one for one in entries if one.action == LOOKED), None)
    if entry is None:
        yield unlogged(f"look {row.id}")
        return
    yield from differ(
        f"look {row.id}", entry, at=(row.at, entry.at), answer=(row.answer, entry.detail["answer"]),
        reasons=(row.reasons, entry.detail["reasons"]), digest=(row.digest, entry.detail["digest"]),
    )  # fmt: skip


def _outage(row: Outage, entries: list[Logged]) -> Iterator[Result]:
    entry, back = (next((one for one in entries if one.action == kind), None) for kind in (ENTERED, WITHDRAWN))
    thing = f"outage {row.id}"
    if entry is None:
        yield unlogged(thing)
        return
    yield from differ(
        thing, entry, first_day=(row.first.isoformat(), entry.detail["first"]), last_day=(row.last.isoformat(), entry.detail["last"]),
        lines=([hashed(one) for one in row.lines], entry.detail["lines"]),
        entered_by=(person(row.entered_by), person(entry.person)), entered_at=(row.entered_at, entry.at),
    )  # fmt: skip
    yield from words(thing, entry, down(row), WORDS)
    yield from differ(
        thing, back, taken_back_by=(person(row.ended_by), person(back.person) if back else None),
        taken_back_at=(row.ended_at, back.at if back else None),
    )  # fmt: skip
    if back is not None:
        yield from words(thing, back, not_down(row), WORDS)
    elif row.ended_why:
        yield Finding(f"{thing}: words of taking it back are stored, but nobody did")
