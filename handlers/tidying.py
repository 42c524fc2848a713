"""What only helped for a while is thrown away after it: keys of repeated deliveries, and codes and sessions that ended."""

from __future__ import annotations

from datetime import datetime, timedelta

from handlers.acting import Act, Done
from handlers.handling import handler
from storage.database.store import Store

KEYS = timedelta(days=2)  # no chat platform delivers anything again after that long
PASSES = timedelta(days=30)  # after their end, so that a late question finds out what a link was
A_DAY = timedelta(days=1)


@handler("records.lapse")
def lapse(act: Act) -> Done[None]:
    """Quietly: that a code was made, and until when it was good, stands in the audit log."""
    act.store.grants.forget_late_codes(act.now)
    return Done(None, quiet=True)


def lapsed(store: Store, now: datetime) -> bool:
    """Whether there is such a thing."""
    return store.grants.has_late_codes(now)


def untidy(store: Store, now: datetime) -> bool:
    """Whether anything has lain about for a day longer than it helped; so there is work about once a day."""
    late = now - PASSES - A_DAY
    return (
        store.outbox.has_keys(now - KEYS - A_DAY) or store.grants.has_passes(late) or store.customers.has_sessions(late)
    )


@handler("records.tidy")
def tidy(act: Act) -> Done[None]:
    """Quietly: what was done with a key or a code stands in the audit log for good."""
    act.store.outbox.forget_keys(act.now - KEYS)
    act.store.grants.forget_passes(act.now - PASSES)
    act.store.customers.forget_sessions(act.now - PASSES)
    return Done(None, quiet=True)
