"""Stopped runs of erasures, and cards of what is ahead, as the log tells them: what stopped, which calls belong to it, and which two people agreed (P12)."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from handlers.reconciling import parties
from handlers.reconciling.findings import Finding, Result, differ, gone, person, unlogged
from storage.evidence.requests import Logged
from storage.evidence.runs import Stopped
from storage.records import OPEN
from storage.tables.erasures import StoppedRun

STOPPED, AGREED, CLOSED = "stopped_runs.stop", "stopped_runs.agree", "retention.close"
ENDED = "stopped_runs.end"
DRAWN = "erasures_ahead.draw"
ERASED_OUTSIDE, KEPT_OUTSIDE = "erasures_ahead.erase_outside", "erasures_ahead.keep_outside"
DECIDED = (ERASED_OUTSIDE, KEPT_OUTSIDE)
ACTIONS = frozenset(
    {STOPPED, AGREED, ENDED, "stopped_runs.reroute", "stopped_runs.recheck", DRAWN, "erasures_ahead.recheck"}
)
"""What this looks at."""
COUNTED = ("day", "highest", "number", "before", "register", "usual", "lines")


def reconcile(found: Stopped) -> list[Result]:
    """Everything about stopped runs that is stored otherwise than the log says."""
    results: list[Result] = [*_belonging(found)]
    for run in found.runs:
        entries = [one for one in found.entries if one.subject == run.id]
        held = [one for one in found.parties if one.matter_id == run.id]
        try:
            results += [*_stopped(run, entries, found), *_agreed(run, entries)]
            results += parties.compared(f"stopped run {run.id}", held, parties.parts(entries, (AGREED,)))
        except (KeyError, ValueError, TypeError):
            results.append(Finding(f"stopped run {run.id}: what is stored, or what the log says of it, can't be read"))
    return [*results, *_cards(found), *_decided(found)]


def _decided(found: Stopped) -> Iterator[Result]:
    """What was decided of calls out of scope, and by whom; an erasure of one has its decision."""
    logged = {one.subject: one for one in found.decided}
    erased = {one.detail.get("erasure"): one for one in found.decided if one.action == ERASED_OUTSIDE}
    for row in found.decisions:
        entry, thing = logged.pop(f"recording:{row.recording_id}", None), f"decision about recording {row.recording_id}"
        if entry is None:
            yield unlogged(thing)
            continue
        yield from differ(
            thing, entry, decision=(row.decision, "erase" if entry.action == ERASED_OUTSIDE else "keep"),
            decided_by=(person(row.decided_by), person(entry.person)), decided_at=(row.decided_at, entry.at),
        )  # fmt: skip
    yield from (gone(f"it was decided about {one}", entry) for one, entry in logged.items())
    for erasure in found.outside:
        if erasure.id not in erased:
            yield unlogged(f"erasure {erasure.id} of a call out of scope")


def _cards(found: Stopped) -> Iterator[Result]:
    """Each card of erasures ahead has its entry, is over once another one came, and is held by those who were told."""
    begun = {one.subject: one for one in found.entries if one.action == DRAWN and "week" in one.detail}
    over = {one.detail["before"]: one for one in begun.values() if one.detail["before"]}
    for card in found.cards:
        entry, ended = begun.get(card.id), over.get(card.id)
        if entry is None:
            yield unlogged(f"card {card.id}")
            continue
        yield from differ(
            f"card {card.id}", ended or entry, week=(card.week, entry.detail["week"]), since=(card.asked_at, entry.at),
            state=(card.state, "over" if ended else "current"), closed_at=(card.closed_at, ended.at if ended else None),
        )  # fmt: skip
        held = [one for one in found.parties if one.matter_id == card.id]
        entries = [one for one in found.entries if one.subject == card.id]
        yield from parties.compared(f"card {card.id}", held, parties.parts(entries, ()))


def _stopped(run: StoppedRun, entries: list[Logged], found: Stopped) -> Iterator[Result]:
    entry = next((one for one in entries if one.action == STOPPED), None)
    if entry is None:
        yield unlogged(f"stopped run {run.id}")
        return
    told = entry.detail
    # Those that were closed before it was counted; whatever joined it later says so where it was closed.
    ids = [one.id for one in found.erasures if one.run == run.id and _run_at_closing(found, one.id) != run.id]
    # Of one of which a part stopped anew after a restore, the rest says nothing.
    anew = any(run.id in _older(found, one.id) for one in found.runs)
    digest = told["digest"] if anew else sha256("\n".join(sorted(ids)).encode()).hexdigest()
    yield from differ(
        f"stopped run {run.id}", entry, since=(run.asked_at, entry.at),
        **{name: (getattr(run, name), told[name]) for name in COUNTED},
        **{name: (getattr(run, name).isoformat(), told[name]) for name in ("until", "oldest", "newest")},
        digest=(run.digest, told["digest"]), calls=(digest, told["digest"]),
    )  # fmt: skip


def _agreed(run: StoppedRun, entries: list[Logged]) -> Iterator[Result]:
    agreed = [one for one in entries if one.action == AGREED]
    first, second = (next(iter(agreed[place:]), None) for place in (0, 1))
    ended = second or next((one for one in entries if one.action == ENDED), None)
    state = "agreed" if second else "over" if ended else "open"
    yield from differ(
        f"stopped run {run.id}", ended or first, state=("open" if run.state in OPEN else run.state, state),
        first_by=(person(run.first_by), person(first.person) if first else None),
        first_at=(run.first_at, first.at if first else None),
        second_by=(person(run.second_by), person(second.person) if second else None),
        closed_at=(run.closed_at, ended.at if ended else None),
    )  # fmt: skip
    if second is not None and first is not None and second.person == first.person:
        yield Finding(
            f"stopped run {run.id}: entries {first.seq} and {second.seq} are of one person, and two have to agree"
        )


def _belonging(found: Stopped) -> Iterator[Result]:
    """Calls that were counted before their moment belong to the run that their closing names."""
    runs = {one.id for one in found.runs}
    for one in found.erasures:
        named = _run_at_closing(found, one.id)
        moved = named in _older(found, one.run)
        if (named and one.run != named and not moved) or (one.run and one.run not in runs):
            entry = found.closed.get(one.id)
            yield from differ(f"erasure {one.id}", entry, run=(one.run, named))


def _older(found: Stopped, run: str) -> set[str]:
    """The runs of which a part stopped anew in this one, after a restore, and those of which a part had in them."""
    stopped = (one for one in found.entries if one.subject == run and one.action == STOPPED)
    direct = {str(older) for one in stopped for older in one.detail.get("anew", ()) if older != run}
    return direct.union(*(_older(found, one) for one in direct))


def _run_at_closing(found: Stopped, erasure: str) -> str:
    entry = found.closed.get(erasure)
    return str(entry.detail.get("run", "")) if entry is not None else ""
