"""What a scene is: a state of one thing, and how people get there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date

from handlers.policy import Policy
from handlers.policy.terms import Outage, Period, Role
from handlers.policy.values import RoleName
from tests.gallery.house import House
from tests.gallery.shots import Shot

Play = Callable[[House], Awaitable[list[Shot]]]
Change = Callable[[Policy], Policy]
TODAY = date(2026, 11, 24)


def unchanged(policy: Policy) -> Policy:
    return policy


@dataclass(frozen=True, slots=True)
class Scene:
    """`play` acts in a fresh house and brings home the pictures; `change` makes the policy that it needs."""

    group: str
    name: str
    play: Play
    change: Change = unchanged


def away(*roles: RoleName, deputies: dict[RoleName, tuple[str, ...]] | None = None) -> Change:
    """The policy on a day when these roles' holders are away, with these deputies (the policy's own otherwise)."""

    def changed(policy: Policy) -> Policy:
        period = Period.model_validate({"from": TODAY, "to": TODAY})
        held: dict[str, Role] = {}
        for name in roles:
            role = policy.role(name)
            there = (deputies or {}).get(name, role.deputies)
            held[name] = role.model_copy(update={"away": (period,), "deputies": there})
        return policy.model_copy(update={"roles": policy.roles.model_copy(update=held)})

    return changed


def silent(first: date, last: date) -> Change:
    """The policy of a company whose announcement was down on these days."""
    outage = Outage.model_validate({"from": first, "to": last})
    return lambda policy: policy.model_copy(update={"announcements_down": (outage,)})
