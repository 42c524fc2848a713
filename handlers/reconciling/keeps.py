"""What keeps a call past its moment and is no hold, as the log tells it: a request that waited then, or a customer's copy (P8, P12)."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from handlers.reconciling import answering
from handlers.reconciling.findings import Finding, Gap, Result, differ, unlogged
from handlers.reconciling.holds import AGAIN, LET_GO, let_go
from handlers.reconciling.under_way import CLOSED, REOPENED
from storage.chain import Link
from storage.evidence.keeps import Kept
from storage.evidence.requests import Logged
from storage.tables.erasures import Keep

CHANGING = answering.OPENED | answering.MAYBE_OPENED | {answering.RELEASED, answering.ACCEPTED, answering.ARRIVED}
"""By these what is kept for a customer's request is kept for another reason, or for another time."""
DECLINED = frozenset({"declined.go", "declined.erase", "declined.meet"})
"""By these a declined call is to be erased, and kept until then for what needs it; they tell of several calls."""
ACTIONS = frozenset({CLOSED, REOPENED, LET_GO, *AGAIN}) | CHANGING | DECLINED
"""What this looks at."""
UNTIL = Gap("for what, and until when, calls are kept for requests")


def reconcile(found: Kept) -> list[Result]:
    """Everything about what keeps calls for matters that are no holds that is stored otherwise than the log says."""
    results: list[Result] = []
    by_subject: dict[str, list[Logged]] = {}
    for entry in found.entries:
        by_subject.setdefault(entry.subject, []).append(entry)
    for row in found.rows:
        about = ("", f"recording:{row.recording_id}", row.matter_id)
        declined = [_closed(one, row.recording_id) for one in found.entries if one.action in DECLINED]
        mine = [one for subject in about for one in by_subject.get(subject, ()) if one.action not in DECLINED]
        mine = sorted((*mine, *declined), key=lambda one: one.seq)
        try:
            undone = {one.detail["erasure"] for one in mine if one.action == REOPENED}
            closing = [one for one in mine if one.action == CLOSED and row.matter_id in one.detail["kept_by"]]
            stands = [one for one in closing if one.detail.get("erasure") not in undone]
            others = [one for one in mine if one.action not in (CLOSED, REOPENED)]
            results += _compared(row, sorted([*stands, *others], key=lambda one: one.seq))
        except (KeyError, ValueError, TypeError, AttributeError):
            results.append(Finding(f"{_thing(row)}: what is stored, or what the log says of it, can't be read"))
    return results


def _closed(entry: Logged, recording: int) -> Logged:
    """What an entry about a declined call says of one of its recordings, as if it spoke of that alone."""
    kept = entry.detail.get("kept", {}).get(str(recording), {})
    return replace(entry, action=CLOSED, detail={"kept_by": [*kept], "keeps": kept})


def told(links: Iterable[Link], undone: Collection[str] = ()) -> set[tuple[int, str]]:
    """Call and matter for each that is kept, as these entries say, but for the `undone` erasures."""
    found = set[tuple[int, str]]()
    for link in links:
        if link[5] != "done" or link[3] not in {CLOSED, *DECLINED}:
            continue
        # An entry that can't be read was changed, which the chain tells.
        with suppress(ValueError, TypeError, AttributeError, RecursionError):
            detail = json.loads(link[7])
            if detail.get("erasure") in undone:
                continue
            calls = (
                detail.get("kept", {}) if link[3] != CLOSED else {link[4].partition(":")[2]: detail.get("kept_by", ())}
            )
            found.update((int(call), str(matter)) for call, matters in calls.items() for matter in matters)
    return found


def lost(kept: Collection[tuple[int, str]]) -> list[Finding]:
    """Calls that are kept for a matter, as the log says, of which no row is stored."""
    return [
        Finding(f"recording {recording} is kept for {matter}, as the log says, but that is no longer stored")
        for recording, matter in sorted(kept)
    ]


def _compared(row: Keep, entries: list[Logged]) -> Iterator[Result]:
    begun = next((one for one in entries if one.action == CLOSED), None)
    if row.why == "hold":
        yield Finding(f"{_thing(row)} is stored as by a hold, and {row.matter_id} is none")
    if begun is None:
        yield unlogged(_thing(row))
        return
    over = let_go(entries, row.matter_id).get(row.recording_id)
    yield from differ(
        _thing(row), begun, since=(row.since, begun.at), ended=(row.ended_at, over.at if over else None),
        with_the_recording_system=(row.mirrored_at or row.unmirrored_at, None),
    )  # fmt: skip
    yield from _as_said(row, entries)


def _as_said(row: Keep, entries: Iterable[Logged]) -> Iterator[Result]:
    """For what and until when, as the last entry says that may have changed it."""
    said = [
        one for one in entries if one.action in (CLOSED, answering.RELEASED) or {"asked", "until"} & one.detail.keys()
    ][-1]
    told = said.detail.get("keeps", {}).get(_name(row, said))
    if told is None:
        yield UNTIL
        return
    why, until = told
    yield from differ(_thing(row), said, why=(row.why, why), until=(row.ends_at, datetime.fromisoformat(until)))


def _name(row: Keep, entry: Logged) -> str:
    return row.matter_id if entry.action == CLOSED else str(row.recording_id)


def _thing(row: Keep) -> str:
    return f"recording {row.recording_id}, kept for {row.matter_id},"
