"""What the program looks at before it wants anything of reports: reads that say no more than whether there is something to do (P13)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from handlers.breach.messages import LONGEST_WAIT
from storage.breaches import COUNTED, NARROWED, Breaches, Trace
from storage.database.store import Store


def any_reports(store: Store) -> bool:
    """Whether there is a report at all."""
    return Breaches(store.session).any()


def messages_wait(store: Store, now: datetime) -> bool:
    """Whether a message about a report is to go out now."""
    return Breaches(store.session).has_notices(now, LONGEST_WAIT)


def traces(store: Store) -> list[Trace]:
    """What the journal is still to be told, in the order of random ids and marks."""
    return Breaches(store.session).traces()


def urgent(told: Iterable[Trace]) -> bool:
    """Whether some of it can't wait for the end of the day: fewer people may read a report now."""
    return any(one.kind != COUNTED for one in told)


def line(told: Trace, day: str) -> dict[str, object]:
    """What the journal says of it."""
    if told.kind in (COUNTED, NARROWED):
        return {"kind": COUNTED, "id": told.trace, "counter": told.counter, "at": day}
    return {"kind": told.kind, "id": told.trace, "at": day}
