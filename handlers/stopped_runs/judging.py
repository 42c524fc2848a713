"""Whether a day's erasures stop, by what is stored: read before anything is erased, and by whoever only wants to know (P12)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from handlers.policy import Policy
from handlers.rules.breaker import Span, day_of, days_before, stops, stops_restored, usual
from storage.database.store import Store
from storage.stopped_runs import Brought


@dataclass(frozen=True, slots=True)
class Judged:
    """What a day brings, and why it stops: it is `unusual`, or the database was `restored` then (aware) and nobody answered that.

    `register` and `usual` are 0 where the day is not unusual, as far as they had to be asked for at all.
    """

    span: Span
    brought: Brought
    unusual: bool = False
    register: int = 0
    usual: float = 0
    restored: datetime | None = None

    @property
    def stops(self) -> bool:
        return self.unusual or self.restored is not None


def judge(store: Store, policy: Policy, now: datetime, unclosed: int = 0) -> Judged:
    """The company's day of `now` (aware), as it stands; with calls that will have been closed before anything is erased."""
    span, runs, breaker = day_of(policy, now), store.stopped_runs, policy.retention.breaker
    brought = runs.brought(span.begins, span.ends, now)
    brought = replace(brought, waiting=brought.waiting + unclosed)
    at = runs.restored(now)
    restored = at if stops_restored(at, brought.left) else None
    if brought.number <= breaker.least:
        return Judged(span, brought, restored=restored)
    register = runs.register() + brought.erased
    median = usual([runs.erased(one.begins, one.ends) for one in days_before(policy, span.day)])
    if not stops(breaker, brought.number, register, median):
        return Judged(span, brought, restored=restored)
    return Judged(span, brought, True, register, median, restored)
