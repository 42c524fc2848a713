"""The recording register: what the call recording system holds (P4, P7); `finding` looks into it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from handlers import finding
from handlers.acting import Act, Done, Intent
from handlers.approved import subject
from handlers.effects import Effect
from handlers.policy import Policy
from handlers.room import Room, Search
from handlers.rules import calls
from handlers.rules.retention import erase_at
from handlers.telling_head import tell_head
from handlers.words import counted
from storage.prefetch import Prefetch
from storage.records import Recording

MOST_NAMED = 5
VANISHED = (
    "{calls} vanished from the recording system before the time to erase {them} had come ({named} of the register). I did not "
    "erase {them}, so there is no certificate. Please find out who did. The audit log has the others, if more follow this hour."
)
OTHERWISE = (
    "The recording system now tells another start, line or operator of {calls} ({named} of the register). {they_are} erased when "
    "{they_were} to be, whatever it says. Please find out who changed that. The audit log has the others, if more follow this hour."
)

ONE = {"them": "it", "they_are": "It is", "they_were": "it was"}
MANY = {"them": "them", "they_are": "They are", "they_were": "they were"}


@dataclass(frozen=True, slots=True)
class Registered:
    """How many recordings were new, and how many changed."""

    new: int
    changed: int


@dataclass(frozen=True)
class Register(Intent[Registered]):
    """The clock: recordings that the recording system has shown, and those that are gone from it.

    In `found`, `audio` is the SHA-256 of the audio where it was read, which it is for every call that was known by it;
    such a call comes alone, so that the log's entry is about it.
    """

    action: ClassVar[str] = "recordings.register"
    clause: ClassVar[str] = "P4"
    system: str
    found: Sequence[dict[str, Any]]
    gone: Sequence[str]

    @property
    def subject(self) -> str:
        return self.system


@dataclass(frozen=True)
class Identify(Intent[None]):
    """The clock: the audio of a call that somebody asks for was read; `audio` is its SHA-256, while it had this `stamp`."""

    action: ClassVar[str] = "recordings.identify"
    clause: ClassVar[str] = "P7"
    recording: int
    stamp: str
    audio: str

    def prefetch(self, person_id: int | None) -> Prefetch:
        """Many are read at once, beside what people do."""
        return Prefetch(recordings=frozenset({self.recording}))

    @property
    def subject(self) -> str:
        return subject(self.recording)


def register(act: Act, intent: Register) -> Done[Registered]:
    """P4: calls of a line that the policy doesn't name are kept out of reach and counted.

    P7: another call under a known name is a new version of it, of which nothing was approved.
    """
    known = act.store.recordings.known(intent.system, [one["native_id"] for one in intent.found])
    found = [_followed(_placed(act.policy, one), known.get(one["native_id"])) for one in intent.found]
    others = [known[one["native_id"]].id for one in found if _becomes_another(one, known.get(one["native_id"]))]
    about, read = _read(found, known)
    vanished = _vanished(act, intent, found, known)
    otherwise = [
        before.id for row in found if (before := known.get(row["native_id"])) is not None and _retold(row, before)
    ]
    new, changed = act.store.recordings.register(intent.system, found)
    if intent.gone:
        act.store.recordings.lose(intent.system, intent.gone)
    outside = sum(one["state"] == "out_of_scope" for one in found)
    detail = {"new": new, "changed": changed, "gone": len(intent.gone), "out_of_scope": outside}
    lists = {"other_calls": others, "vanished": vanished, "told_otherwise": otherwise}
    detail |= {name: numbers for name, numbers in lists.items() if numbers}
    told = (*_told(act, vanished, VANISHED, "vanished"), *_told(act, otherwise, OTHERWISE, "told_otherwise"))
    quiet = not (new or changed or intent.gone)
    return Done(Registered(new, changed), told, subject=about, detail=detail | read, quiet=quiet)


def _vanished(act: Act, intent: Register, found: Sequence[dict[str, Any]], known: Mapping[str, Recording]) -> list[int]:
    """P12: calls whose audio is gone, or has other audio in its place, before their moment: nobody here erased them."""
    lost = act.store.recordings.known(intent.system, intent.gone) if intent.gone else {}
    replaced = [
        before for row in found if (before := known.get(row["native_id"])) is not None and _other_audio(row, before)
    ]
    there = (one for one in (*lost.values(), *replaced) if one.state == "present" and one.erase_at is not None)
    return [one.id for one in there if not one.closed(act.now)]


def _retold(row: dict[str, Any], before: Recording) -> bool:
    """P12: whether another start, line or operator is told of a call whose moment is fixed, and stays."""
    named = any(row[name] != getattr(before, name) for name in ("started", "line", "operator_key"))
    return named and before.state == "present" and before.erase_at is not None and not _other_audio(row, before)


def _told(act: Act, calls: Sequence[int], words: str, what: str) -> tuple[Effect, ...]:
    """The Head hears of these calls: once an hour, however many follow."""
    if not calls:
        return ()
    named = ", ".join(str(one) for one in calls[:MOST_NAMED])
    more = f" and {len(calls) - MOST_NAMED} more" if len(calls) > MOST_NAMED else ""
    told = words.format(calls=counted(len(calls), "call"), named=f"{named}{more}", **(ONE if len(calls) == 1 else MANY))
    return tell_head(act, told, f"{what}:{act.now:%Y%m%d%H}")


def identify(act: Act, intent: Identify) -> Done[None]:
    """P7: from now on the call is known by its content, however often its file is moved or touched."""
    recording = act.store.recordings.get(intent.recording)
    if recording is None or recording.stamp != intent.stamp or recording.identity:
        return Done(None, quiet=True)
    who = (recording.line, recording.caller, recording.operator_key)
    recording.identity = calls.identity(*who, recording.started, intent.audio)
    return Done(None, detail=_as_read(recording.version, recording.identity, recording.stamp))


def _placed(policy: Policy, found: dict[str, Any]) -> dict[str, Any]:
    line = policy.line(found["line"])
    started: datetime = found["started"]
    zone = ZoneInfo(line.time_zone) if line else started.tzinfo
    words = [found["operator_name"], found["crm"], found["operator_key"].split("@")[0]]
    audio = found.get("audio", "")
    moment = erase_at(started, line.time_zone, policy.retention.months) if line else None
    return {
        **{name: value for name, value in found.items() if name != "audio"},
        "erase_at": moment,
        "identity": calls.identity(found["line"], found["caller"], found["operator_key"], started, audio),
        "local_day": started.astimezone(zone).date().isoformat(),
        "found_by": " ".join(words).casefold(),
        "state": "present" if line else "out_of_scope",
    }


def _followed(row: dict[str, Any], before: Recording | None) -> dict[str, Any]:
    """A row as what comes after the recording of before: the same version where that is proved, else the next one."""
    if before is None:
        return {**row, "identity": ""}
    row = {**row, "erase_at": (moment := _moment(row, before))}
    if before.state == "closed" and (moment == before.erase_at or not _other_audio(row, before)):
        row["state"] = "closed"
    if before.stamp == row["stamp"] and not _told_otherwise(row, before):
        return {**row, "identity": before.identity}
    if calls.same(before.identity, row["identity"]):
        return row
    operators = dict.fromkeys([*before.operators_before.split(), before.operator_key])
    return {**row, "version": before.version + 1, "operators_before": "\n".join(operators)}


def _moment(row: dict[str, Any], before: Recording) -> datetime | None:
    """P12: fixed when the call was first seen, so that nobody keeps audio alive by what is written beside it.

    Only other audio that began at another time is another call, with a moment of its own.
    """
    moment: datetime | None = row["erase_at"]
    return moment if _other_audio(row, before) else before.erase_at or moment


def _other_audio(row: dict[str, Any], before: Recording) -> bool:
    return bool(row["size"] != before.size and row["started"] != before.started)


def _read(found: Sequence[dict[str, Any]], known: Mapping[str, Recording]) -> tuple[str, dict[str, Any]]:
    """Of a call that comes alone with its audio, and with another file than before: whom the entry is about, and what it says."""
    for row in found if len(found) == 1 else ():
        before = known.get(row["native_id"])
        if before is not None and row["identity"] and row["stamp"] != before.stamp:
            return subject(before.id), _as_read(row.get("version", before.version), row["identity"], row["stamp"])
    return "", {}


def _as_read(version: int, digest: str, stamp: str) -> dict[str, Any]:
    return {"version": version, "digest": digest, "stamp": calls.mark(stamp)}


def _becomes_another(row: dict[str, Any], before: Recording | None) -> bool:
    """Whether it is certain that another call stands under the name now; a file that nobody read may be the same one."""
    return (
        before is not None
        and row.get("version", 0) > before.version
        and (bool(before.identity) or _told_otherwise(row, before))
    )


def _told_otherwise(row: dict[str, Any], before: Recording) -> bool:
    return any(row[name] != getattr(before, name) for name in ("line", "caller", "operator_key", "started"))


ROOM = Room(
    "recordings",
    does=(Register.by(register), Identify.by(identify)),
    searches={"recordings": Search(finding.find, finding.named)},
)
