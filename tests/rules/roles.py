"""The sample company's roles, and others of the same kind, for the rules of who decides."""

from __future__ import annotations

from datetime import date
from itertools import chain, combinations

from handlers.policy import Policy
from handlers.policy.terms import Period, Role
from handlers.policy.values import RoleName
from handlers.rules.deciders import RequestCircumstances
from handlers.rules.refusal import Refused
from handlers.rules.routing import Authority, authority, may_decide

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


def matter(
    policy: Policy, requester: str, reason: str, *operators: str, unreachable: frozenset[str] = NOBODY
) -> RequestCircumstances:
    """A request of today's."""
    return RequestCircumstances(
        policy=policy,
        today=TODAY,
        requester=requester,
        operators=frozenset(operators),
        reason=reason,
        unreachable=unreachable,
    )


def may(about: RequestCircumstances, decider: str, *asked: str) -> Authority | None:
    """The authority of a decider, or None when refused; both ways to ask agree."""
    try:
        found = may_decide(about, decider, frozenset(asked))
    except Refused:
        found = None
    assert authority(about, decider, frozenset(asked)) == found
    return found
