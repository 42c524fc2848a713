"""The sample company's roles, and others of the same kind, for the rules of who decides."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from itertools import chain, combinations
from typing import Any, TypeVar

from handlers.policy import Policy, RoleName
from handlers.policy.terms import Period, Role
from handlers.rules import Refused
from handlers.rules.access import RequestCircumstances
from handlers.rules.routing import Authority, Involved, authority_of, may_decide
from tests.seats import address, number, seated

P = TypeVar("P", int, str)
TODAY = date(2026, 11, 24)
AWAY = Period.model_validate({"from": TODAY, "to": TODAY})
TARA, DEVEN, HELENA, HENRIK, RUTH, ANNA, OTTO, MILES = (
    number(f"{name}@fernhill.example")
    for name in (
        "tara.lindqvist", "deven.okafor", "helena.marsh", "henrik.solberg", "ruth.adeyemi", "anna.quill", "otto", "miles.fairweather",
    )
)  # fmt: skip

LEADER: RoleName = "team_leader"
HEAD: RoleName = "head_of_customer_success"
HR: RoleName = "manager_human_resources"
FALLBACK: RoleName = "breach_fallback"
ROLES = (LEADER, HEAD, HR)
ROLE_OF = {TARA: LEADER, DEVEN: LEADER, HELENA: HEAD, HENRIK: HEAD, RUTH: HR, OTTO: HR, MILES: FALLBACK}
NOBODY: frozenset[int] = frozenset()


def staffed(policy: Policy, holders: tuple[int, ...], deputies: tuple[tuple[int, ...], ...], *away: int) -> Policy:
    """Return the shipped policy with other people in the three roles; those in `away` are away from all they hold."""
    held: dict[str, Role] = {
        name: policy.role(name).model_copy(
            update={
                "holder": address(holder),
                "deputies": tuple(map(address, standing_in)),
                "away": (AWAY,) if holder in away else (),
            }
        )
        for name, holder, standing_in in zip(ROLES, holders, deputies, strict=True)
    }
    return seated(policy.model_copy(update={"roles": policy.roles.model_copy(update=held)}))


def with_away(policy: Policy, *away: int) -> Policy:
    return staffed(policy, (TARA, HELENA, RUTH), ((DEVEN,), (HENRIK,), (OTTO,)), *away)


def subsets(people: tuple[P, ...], most: int | None = None) -> list[frozenset[P]]:
    sizes = range((len(people) if most is None else most) + 1)
    return [frozenset(some) for some in chain.from_iterable(combinations(people, size) for size in sizes)]


def involving(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what circumstances are made of, with each group of the involved under its name."""
    frozen = {name: frozenset(one) if isinstance(one, set) else one for name, one in told.items()}
    own = {name: frozen.pop(name) for name in ("askers", "operators", "concerned") if name in frozen}
    return {"involved": Involved(**own), **frozen}


def matter(
    policy: Policy, requester: int, reason: str, *operators: int, unreachable: frozenset[int] = NOBODY
) -> RequestCircumstances:
    """Return a request of today's."""
    own = Involved(frozenset({requester}), frozenset(operators))
    return RequestCircumstances(policy=policy, today=TODAY, involved=own, reason=reason, unreachable=unreachable)


def concerning(about: RequestCircumstances, concerned: frozenset[int]) -> RequestCircumstances:
    """Return the same, concerning these people."""
    return replace(about, involved=replace(about.involved, concerned=concerned))


def may(about: RequestCircumstances, decider: int, *asked: int) -> Authority | None:
    """Return a decider's authority, or None if refused; both ways to ask must agree."""
    try:
        found = may_decide(about, decider, frozenset(asked))
    except Refused:
        found = None
    assert authority_of(about, decider, frozenset(asked)) == found
    return found
