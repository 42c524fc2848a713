"""Whether a day's erasures stop, by what is stored: read before anything is erased, and by whoever only wants to know (P12)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from handlers.policy import Policy
from handlers.rules.breaker import Span, day_of, days_before, stops, usual
from storage.stopped_runs import Brought
from storage.store import Store


@dataclass(frozen=True, slots=True)
class Judged:
    """What a day brings, beside what is usual. `register` and `usual` are 0 where the day brings too little to ask for them."""

    span: Span
    brought: Brought
    stops: bool
    register: int = 0
    usual: float = 0


def judge(store: Store, policy: Policy, now: datetime, unclosed: int = 0) -> Judged:
    """The company's day of `now` (aware), as it stands; with calls that will have been closed before anything is erased."""
    span, runs, breaker = day_of(policy, now), store.stopped_runs, policy.retention.breaker
    brought = runs.brought(span.begins, span.ends, now)
    brought = replace(brought, waiting=brought.waiting + unclosed)
    if brought.number <= breaker.least:
        return Judged(span, brought, stops=False)
    register = runs.register() + brought.erased
    median = usual([runs.erased(one.begins, one.ends) for one in days_before(policy, span.day)])
    return Judged(span, brought, stops(breaker, brought.number, register, median), register, median)
