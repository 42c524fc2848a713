"""Files that could not be registered: listed under a number until they are mended, replaced or gone (P4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handlers.acting import Act, Done, Intent
from handlers.room import Room
from storage.tables.erasures import UnregisteredFile


@dataclass(frozen=True)
class NotRegistered(Intent[None], action="recordings.not_registered", clause="P4"):
    """The clock: files that the recording system shows and that can't be registered, and numbers of those that it shows no more.

    In `found` each has what `UnregisteredFile` says of it: `native_id`, `why`, `stamp`, `size`, `modified`.
    """

    system: str
    found: Sequence[Mapping[str, Any]]
    over: Sequence[int] = ()

    @property
    def subject(self) -> str:
        return self.system


def not_registered(act: Act, intent: NotRegistered) -> Done[None]:
    """P4: a call of the register has a moment already, whatever became of its metadata."""
    names = [one["native_id"] for one in intent.found]
    known = act.store.unregistered.named(intent.system, names)
    calls = act.store.recordings.there(intent.system, names)
    those = [one for one in intent.found if one["native_id"] not in calls]
    new = sum(_noted(act, intent.system, one, known.get(one["native_id"])) for one in those)
    gone = (*map(act.store.unregistered.get, intent.over), *(known.get(one) for one in calls))
    over = sum(_over(act, one) for one in gone)
    return Done(None, detail={"new": new, "over": over}, quiet=not (new or over))


def _noted(act: Act, system: str, told: Mapping[str, Any], before: UnregisteredFile | None) -> bool:
    """Whether it is another file than before, which gets a number of its own."""
    if before is not None and (before.size, before.modified) == (told["size"], told["modified"]):
        before.why, before.stamp = told["why"], told["stamp"]
        return False
    _over(act, before)
    act.store.unregistered.add(UnregisteredFile(system=system, first_seen=act.now, **told))
    return True


def _over(act: Act, file: UnregisteredFile | None) -> bool:
    if file is None or file.over_at is not None:
        return False
    act.store.unregistered.end(file, act.now)
    return True


ROOM = Room("unregistered", does=(NotRegistered.by(not_registered),))
