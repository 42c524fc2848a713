"""Who is new, and as what somebody meets the bot: by the policy's roles alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from handlers.policy import Policy
from handlers.policy.values import RoleName

NEW_FOR = timedelta(days=1)
"""How long the first home greets: whoever looks in the evening finds it in the morning, and then it is gone."""
Met = Literal[RoleName, "deputy", "handler", "reviewer", "staff"]
WEIGHTIEST: tuple[RoleName, ...] = (
    "manager_human_resources", "head_of_customer_success", "team_leader", "breach_fallback",
)  # fmt: skip


class As(NamedTuple):
    """As what somebody meets the bot; `title` is that of the role, of which a deputy stands in; empty where there is none."""

    met: Met
    title: str = ""


def is_new(first: datetime | None, now: datetime, *, asked: bool) -> bool:
    """Whether the home greets: from when it was first shown (`first`, aware; None where it never was) for a day, and until something is asked."""
    return first is not None and not asked and now - first < NEW_FOR


def meets(policy: Policy, email_key: str) -> As:
    """As what this person meets the bot, by the address in its normal form: the weightiest of several roles, a role before a deputy's."""
    roles = [(name, policy.role(name)) for name in WEIGHTIEST]
    for name, role in roles:
        if role.holder == email_key:
            return As(name, role.title)
    for _, role in roles:
        if email_key in role.deputies:
            return As("deputy", role.title)
    if email_key in policy.customers.handlers:
        return As("handler")
    return As("reviewer" if email_key in policy.roles.reviewers.holders else "staff")
