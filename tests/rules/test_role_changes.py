"""P14: who fills a role by another text, and who is in two roles that check each other."""

from __future__ import annotations

from datetime import date
from itertools import combinations

from handlers.policy import Policy
from handlers.rules.deciders import RequestCircumstances
from handlers.rules.role_changes import CHECKS, Change, Twice, changes, twice
from tests.each import each
from tests.rules.days import a_policy

RUTH, HENRIK, QUINN = "ruth.adeyemi@fernhill.example", "henrik.solberg@fernhill.example", "quinn.abara@fernhill.example"


def _with(role: str, **values: object) -> Policy:
    policy = a_policy()
    held = getattr(policy.roles, role).model_copy(update=values)
    return policy.model_copy(update={"roles": policy.roles.model_copy(update={role: held})})


def test_p14_the_same_people_are_no_change() -> None:
    assert changes(a_policy(), a_policy()) == changes(a_policy(), _with("team_leader", title="Lead")) == ()


def test_p14_another_holder_another_deputy_and_another_reviewer_are() -> None:
    for role, values, now in (
        ("head_of_customer_success", {"holder": QUINN}, (QUINN, HENRIK)),
        ("manager_human_resources", {"deputies": (QUINN,)}, (RUTH, QUINN)),
        ("reviewers", {"holders": (RUTH,)}, (RUTH,)),
    ):
        [found] = changes(a_policy(), _with(role, **values))
        assert isinstance(found, Change)
        assert (found.name, found.now) == (role, now)


@each(
    ("role", "values", "found"),
    [
        ("team_leader", {"holder": RUTH}, {("team_leader", "manager_human_resources")}),
        ("team_leader", {"deputies": (HENRIK,)}, {("team_leader", "head_of_customer_success")}),
        ("breach_fallback", {"deputies": (RUTH,)}, {("manager_human_resources", "breach_fallback")}),
        ("breach_fallback", {"deputies": (QUINN,)}, set()),
    ],
)
def test_p14_whoever_is_in_two_roles_that_check_each_other_is_found(
    role: str, values: dict[str, object], found: set[tuple[str, str]]
) -> None:
    policy = _with(role, **values)
    assert {(one.one, one.other) for one in twice(policy)} == found
    assert all(isinstance(one, Twice) for one in twice(policy))
    assert twice(a_policy()) == frozenset()


@each("reason", ["complaint", "legal_claim"])
def test_p14_every_two_roles_of_a_chain_check_each_other(reason: str) -> None:
    """A kind of matter with another chain shows itself here."""
    case = RequestCircumstances(
        policy=a_policy(), today=date(2026, 11, 24), requester="a", operators=frozenset(), reason=reason
    )
    assert {*combinations(case.chain, 2)} <= {*CHECKS}
