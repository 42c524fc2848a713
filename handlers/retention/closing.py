"""A call's moment: from then on it is closed to everybody, and only what keeps it keeps its audio (P8, P12)."""

from __future__ import annotations

from collections.abc import Iterable

from handlers.acting import Act, Done
from handlers.effects import Effect, Show
from handlers.going import goes, keeps, stand
from handlers.ids import new_id
from handlers.retention import intents
from handlers.rules.calendars import calendar_of
from handlers.rules.retention import erase_at
from handlers.rules.working_days import due
from storage.erasures import ASKED_EARLY, COPY, REQUEST, RETENTION, WITH_MOMENT
from storage.records import Matter, Recording
from storage.tables.customers import CustomerLink
from storage.tables.erasures import Erasure, Keep


def fix(act: Act, intent: intents.Fix) -> Done[None]:
    """P12: calls of an earlier version get the moment that they would have had."""
    fixed = list[Recording]()
    for one in intent.recordings:
        recording = act.store.recordings.get(one)
        line = act.policy.line(recording.line) if recording else None
        if recording is not None and line is not None and recording.erase_at is None:
            recording.erase_at = erase_at(recording.started, line.time_zone, act.policy.retention.months)
            fixed.append(recording)
    return Done(None, detail={"number": len(intent.recordings), **goes(fixed)})


def close(act: Act, intent: intents.Close) -> Done[None]:
    """P12: access to it ends; a request that still waits keeps its audio, for that request alone, and a customer's link until it was fetched."""
    recording = act.store.recordings.get(intent.recording)
    states = ("gone",) if intent.hidden else WITH_MOMENT
    if recording is None or recording.state not in states or not _has_come(act, recording):
        return Done(None, quiet=True)
    erasure, moment = _begun(act, recording), recording.erase_at or act.now
    erasure.moment, erasure.closed_at, erasure.next_at = moment, act.now, act.now
    recording.state = "closed"
    requests = act.store.erasures.requests_naming(recording.id)
    customers = act.store.customers.of_call(recording.id)
    links = {one.id: act.store.customers.fetching(one.id, act.now) for one in customers if not one.is_open}
    before = {
        one.matter_id for one in act.store.erasures.keeps_of(recording.id)
    }  # a call that was away may be closed anew
    keeping = [one for one in (*requests, *customers) if erasure.why == RETENTION and one.id not in before]
    kept = [row for one in keeping if (row := _kept(act, one, recording, links.get(one.id)))]
    ended = [grant for one in requests if (grant := act.store.erasures.end_access(one, act.now))]
    late = int((act.now - moment).total_seconds())
    told = {"kept_by": [one.matter_id for one in kept], **keeps(kept, "matter_id"), **stand([recording])}
    detail = {"erasure": erasure.id, "grants": ended, "late_seconds": late, **told}
    return Done(None, redrawn(act, speaking_of(act, recording)), detail=detail)


def reopen(act: Act, intent: intents.Reopen) -> Done[None]:
    """P12: its moment lies ahead, since its start was corrected or the clock put right: it is as if it had not been closed."""
    recording = act.store.recordings.get(intent.recording)
    erasure = act.store.erasures.open(intent.recording)
    if recording is None or erasure is None or not _lies_ahead(act, recording, erasure):
        return Done(None, quiet=True)
    paused = act.store.pauses.get(erasure.pause) if erasure.pause else None
    keeps, grants = act.store.erasures.undo(erasure, act.now)
    declined = any(one.state != "kept" for one in act.store.declines.naming(recording.id))
    recording.state = "declined" if declined else "present"
    matters = [*speaking_of(act, recording), *([paused] if paused is not None else [])]
    detail = {"erasure": erasure.id, "keeps": keeps, "grants": grants, **stand([recording])}
    return Done(None, redrawn(act, matters), detail=detail)


def _lies_ahead(act: Act, recording: Recording, erasure: Erasure) -> bool:
    """Whether it was closed for its age alone, too early, and nobody asked the recorder to delete it."""
    early = recording.state == "closed" and not _has_come(act, recording)
    return early and erasure.why == RETENTION and erasure.asked_at is None


def _has_come(act: Act, recording: Recording) -> bool:
    return recording.erase_at is not None and recording.erase_at <= act.now


def forget(act: Act, intent: intents.Forget) -> Done[None]:
    """P12: of a call that vanished nobody can certify anything; what told who called goes all the same, once nothing keeps it."""
    recording = act.store.recordings.get(intent.recording)
    if recording is None or recording.state != "gone" or not recording.closed(act.now):
        return Done(None, quiet=True)
    matters = speaking_of(act, recording)
    act.store.erasures.wipe(recording, "gone")
    act.store.declines.forget(recording.id)
    recording.erase_at = None
    return Done(None, redrawn(act, matters), detail=goes([recording]) | stand([recording]))


def _begun(act: Act, recording: Recording) -> Erasure:
    """A new erasure; or the one that is under way, where another call has taken the name of the one that it was for.

    What a customer asked to have erased early is kept for nobody's request (P8).
    """
    why = ASKED_EARLY if act.store.customers.erases(recording.id) else RETENTION
    if (under_way := act.store.erasures.open(recording.id)) is not None:
        under_way.why = why  # whatever had been erased before: this call was not
        return under_way
    return act.store.erasures.begin_now(new_id("E"), recording, why, act.now)


def let_go(act: Act, intent: intents.LetGo) -> Done[None]:
    """P12: with the last that keeps it, its erasure goes on."""
    if not act.store.erasures.end_keep(intent.recording, intent.matter, act.now):
        return Done(None, quiet=True)
    return Done(None, detail={"matter": intent.matter})


def speaking_of(act: Act, recording: Recording) -> list[Matter]:
    """Every matter whose card says something of a call."""
    erasures, one = act.store.erasures, recording.id
    return [
        *erasures.requests_naming(one),
        *act.store.customers.of_call(one),
        *erasures.held_for(one),
        *act.store.declines.naming(one),
    ]


def redrawn(act: Act, matters: Iterable[Matter]) -> tuple[Effect, ...]:
    """The cards of these matters are drawn anew, for everybody who holds one."""
    effects: list[Effect] = []
    for one in matters:
        one.revision += 1
        effects += [Show(person, one.id, one.revision) for person in act.store.matters.holders(one)]
    return tuple(effects)


def _kept(act: Act, matter: Matter, recording: Recording, link: CustomerLink | None = None) -> Keep | None:
    """What keeps it for a matter: while that waits, or for the `link` by which a customer has not had it all yet."""
    if recording.erase_at is None or not (matter.is_open or link):
        return None
    days = act.policy.holds.open_request_working_days if link is None else act.policy.customers.copy_kept_working_days
    until = due(calendar_of(act.policy, recording.line), recording.erase_at, days).at
    why, ends_at = (REQUEST, until) if link is None else (COPY, min(until, link.ends_at))
    row = Keep(recording_id=recording.id, matter_id=matter.id, why=why, since=act.now, ends_at=ends_at)
    act.store.erasures.keep(row)
    return row
