"""The recording register: what the call recording system holds, and finding a call in it (P4, P7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from handlers.cards import Option
from handlers.door import Act, Done, Intent
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
    """The clock: recordings that the recording system has shown, and those that are gone from it."""

    action: ClassVar[str] = "recordings.register"
    clause: ClassVar[str] = "P4"
    system: str
    found: Sequence[dict[str, Any]]
    gone: Sequence[str]

    @property
    def subject(self) -> str:
        return self.system


def register(act: Act, wanted: Register) -> Done[Registered]:
    """P4: calls of a line that the policy doesn't name are kept out of reach and counted."""
    found = [_placed(act.policy, one) for one in wanted.found]
    new, changed = act.store.recordings.register(wanted.system, found)
    if wanted.gone:
        act.store.recordings.lose(wanted.system, wanted.gone)
    outside = sum(one["state"] == "out_of_scope" for one in found)
    detail = {"new": new, "changed": changed, "gone": len(wanted.gone), "out_of_scope": outside}
    return Done(Registered(new, changed), detail=detail, quiet=not (new or changed or wanted.gone))


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
    return {
        **found,
        "local_day": started.astimezone(zone).date().isoformat(),
        "found_by": " ".join(words).casefold(),
        "state": "present" if line else "out_of_scope",
    }


def _option(policy: Policy, recording: Recording, now: datetime) -> Option:
    # In the line's time, which is also the one that a day is looked for by.
    started = moment_words(recording.started, policy.lines[recording.line].time_zone, now)
    small = [recording.direction, masked(recording.caller), length_words(recording.seconds), recording.crm]
    label = f"{started} · {recording.operator_name}"
    return Option(str(recording.id), label, " · ".join(part for part in small if part))
