"""Whom an alarm goes to: the Manager, Human Resources, and past whoever can't be told to `breach_fallback`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from handlers.policy import Policy
from handlers.policy.values import RoleName

ROLES: tuple[RoleName, ...] = ("manager_human_resources", "breach_fallback")
UNDECIDED = "undecided"
"""Why an alarm sounds that those who were asked are silent: none of them is told."""


def hearers(policy: Policy, today: date, never: frozenset[str]) -> tuple[str, ...]:
    """Whom to tell, one after the other until one of them is told: holders, then deputies, and whoever is away last.

    `never` are those whom it is about, and those who were tried already; addresses in normal form.
    """
    roles = (policy.role(name) for name in ROLES)
    order = dict.fromkeys(who for role in roles for who in (role.holder, *role.deputies))
    left = (who for who in order if who not in never)
    return tuple(sorted(left, key=lambda who: policy.is_away(who, today)))


def turn_to(policy: Policy, never: Collection[str]) -> str:
    """The title of whom somebody should turn to in person, where the bot could tell nobody; empty where nobody is left.

    `never` are whoever asks and those whom it concerns, by address.
    """
    return next((policy.role(name).title for name in ROLES if policy.role(name).holder not in never), "")
