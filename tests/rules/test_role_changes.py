"""P14: who fills a role by another text."""

from handlers.policy import Policy
from handlers.rules.policy_review import Change, role_changes
from tests.handlers.builders import with_role
from tests.rules.days import a_policy

RUTH, HENRIK, QUINN = "ruth.adeyemi@fernhill.example", "henrik.solberg@fernhill.example", "quinn.abara@fernhill.example"


def _with(role: str, **values: object) -> Policy:
    return with_role(a_policy(), role, **values)


def test_p14_the_same_people_are_no_change() -> None:
    assert role_changes(a_policy(), a_policy()) == role_changes(a_policy(), _with("team_leader", title="Lead")) == ()


def test_p14_another_holder_another_deputy_and_another_reviewer_are() -> None:
    for role, values, now in (
        ("head_of_customer_success", {"holder": QUINN}, (QUINN, HENRIK)),
        ("manager_human_resources", {"deputies": (QUINN,)}, (RUTH, QUINN)),
        ("reviewers", {"holders": (RUTH,)}, (RUTH,)),
    ):
        [found] = role_changes(a_policy(), _with(role, **values))
        assert isinstance(found, Change)
        assert (found.name, found.now) == (role, now)
