"""Whom an alarm goes to, one after the other, and whom somebody turns to where nobody could be told."""

from __future__ import annotations

from handlers.policy import Policy
from handlers.policy.terms import Role
from handlers.rules.alarms import hearers, turn_to
from tests.each import each

from .roles import AWAY, MILES, OTTO, RUTH, TODAY, subsets

DEPUTY = "dana@fernhill.example"
FOUR = (RUTH, OTTO, MILES, DEPUTY)


def staffed(policy: Policy, *away: str) -> Policy:
    """Both roles have a deputy."""
    held: dict[str, Role] = {
        name: policy.roles.held()[name].model_copy(  # type: ignore[index]
            update={"holder": holder, "deputies": (deputy,), "away": (AWAY,) if holder in away else ()}
        )
        for name, holder, deputy in (("manager_human_resources", RUTH, OTTO), ("breach_fallback", MILES, DEPUTY))
    }
    return policy.model_copy(update={"roles": policy.roles.model_copy(update=held)})


@each(
    ("away", "never", "order"),
    [
        ((), (), [RUTH, OTTO, MILES, DEPUTY]),
        ((), (RUTH,), [OTTO, MILES, DEPUTY]),
        ((), (RUTH, OTTO, MILES), [DEPUTY]),
        ((), FOUR, []),
        ((RUTH,), (), [OTTO, MILES, DEPUTY, RUTH]),
        ((RUTH, MILES), (OTTO,), [DEPUTY, RUTH, MILES]),
    ],
)
def test_holders_come_first_then_deputies_then_the_last_resort_and_whoever_is_away_at_the_end(
    policy: Policy, away: tuple[str, ...], never: tuple[str, ...], order: list[str]
) -> None:
    assert list(hearers(staffed(policy, *away), TODAY, frozenset(never))) == order


def test_nobody_hears_of_the_own_case_and_everybody_else_does_in_the_end(policy: Policy) -> None:
    for away in subsets((RUTH, MILES)):
        for never in subsets(FOUR):
            found = hearers(staffed(policy, *away), TODAY, never)
            assert set(found) == set(FOUR) - never
            assert len(found) == len(set(found))


@each(
    ("me", "title"),
    [(OTTO, "Manager, Human Resources"), (RUTH, "Managing Director"), (MILES, "Manager, Human Resources")],
)
def test_whom_to_turn_to_is_somebody_else(policy: Policy, me: str, title: str) -> None:
    assert turn_to(staffed(policy), [me]) == title
