"""The sample company's roles, and others of the same kind, for the rules of who decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from itertools import chain, combinations
from typing import Any

from handlers.policy import Policy
from handlers.policy.terms import Period, Role
from handlers.policy.values import RoleName
from handlers.rules.deciders import RequestCircumstances
from handlers.rules.refusal import Refused
from handlers.rules.routing import Authority, Involved, authority, may_decide

TODAY = date(2026, 11, 24)
AWAY = Period.model_validate({"from": TODAY, "to": TODAY})
TARA, DEVEN = "tara.lindqvist@fernhill.example", "deven.okafor@fernhill.example"
HELENA, HENRIK = "helena.marsh@fernhill.example", "henrik.solberg@fernhill.example"
RUTH, ANNA, OTTO = "ruth.adeyemi@fernhill.example", "anna.quill@fernhill.example", "otto@fernhill.example"
MILES = "miles.fairweather@fernhill.example"

LEADER: RoleName = "team_leader"
HEAD: RoleName = "head_of_customer_success"
HR: RoleName = "manager_human_resources"
FALLBACK: RoleName = "breach_fallback"
ROLES = (LEADER, HEAD, HR)
ROLE_OF = {TARA: LEADER, DEVEN: LEADER, HELENA: HEAD, HENRIK: HEAD, RUTH: HR, OTTO: HR, MILES: FALLBACK}
NOBODY: frozenset[str] = frozenset()


def staffed(policy: Policy, holders: tuple[str, ...], deputies: tuple[tuple[str, ...], ...], *away: str) -> Policy:
    """The shipped policy with other people in the three roles; those in `away` are away from all they hold."""
    held: dict[str, Role] = {
        name: policy.role(name).model_copy(
            update={"holder": holder, "deputies": standing_in, "away": (AWAY,) if holder in away else ()}
        )
        for name, holder, standing_in in zip(ROLES, holders, deputies, strict=True)
    }
    return policy.model_copy(update={"roles": policy.roles.model_copy(update=held)})


def with_away(policy: Policy, *away: str) -> Policy:
    return staffed(policy, (TARA, HELENA, RUTH), ((DEVEN,), (HENRIK,), (OTTO,)), *away)


def subsets(people: tuple[str, ...], most: int | None = None) -> list[frozenset[str]]:
    sizes = range((len(people) if most is None else most) + 1)
    return [frozenset(some) for some in chain.from_iterable(combinations(people, size) for size in sizes)]


def involving(told: Mapping[str, Any]) -> dict[str, Any]:
    """What circumstances are made of, each group of the involved by its name among them."""
    frozen = {name: frozenset(one) if isinstance(one, set) else one for name, one in told.items()}
    own = {name: frozen.pop(name) for name in ("askers", "operators", "concerned") if name in frozen}
    return {"involved": Involved(**own), **frozen}


def matter(
    policy: Policy, requester: str, reason: str, *operators: str, unreachable: frozenset[str] = NOBODY
) -> RequestCircumstances:
    """A request of today's."""
    return RequestCircumstances(
        policy=policy,
        today=TODAY,
        involved=Involved(frozenset({requester}), frozenset(operators)),
        reason=reason,
        unreachable=unreachable,
    )


def concerning(about: RequestCircumstances, concerned: frozenset[str]) -> RequestCircumstances:
    """The same, where it concerns these."""
    return replace(about, involved=replace(about.involved, concerned=concerned))


def may(about: RequestCircumstances, decider: str, *asked: str) -> Authority | None:
    """The authority of a decider, or None when refused; both ways to ask agree."""
    try:
        found = may_decide(about, decider, frozenset(asked))
    except Refused:
        found = None
    assert authority(about, decider, frozenset(asked)) == found
    return found
