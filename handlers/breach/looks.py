"""What the program looks at before it wants anything of reports: reads that say no more than whether there is something to do (P13)."""

from __future__ import annotations

from datetime import datetime

from handlers.breach.messages import LONGEST_WAIT
from storage.breaches import Breaches
from storage.database.store import Store


def any_reports(store: Store) -> bool:
    """Whether there is a report at all."""
    return Breaches(store.session).any()


def messages_wait(store: Store, now: datetime) -> bool:
    """Whether a message about a report is to go out now."""
    return Breaches(store.session).has_notices(now, LONGEST_WAIT)


def traces(store: Store) -> dict[str, str]:
    """What the journal is still to be told: random ids, and of each whether a sight ended or a key was destroyed."""
    return Breaches(store.session).traces()
