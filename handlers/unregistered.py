"""Files that could not be registered: listed under a number until they are mended, replaced or gone (P4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from handlers.acting import Act, Done
from handlers.handling import handler
from storage.tables.erasures import UnregisteredFile


@handler("recordings.not_registered", clause="P4", about="system")
def not_registered(
    act: Act, system: str, found: Sequence[Mapping[str, Any]], no_more: Sequence[int] = ()
) -> Done[None]:
    """P4: a call of the register has a moment already, whatever became of its metadata."""
    names = [one["native_id"] for one in found]
    known = act.store.unregistered.named(system, names)
    calls = act.store.recordings.there(system, names)
    those = [one for one in found if one["native_id"] not in calls]
    new = sum(_noted(act, system, one, known.get(one["native_id"])) for one in those)
    gone = (*map(act.store.unregistered.get, no_more), *(known.get(one) for one in calls))
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
