"""Who holds which role by another text of the policy (P14)."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.policy import Policy


@dataclass(frozen=True, slots=True)
class Change:
    """A role, by its title of now, and who filled it before and fills it now: the holder first, then the deputies."""

    name: str
    title: str
    before: tuple[str, ...]
    now: tuple[str, ...]


def changes(before: Policy, now: Policy) -> tuple[Change, ...]:
    """Every role that others fill than before, or in another order."""
    seats, former = _seats(now), _seats(before)
    return tuple(
        Change(name, title, former[name][1], people)
        for name, (title, people) in seats.items()
        if people != former[name][1]
    )


def _seats(policy: Policy) -> dict[str, tuple[str, tuple[str, ...]]]:
    reviewers = policy.roles.reviewers
    found = {"reviewers": (reviewers.title, reviewers.holders)}
    for name, role in policy.roles.held().items():
        found[name] = (role.title, (role.holder, *role.deputies))
    return found
