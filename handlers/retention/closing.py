"""Closes calls to everybody when their time is over, and closes again what had been erased and came back (P8, P12)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handlers import keeping, phrases, sealing, telling
from handlers.acting import Context, Effect, Result, handler
from handlers.matters.asking import redraw_matters
from handlers.rules.access import line_day
from storage.erasures import AGAIN, CAME_BACK, KNOWN_AGAIN, RETENTION, WITH_MOMENT
from storage.records import Matter, Recording
from storage.tables.calls import Erasure, ErasurePause


@dataclass(frozen=True, slots=True)
class Found:
    """An erased call as the recording system shows it again."""

    native_id: str
    stamp: str
    size: int


BACK = "{calls} that had been erased came back to the recording system: {named}. The audio stays locked, and is being erased again."
KEPT = ("native_id", "stamp", "line", "direction", "operator_name", "operator_key", "department", "started", "seconds",
        "media_type", "size")  # fmt: skip


def _call_subject(recording_id: int, **_: object) -> str:
    """Return how the audit log names a call."""
    return f"recording:{recording_id}"


@handler("retention.close", clause="P12", about=_call_subject)
def close_call(ctx: Context, recording_id: int, *, hidden: bool = False) -> Result[None]:
    """P12: close a call when its time is over, and end access to it.

    Its audio is kept for open requests, and for a customer's link until fetched. `hidden`: the
    recorder no longer lists the call but still has its audio.
    """
    recording = ctx.store.recordings.get(recording_id)
    states = ("gone",) if hidden else WITH_MOMENT
    if recording is None or recording.state not in states or not _moment_has_come(ctx, recording):
        return Result(None, quiet=True)
    erasure, moment = _begin_erasure(ctx, recording), recording.erase_at or ctx.now
    erasure.moment, erasure.closed_at, erasure.next_at = moment, ctx.now, ctx.now
    recording.state = "closed"
    kept = keeping.keep_for_matters(ctx, recording, moment, ctx.store.erasures.claims([recording.id], ctx.now))
    ended = end_access(ctx, recording, "erased")
    late = int((ctx.now - moment).total_seconds())
    kept_by = [one.matter_id for one in kept]
    detail = {"erasure": erasure.id, "grants": ended, "late_seconds": late, "kept_by": kept_by}
    return Result(None, redraw_matters(ctx, matters_naming(ctx, recording)), detail=detail)


def end_access(ctx: Context, recording: Recording, why: str) -> list[str]:
    """End access that opens no call any more once this one is locked; return the ids of the grants."""
    requests = ctx.store.erasures.requests_naming(recording.id)
    return [grant for one in requests if (grant := ctx.store.erasures.end_access(one, ctx.now, why))]


@handler("retention.reopen", clause="P12", about=_call_subject)
def reopen_call(ctx: Context, recording_id: int) -> Result[None]:
    """P12: reopen a call that was closed too early, since its start or the clock was corrected."""
    recording = ctx.store.recordings.get(recording_id)
    erasure = ctx.store.erasures.open(recording_id)
    if recording is None or erasure is None or not _lies_ahead(ctx, recording, erasure):
        return Result(None, quiet=True)
    paused = ctx.store.matters.of_kind(ErasurePause, erasure.pause) if erasure.pause else None
    keeps, grants = ctx.store.erasures.undo(erasure, ctx.now)
    declined = any(one.state != "kept" for one in ctx.store.declines.naming(recording.id))
    recording.state = "declined" if declined else "present"
    matters = [*matters_naming(ctx, recording), *([paused] if paused is not None else [])]
    detail = {"erasure": erasure.id, "keeps": keeps, "grants": grants}
    return Result(None, redraw_matters(ctx, matters), detail=detail)


def _lies_ahead(ctx: Context, recording: Recording, erasure: Erasure) -> bool:
    """Return True if a call was closed before its moment, for age alone, and the recorder wasn't asked to delete it."""
    early = recording.state == "closed" and not _moment_has_come(ctx, recording)
    return early and erasure.why == RETENTION and erasure.asked_at is None


def _moment_has_come(ctx: Context, recording: Recording) -> bool:
    """Return True if the time to erase the call has come."""
    return recording.erase_at is not None and recording.erase_at <= ctx.now


@handler("retention.forget", clause="P12", about=_call_subject)
def forget_vanished_call(ctx: Context, recording_id: int) -> Result[None]:
    """P12: wipe the caller of a vanished call once nothing keeps it; it gets no certificate."""
    recording = ctx.store.recordings.get(recording_id)
    if recording is None or recording.state != "gone" or not recording.closed(ctx.now):
        return Result(None, quiet=True)
    matters = matters_naming(ctx, recording)
    ctx.store.erasures.wipe(recording, "gone")
    ctx.store.declines.forget(recording.id)
    recording.erase_at = None
    return Result(None, redraw_matters(ctx, matters))


def _begin_erasure(ctx: Context, recording: Recording) -> Erasure:
    """Begin an erasure for age, or turn the one that is under way into one."""
    if (under_way := ctx.store.erasures.open(recording.id)) is not None:
        under_way.why = RETENTION  # whatever was erased before, it wasn't this call
        return under_way
    return ctx.store.erasures.begin_now(sealing.new_id("E"), recording, RETENTION, ctx.now)


@handler("retention.let_go", clause="P12", about=lambda recording, **_: _call_subject(recording))
def end_keep(ctx: Context, recording: int, matter: str) -> Result[None]:
    """P12: end one matter's keep of a call, whose time is over; once nothing keeps the call, its erasure continues."""
    if not ctx.store.erasures.end_keep(recording, matter, ctx.now):
        return Result(None, quiet=True)
    return Result(None, detail={"matter": matter})


def matters_naming(ctx: Context, recording: Recording) -> list[Matter]:
    """Return every matter whose card says something of a call, so that these cards are redrawn when the call changes."""
    claims = (one for one in ctx.store.erasures.claims([recording.id], ctx.now) if one.is_request or one.is_hold)
    return [*(one.matter for one in claims), *ctx.store.declines.naming(recording.id)]


@handler("retention.again", clause="P12")
def erase_again(ctx: Context, recordings: tuple[int, ...]) -> Result[None]:
    """P12: close calls again that had been erased before, and end what keeps them."""
    begun: dict[str, str] = {}
    let_go: dict[str, list[str]] = {}
    effects: list[Effect] = []
    calls = [one for one in ctx.store.recordings.all_of(recordings) if one.state != "erased"]
    for recording in calls:
        let_go |= _end_keeps(ctx, recording)
        if erasure := _close_and_begin(ctx, recording):
            begun[str(recording.id)] = erasure
            effects += redraw_matters(ctx, ctx.store.erasures.requests_naming(recording.id))
    detail = {"erasures": begun, **({"let_go": let_go} if let_go else {})}
    return Result(None, tuple(effects), detail=detail, quiet=not (begun or let_go))


def _end_keeps(ctx: Context, recording: Recording) -> dict[str, list[str]]:
    """End everything that keeps a call; return the ids of those matters by the call's id, {} if nothing kept it."""
    matters = [one.matter_id for one in ctx.store.erasures.keeps_of(recording.id)]
    ended = [one for one in matters if ctx.store.erasures.end_keep(recording.id, one, ctx.now)]
    return {str(recording.id): ended} if ended else {}


@handler("retention.came_back", clause="P12")
def erase_returned(ctx: Context, returned: Mapping[int, Found]) -> Result[None]:
    """P12: erase again calls that came back after their erasure, each with a new certificate; `returned` is by call id."""
    begun: dict[str, str] = {}
    vanished = list[Recording]()
    for call_id, shown in returned.items():
        recording = ctx.store.recordings.get(call_id)
        if recording is None or recording.state != "erased":
            continue
        other = ctx.store.recordings.known(recording.system, [shown.native_id]).get(shown.native_id)
        if other is not None and other is not recording:
            vanished += _lose_overwritten(ctx, other)
        # Until it is erased, since the recorder knows it by nothing else; also where it came a second time meanwhile.
        recording.native_id, recording.stamp, recording.size = shown.native_id, shown.stamp, shown.size
        if ctx.store.erasures.open(call_id) is None:
            begun[str(call_id)] = ctx.store.erasures.begin_now(sealing.new_id("E"), recording, CAME_BACK, ctx.now).id
    return _tell_of_returned(ctx, begun, vanished)


@handler("retention.recognised", clause="P12")
def register_recognised(ctx: Context, system: str, found: Sequence[Mapping[str, Any]]) -> Result[None]:
    """P12: register recognised audio to be erased, with only what its certificate needs, and tell the Head."""
    known = ctx.store.recordings.known(system, [one["native_id"] for one in found])
    begun: dict[str, str] = {}
    vanished = list[Recording]()
    for row in found:
        before = known.get(row["native_id"])
        if before is not None and _is_known_again(ctx, before):
            before.stamp, before.size = row["stamp"], row["size"]
            continue
        vanished += _lose_overwritten(ctx, before) if before is not None else []
        recording = _register_returned(ctx, system, row)
        begun[str(recording.id)] = _close_and_begin(ctx, recording)
    return _tell_of_returned(ctx, begun, vanished)


def _is_known_again(ctx: Context, recording: Recording) -> bool:
    """Return True if this call was recognised as erased audio before, and is being erased."""
    under_way = ctx.store.erasures.open(recording.id)
    return recording.state == "closed" and under_way is not None and under_way.why == KNOWN_AGAIN


def _tell_of_returned(ctx: Context, begun: Mapping[str, str], vanished: Sequence[Recording]) -> Result[None]:
    """Tell the Head which calls came back and which calls their audio overwrote, and end access to those."""
    told = telling.tell_of_calls(ctx, vanished, telling.VANISHED, "vanished")
    if begun:
        named = telling.name_calls(ctx, ctx.store.recordings.all_of(map(int, begun)))
        words = BACK.format(calls=phrases.quantity_words(len(begun), "call"), named=named)
        told = (*telling.tell_head(ctx, words, f"came_back:{min(begun.values())}"), *told)
    grants = [grant for one in vanished for grant in end_access(ctx, one, "gone")]
    detail = {"erasures": begun, **({"vanished": [one.id for one in vanished], "grants": grants} if vanished else {})}
    redraws = redraw_matters(
        ctx, {matter.id: matter for one in vanished for matter in matters_naming(ctx, one)}.values()
    )
    return Result(None, (*told, *redraws), detail=detail, quiet=not (begun or vanished))


def _lose_overwritten(ctx: Context, other: Recording) -> list[Recording]:
    """P12: count a call as gone, since erased audio that came back has its file name now; return it if its time wasn't
    over, else nothing.
    """
    lost = other.state in WITH_MOMENT and not other.closed(ctx.now)
    ctx.store.recordings.free_name(other)
    return [other] if lost else []


def _close_and_begin(ctx: Context, recording: Recording) -> str:
    """Close a call that was erased before, and begin or resume its erasure; no pause stops it.

    Returns the erasure's id; empty if it was already being erased again.
    """
    recording.erase_at = min(recording.erase_at or ctx.now, ctx.now)
    recording.state = "gone" if recording.state == "gone" else "closed"
    if (under_way := ctx.store.erasures.open(recording.id)) is not None:
        before, under_way.why = under_way.why, KNOWN_AGAIN
        under_way.next_at = min(under_way.next_at, ctx.now)
        return "" if before in AGAIN else under_way.id
    return ctx.store.erasures.begin_now(sealing.new_id("E"), recording, KNOWN_AGAIN, ctx.now).id


def _register_returned(ctx: Context, system: str, row: Mapping[str, Any]) -> Recording:
    """Add recognised audio as a call, without its caller and CRM reference."""
    facts = {name: row[name] for name in KEPT}
    day = line_day(ctx.policy, row["line"], row["started"]).isoformat()
    on_it = ctx.store.people.on_calls([on := (row["operator_key"], row["started"])]).get(on)
    recording = Recording(system=system, caller="", crm="", local_day=day, operator_id=on_it, **facts)
    ctx.store.insert(recording)
    ctx.store.write_down()  # so that it has its number
    return recording
