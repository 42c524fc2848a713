"""Who holds which role by another text of the policy, and who holds two roles that check each other (P14)."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.policy import Policy
from handlers.policy.values import RoleName

CHECKS: tuple[tuple[RoleName, RoleName], ...] = (
    ("team_leader", "head_of_customer_success"),
    ("team_leader", "manager_human_resources"),
    ("head_of_customer_success", "manager_human_resources"),
    ("head_of_customer_success", "breach_fallback"),
    ("manager_human_resources", "breach_fallback"),
)
"""Roles that follow each other in the chain of some matter: each decides what the other may not, or hears of it."""


@dataclass(frozen=True, slots=True)
class Change:
    """A role, by its title of now, and who filled it before and fills it now: the holder first, then the deputies."""

    name: str
    title: str
    before: tuple[str, ...]
    now: tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class Twice:
    """Somebody (address in normal form) who holds or deputises in two roles that check each other."""

    person: str
    one: RoleName
    other: RoleName


def changes(before: Policy, now: Policy) -> tuple[Change, ...]:
    """Every role that others fill than before, or in another order."""
    seats, former = _seats(now), _seats(before)
    return tuple(
        Change(name, title, former[name][1], people)
        for name, (title, people) in seats.items()
        if people != former[name][1]
    )


def twice(policy: Policy) -> frozenset[Twice]:
    """Whoever is in two roles that check each other."""
    held = {name: {role.holder, *role.deputies} for name, role in policy.roles.held().items()}
    return frozenset(Twice(who, one, other) for one, other in CHECKS for who in held[one] & held[other])


def _seats(policy: Policy) -> dict[str, tuple[str, tuple[str, ...]]]:
    reviewers = policy.roles.reviewers
    found = {"reviewers": (reviewers.title, reviewers.holders)}
    for name, role in policy.roles.held().items():
        found[name] = (role.title, (role.holder, *role.deputies))
    return found
