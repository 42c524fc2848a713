"""The recording register: what the call recording system holds, and files that could not be registered (P4, P7)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from handlers import finding, telling
from handlers.acting import Context, Effect, Result, handler
from handlers.matters.asking import redraw_matters
from handlers.policy import Policy
from handlers.retention.closing import end_access, matters_naming
from handlers.room import Room, Search, Shows
from handlers.rules.access import compact_reference, line_day
from handlers.rules.retention import erase_at, seen_late
from storage import erasures, recordings, searches
from storage.prefetch import Prefetch
from storage.records import Recording
from storage.tables.calls import UnregisteredFile

KEPT_CLOSED = ("declined", "closed")
"""States that a call keeps, whatever the recorder says of it later."""
SAME = ("line", "started", "operator_key", "size")
"""What identifies a locked call under another name."""


@dataclass(frozen=True, slots=True)
class Registered:
    """How many recordings were new, and how many changed."""

    new: int
    changed: int


@handler("recordings.register", clause="P4", about="system")
def register_calls(
    ctx: Context, system: str, shown: Sequence[dict[str, Any]], missing: Sequence[str], out_of_sight: Sequence[str] = (),
) -> Result[Registered]:  # fmt: skip
    """Register calls as the recorder shows them.

    P4: calls of a line that the policy doesn't name are locked and counted. P5: a recording whose customer declined is
    locked from its registration. P7: a different recording under a known name is a new call with no approvals; the
    earlier one is gone. In `shown`, `audio` is the SHA-256 of the audio if it has been read; calls in `out_of_sight`
    still exist but are hidden.
    """
    on_it = ctx.store.people.on_calls([(one["operator_key"], one["started"]) for one in shown])
    placed = [_place_on_line(ctx.policy, one, on_it) for one in shown]
    known, moved = _calls_by_name(ctx, system, placed, missing)
    lost = ctx.store.recordings.known(system, missing) if missing else {}
    hidden = _calls_out_of_sight(ctx, system, out_of_sight)
    replaced = _calls_replaced(ctx, placed, {name: one for name, one in known.items() if one not in moved})
    vanished = [one for one in (*lost.values(), *replaced.values()) if _is_missing_early(ctx, one)]
    recoverable = [one for one in hidden.values() if _is_missing_early(ctx, one)]
    ended = _end_replaced(ctx, replaced.values())
    known = {name: one for name, one in known.items() if name not in replaced}
    found = [_follow_row(ctx, row, known.get(row["native_id"]), replaced.get(row["native_id"])) for row in placed]
    _lock_declined(ctx, system, [one for one in found if one["native_id"] not in known])
    told = (  # before the register is changed, since the message describes the calls as they were
        *telling.tell_of_calls(ctx, vanished, telling.VANISHED, "vanished"),
        *telling.tell_of_calls(ctx, recoverable, telling.RECOVERABLE, "hidden"),
    )
    back = [one for one in known.values() if one.state == "gone"]
    new, changed, _ = ctx.store.recordings.register(system, found)
    if gone := [*missing, *hidden]:
        ctx.store.recordings.lose(system, gone)
    outside = sum(one["state"] == "out_of_scope" for one in found)
    detail = {"new": new, "changed": changed, "gone": len(gone), "out_of_scope": outside}
    lists = {"replaced": replaced.values(), "vanished": [*vanished, *recoverable], "moved": moved}
    detail |= {name: [one.id for one in calls] for name, calls in lists.items() if calls}
    detail |= {"grants": ended} if ended else {}
    asked = ctx.store.recordings.asked_for(ctx.now) if back else ()
    shown_again = _redraw_cards_naming(ctx, (*replaced.values(), *(one for one in back if one.id in asked)))
    effects, quiet = (*told, *shown_again), not (new or changed or gone)
    return Result(Registered(new, changed), effects, detail=detail, quiet=quiet)


def _lock_declined(ctx: Context, system: str, new: Sequence[dict[str, Any]]) -> None:
    """P5: mark the new calls whose customers declined."""
    declined = ctx.store.declines.names(system, [one["native_id"] for one in new])
    for row in new:
        if row["native_id"] in declined:
            row["state"] = "declined"


def _calls_out_of_sight(ctx: Context, system: str, names: Sequence[str]) -> dict[str, Recording]:
    """P12: return the hidden calls that people could still find.

    Locked ones need no change, since their audio is still there.
    """
    known = ctx.store.recordings.known(system, names) if names else {}
    return {name: one for name, one in known.items() if one.state == "present"}


def _calls_by_name(
    ctx: Context, system: str, placed: Sequence[dict[str, Any]], missing: Sequence[str]
) -> tuple[dict[str, Recording], list[Recording]]:
    """Return the calls that have these names, and those of them that were locked under another name.

    An erased call gives up its name: whatever is there now is another call (P12).
    """
    known = ctx.store.recordings.known(system, [one["native_id"] for one in placed])
    erased = [one for one in known.values() if one.state == "erased"]
    for one in erased:
        ctx.store.recordings.free_name(one)
    known = {name: one for name, one in known.items() if one not in erased}
    moved = _calls_renamed(ctx, system, [one for one in placed if one["native_id"] not in known], missing)
    return known | moved, [*moved.values()]


def _calls_renamed(
    ctx: Context, system: str, new: Sequence[dict[str, Any]], missing: Sequence[str]
) -> dict[str, Recording]:
    """P5: keep locked calls locked under a new name: a renamed call is renamed here, and a copy is locked as well."""
    began = {one["started"] for one in new}
    locked_then = (Recording.system == system, Recording.state.in_(recordings.HIDDEN), Recording.started.in_(began))
    alike = ctx.store.rows(Recording, *locked_then, by=(Recording.id,)) if new else []
    twins = [one for one in alike if _state_kept(ctx, one)]
    declined = ctx.store.declines.names(system, [one["native_id"] for one in new]) if twins else {}
    moved: dict[str, Recording] = {}
    for row in (one for one in new if one["native_id"] not in declined):
        matching = [one for one in twins if all(row[name] == getattr(one, name) for name in SAME)]
        moved_away = [one for one in matching if one.state == "gone" or one.native_id in missing]
        if moved_away:
            moved[row["native_id"]] = moved_away[0]
            ctx.store.recordings.change_native_id(moved_away[0], row["native_id"])
            twins = [one for one in twins if one is not moved_away[0]]
        elif matching:
            ctx.store.declines.expect(matching[0].id, system, row["native_id"])
    return moved


def _calls_replaced(
    ctx: Context, placed: Sequence[dict[str, Any]], known: Mapping[str, Recording]
) -> dict[str, Recording]:
    """P7: return the calls that another recording has replaced.

    A recording that was read is identified by its audio, others by file and start. If an unread call is requested or
    may be heard, any other stamp counts as a replacement; if it is held, it doesn't, because a wrong erasure couldn't
    be undone.
    """
    pairs = [(row, before) for row in placed if (before := known.get(row["native_id"])) is not None]
    others = {row["native_id"]: before for row, before in pairs if _is_another(row, before)}
    unsure = {row["native_id"]: before for row, before in pairs if _is_unsure(row, before)}
    if unsure:
        held = ctx.store.erasures.kept([one.id for one in unsure.values()], ctx.now, erasures.by_hold())
        asked = ctx.store.recordings.asked_for(ctx.now) - held
        others |= {name: one for name, one in unsure.items() if one.id in asked}
    return others


def _is_another(row: dict[str, Any], before: Recording) -> bool:
    """Return True if a row is clearly another recording than the one registered under its name."""
    if row["audio"] and before.audio:
        return bool(row["audio"] != before.audio)
    return row["started"] != before.started and _is_other_file(row, before)


def _is_unsure(row: dict[str, Any], before: Recording) -> bool:
    """Return True if a row may be another recording: its stamp changed, and the audio can't be compared."""
    return before.state == "present" and row["stamp"] != before.stamp and not (row["audio"] and before.audio)


def _is_other_file(row: dict[str, Any], before: Recording) -> bool:
    """Return True if the file has another size or date than the one registered."""
    written = row.get("modified")
    redated = None not in (written, before.modified) and written != before.modified
    return row["size"] != before.size or redated


def _end_replaced(ctx: Context, replaced: Iterable[Recording]) -> list[str]:
    """P7: count replaced calls as gone, freeing their names in the register, and end each access that has no call left to hear.

    Return the ids of the grants that ended.
    """
    grants: list[str] = []
    for one in replaced:
        ctx.store.recordings.free_name(one)
        grants += end_access(ctx, one, "gone")
    return grants


def _redraw_cards_naming(ctx: Context, calls: Iterable[Recording]) -> tuple[Effect, ...]:
    """Redraw the cards of all matters that name one of these calls."""
    matters = {matter.id: matter for one in calls for matter in matters_naming(ctx, one)}
    return redraw_matters(ctx, matters.values())


def _state_kept(ctx: Context, one: Recording) -> str:
    """P4, P5: return the locked state in which a call stays, whatever the recorder shows of it: declined, or closed
    while it is being erased early; empty for any other call.
    """
    if one.state not in recordings.HIDDEN:
        return ""
    erasure = ctx.store.erasures.open(one.id)
    declined = any(matter.state != "kept" for matter in ctx.store.declines.naming(one.id))
    # A call that was erased before is past its moment, whatever is reported of it.
    if erasure is not None and erasure.why != erasures.RETENTION and (declined or erasure.why not in erasures.AGAIN):
        return "closed"
    return "declined" if declined else ""


def _is_missing_early(ctx: Context, one: Recording) -> bool:
    """Return True if the audio vanished too early. A call being erased counts only if the recorder wasn't asked yet."""
    if one.state == "closed":
        erasure = ctx.store.erasures.open(one.id)
        erased_by_us = erasure is None or erasure.asked_at is not None
        return not erased_by_us and (one.erase_at is None or one.erase_at > ctx.now)
    return one.state in erasures.WITH_MOMENT and one.erase_at is not None and one.erase_at > ctx.now


def _rows_to_prefetch(person_id: int | None, recording_id: int, **_: object) -> Prefetch:
    """Read a recording ahead, since many are read at once beside people's work."""
    return Prefetch(recordings=frozenset({recording_id}))


@handler(
    "recordings.identify",
    clause="P7",
    about=lambda recording_id, **_: f"recording:{recording_id}",
    prefetch=_rows_to_prefetch,
)
def identify_call(ctx: Context, recording_id: int, stamp: str, audio: str) -> Result[None]:
    """P7: store the audio's hash, which identifies the call from now on, however its file is moved or touched. It isn't
    stored if the recording changed (its `stamp`) since it was read.
    """
    recording = ctx.store.recordings.get(recording_id)
    if recording is None or recording.stamp != stamp or recording.audio:
        return Result(None, quiet=True)
    recording.audio = audio
    return Result(None)


@handler("recordings.wave", clause="P7")
def store_waveform(ctx: Context, recording: int, stamp: str, peaks: list[float]) -> Result[None]:
    """P7: store the waveform for the next listener, unless the recording changed (its `stamp`) since it was read. It
    reveals nothing beyond the audio, so no log entry is needed.
    """
    ctx.store.recordings.keep_waveform(recording, stamp, peaks)
    return Result(None, quiet=True)


def _place_on_line(
    policy: Policy, shown: dict[str, Any], operators: Mapping[tuple[str, datetime], int]
) -> dict[str, Any]:
    """Return what the register keeps of a call that the recording system shows: also its operator, its moment of
    erasure, its day and whether its line is ours.
    """
    line = policy.line(shown["line"])
    started: datetime = shown["started"]
    moment = erase_at(started, line.time_zone, policy.retention.months) if line else None
    return {
        **shown,
        "operator_id": operators.get((shown["operator_key"], started)),
        "audio": shown.get("audio", ""),
        "erase_at": moment,
        "local_day": line_day(policy, shown["line"], started).isoformat(),
        "found_by": searches.found_words(shown["caller"], compact_reference(shown["crm"])),
        "state": "present" if line else "out_of_scope",
    }


def _follow_row(
    ctx: Context, row: dict[str, Any], before: Recording | None, replaced: Recording | None
) -> dict[str, Any]:
    """Continue a row from the earlier state of the same recording, or from the one it replaced.

    P12: the moment of erasure was fixed when the call was first seen, so changed metadata can't keep audio alive. Only
    a wrong start is corrected, and never to one after the date of its file.
    """
    if before is None:
        unsure = replaced is not None and not _is_another(row, replaced)
        return {**row, "seen_at": ctx.now, **({"erase_at": replaced.erase_at} if replaced and unsure else {})}
    moment = row["erase_at"] if _is_corrected(row, before) else before.erase_at or row["erase_at"]
    state = before.state if before.state in KEPT_CLOSED else _state_kept(ctx, before)
    kept = {"erase_at": moment, "seen_at": before.seen_at, "audio": row["audio"] or before.audio}
    return {**row, **kept, **({"state": state} if state else {})}


def _is_corrected(row: dict[str, Any], before: Recording) -> bool:
    """P12: return True if a recorder's clock was corrected: the new start fits the file's date better, or the call no
    longer counts as first seen past its moment.
    """
    late = seen_late(before.erase_at, before.seen_at) and not seen_late(row["erase_at"], before.seen_at)
    written, started = row.get("modified") or before.seen_at, row["started"]
    return late or (written is not None and started <= written < started + abs(written - before.started))


ROOM = Room(
    "recordings",
    buttons={telling.BUTTON: Shows(telling.calls_page, telling.LABEL)},
    searches={"recordings": Search(finding.find_calls, finding.chosen_calls)},
)


@handler("recordings.not_registered", clause="P4", about="system")
def note_files(
    ctx: Context, system: str, found: Sequence[Mapping[str, Any]], no_more: Sequence[int] = ()
) -> Result[None]:
    """Note files that couldn't be registered, as the recorder describes them; `no_more` are the ids of noted files that
    are gone.

    P4: a registered call keeps its moment even if its metadata breaks.
    """
    names = [one["native_id"] for one in found]
    known = {one.native_id: one for one in ctx.store.recordings.unregistered(UnregisteredFile.system == system)}
    calls = ctx.store.recordings.names(system, names, Recording.state.in_(recordings.THERE))
    unregistered = [one for one in found if one["native_id"] not in calls]
    new = sum(_note_file(ctx, system, one, known.get(one["native_id"])) for one in unregistered)
    ended = (*(ctx.store.row(UnregisteredFile, one) for one in no_more), *(known.get(one) for one in calls))
    over = sum(_end_file(ctx, one) for one in ended)
    return Result(None, detail={"new": new, "over": over}, quiet=not (new or over))


def _note_file(ctx: Context, system: str, shown: Mapping[str, Any], before: UnregisteredFile | None) -> bool:
    """Store a file that couldn't be registered. Return True if it is new: another file under a known name counts, and
    gets its own number.
    """
    if before is not None and (before.size, before.modified) == (shown["size"], shown["modified"]):
        before.why, before.stamp = shown["why"], shown["stamp"]
        return False
    _end_file(ctx, before)
    ctx.store.insert(UnregisteredFile(system=system, first_seen=ctx.now, **shown))
    return True


def _end_file(ctx: Context, file: UnregisteredFile | None) -> bool:
    """Note that a file is gone or registered by now, and forget its name; return False if there was nothing to do."""
    if file is None or file.over_at is not None:
        return False
    file.over_at, file.native_id, file.stamp = ctx.now, "", ""  # its name goes
    return True
