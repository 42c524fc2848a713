"""A call's moment: from then on it is closed to everybody, and only what keeps it keeps its audio (P8, P12)."""

from __future__ import annotations

from collections.abc import Iterable

from handlers.acting import Act, Done
from handlers.effects import Effect, Show
from handlers.going import goes, keeps, stand
from handlers.ids import new_id
from handlers.keeping import keep_for_matters
from handlers.retention import intents
from handlers.rules.retention import erase_at
from storage.erasures import RETENTION, WITH_MOMENT
from storage.records import Matter, Recording
from storage.tables.erasures import Erasure


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
    kept = keep_for_matters(act, recording, moment)
    requests = act.store.erasures.requests_naming(recording.id)
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
    """A new erasure; or the one that is under way, where another call has taken the name of the one that it was for."""
    if (under_way := act.store.erasures.open(recording.id)) is not None:
        under_way.why = RETENTION  # whatever had been erased before: this call was not
        return under_way
    return act.store.erasures.begin_now(new_id("E"), recording, RETENTION, act.now)


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
