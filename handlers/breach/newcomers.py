"""Whoever a changed policy.yaml makes a reader sees reports one working day after the change was told, not before (P13, P14)."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from handlers.acting import Act
from handlers.policy import Policy, PolicyError, load_policy
from handlers.rules.breach import would_be_readers
from handlers.rules.calendars import calendar_of
from handlers.rules.working_days import due


def waiting(act: Act) -> frozenset[str]:
    """Those whom a text of the policy made readers so lately that the notice of it is not over (addresses in normal form).

    It is the notice of any change of roles: the same whether there are reports or not.
    """
    texts = act.store.policy_texts.all()
    calendar = calendar_of(act.policy, act.policy.company.home_line)
    found: set[str] = set()
    for before, now in pairwise(texts):
        if due(calendar, now.since, 1).at > act.now:
            found |= _readers(now.text) - _readers(before.text)
    return frozenset(found) & {seat.email for seat in would_be_readers(act.policy)}


@lru_cache(maxsize=64)
def _readers(text: str) -> frozenset[str]:
    """Whoever could read a report by a text of the policy; nobody by one that this version can't read."""
    try:
        policy: Policy = load_policy(text)
    except PolicyError:
        return frozenset()
    return frozenset(seat.email for seat in would_be_readers(policy))
