"""Whoever a changed policy.yaml makes a reader sees reports one working day after the change was told, not before (P13, P14)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise

from handlers.acting import Act
from handlers.policy import Policy, PolicyError, load_policy
from handlers.rules.breach import FALLBACK, would_be_readers
from handlers.rules.calendars import calendar_of
from handlers.rules.working_days import due


def waiting(act: Act) -> frozenset[str]:
    """Those whom a text of the policy brought nearer to reports so lately that the notice of it is not over (normal form).

    It is the notice of any change of roles: the same whether there are reports or not. A text in force that no start has
    kept yet was told to nobody.
    """
    texts = act.store.policy_texts.all()
    # Of a text that this version can't read nobody was told whom it changed, either.
    known = [(near, one) for one in texts if (near := _read(one.text)) is not None]
    calendar, today = calendar_of(act.policy, act.policy.company.home_line), _near(act.policy)
    found: set[str] = set()
    for (before, _), (now, one) in pairwise(known):
        if due(calendar, one.since, 1).at > act.now:
            found |= _nearer(before, now)
    if known and texts[-1].digest != act.policy.digest:
        found |= _nearer(known[-1][0], today)
    return frozenset(found & today.keys())


def _nearer(before: Mapping[str, int], now: Mapping[str, int]) -> set[str]:
    """Whoever reads more than before: one who had no part in it, who would only have come in last, or a deputy who became the holder."""
    return {email for email, rank in now.items() if rank > before.get(email, 0)}


@lru_cache(maxsize=64)
def _read(text: str) -> Mapping[str, int] | None:
    """How near everybody is to reports by a text of the policy; None for one that this version can't read."""
    try:
        return _near(load_policy(text))
    except PolicyError:
        return None


def _near(policy: Policy) -> dict[str, int]:
    """3: reads every report; 2: while a holder is away; 1: where nobody else is left."""
    return {seat.email: 1 if seat.role == FALLBACK else 2 if seat.deputy else 3 for seat in would_be_readers(policy)}
