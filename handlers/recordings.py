"""The recording register: what the call recording system holds, and finding a call in it (P4, P7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from handlers.acting import Act, Done, Intent
from handlers.approved import subject
from handlers.cards import Option
from handlers.room import Room, Search
from handlers.rules import calls
from handlers.rules import search as rule
from handlers.rules.policy import Policy
from handlers.words import length_words, masked, moment_words
from storage.recordings import Wanted
from storage.records import Recording

MOST_OPTIONS = 40
LONGEST_ID = 10  # digits


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

    @property
    def subject(self) -> str:
        return subject(self.recording)


def register(act: Act, wanted: Register) -> Done[Registered]:
    """P4: calls of a line that the policy doesn't name are kept out of reach and counted.

    P7: another call under a known name is a new version of it, of which nothing was approved.
    """
    known = act.store.recordings.known(wanted.system, [one["native_id"] for one in wanted.found])
    found = [_followed(_placed(act.policy, one), known.get(one["native_id"])) for one in wanted.found]
    others = [known[one["native_id"]].id for one in found if _becomes_another(one, known.get(one["native_id"]))]
    about, read = _read(found, known)
    new, changed = act.store.recordings.register(wanted.system, found)
    if wanted.gone:
        act.store.recordings.lose(wanted.system, wanted.gone)
    outside = sum(one["state"] == "out_of_scope" for one in found)
    detail = {"new": new, "changed": changed, "gone": len(wanted.gone), "out_of_scope": outside}
    detail |= {"other_calls": others} if others else {}
    return Done(
        Registered(new, changed), subject=about, detail=detail | read, quiet=not (new or changed or wanted.gone)
    )


def identify(act: Act, wanted: Identify) -> Done[None]:
    """P7: from now on the call is known by its content, however often its file is moved or touched."""
    recording = act.store.recordings.get(wanted.recording)
    if recording is None or recording.stamp != wanted.stamp or recording.identity:
        return Done(None, quiet=True)
    who = (recording.line, recording.caller, recording.operator_key)
    recording.identity = calls.identity(*who, recording.started, wanted.audio)
    return Done(None, detail=_as_read(recording.version, recording.identity, recording.stamp))


def find(act: Act, typed: str) -> list[Option]:
    """P7: calls that match what was typed and that this person may know of, newest first."""
    me = act.me
    zone = act.policy.lines[act.policy.company.home_line].time_zone
    search = rule.query(typed, act.now, me.zone or zone)
    narrowed, operator = rule.scope(act.policy, me.email_key)
    wanted = Wanted(search.digits, search.words, search.day, narrowed, operator)
    found = act.store.recordings.find(wanted, MOST_OPTIONS)
    return [_option(act.policy, one, act.now) for one in found if one.line in act.policy.lines]


def named(act: Act, values: Iterable[str]) -> list[Option]:
    """P7: calls that were chosen before, in that order; those that this person may not know of are left out."""
    me, found = act.me.email_key, act.store.recordings.present(filter(None, map(_id, values)))
    known = (one for one in found if rule.may_know(act.policy, me, one.department, one.operator_key, one.line))
    return [_option(act.policy, one, act.now) for one in known]


def _id(value: str) -> int:
    """The id that was chosen; 0 for what can be none (a client may send anything)."""
    number = int(value) if value.isascii() and value.isdigit() and len(value) <= LONGEST_ID else 0
    return number if number < 2**31 else 0


def _placed(policy: Policy, found: dict[str, Any]) -> dict[str, Any]:
    line = policy.line(found["line"])
    started: datetime = found["started"]
    zone = ZoneInfo(line.time_zone) if line else started.tzinfo
    words = [found["operator_name"], found["crm"], found["operator_key"].split("@")[0]]
    audio = found.get("audio", "")
    return {
        **{name: value for name, value in found.items() if name != "audio"},
        "identity": calls.identity(found["line"], found["caller"], found["operator_key"], started, audio),
        "local_day": started.astimezone(zone).date().isoformat(),
        "found_by": " ".join(words).casefold(),
        "state": "present" if line else "out_of_scope",
    }


def _followed(row: dict[str, Any], before: Recording | None) -> dict[str, Any]:
    """A row as what comes after the recording of before: the same version where that is proved, else the next one."""
    if before is None:
        return {**row, "identity": ""}
    if before.stamp == row["stamp"] and not _told_otherwise(row, before):
        return {**row, "identity": before.identity}
    if calls.same(before.identity, row["identity"]):
        return row
    operators = dict.fromkeys([*before.operators_before.split(), before.operator_key])
    return {**row, "version": before.version + 1, "operators_before": "\n".join(operators)}


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


def _option(policy: Policy, recording: Recording, now: datetime) -> Option:
    # In the line's time, which is also the one that a day is looked for by.
    started = moment_words(recording.started, policy.lines[recording.line].time_zone, now)
    small = [recording.direction, masked(recording.caller), length_words(recording.seconds), recording.crm]
    label = f"{started} · {recording.operator_name}"
    return Option(str(recording.id), label, " · ".join(part for part in small if part))


ROOM = Room(
    "recordings",
    does=(Register.by(register), Identify.by(identify)),
    searches={"recordings": Search(find, named)},
)
