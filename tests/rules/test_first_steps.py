"""As what somebody meets the bot, and for how long the first home greets: by the policy's roles and the clock alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from handlers.policy import Policy
from handlers.rules.first_steps import NEW_FOR, is_new, meets
from tests.each import each

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@each(
    ("first", "asked", "new"),
    [
        (None, False, False),
        (NOW, False, True),
        (NOW, True, False),
        (NOW - DAY + SECOND, False, True),
        (NOW - DAY, False, False),
        (NOW - 30 * DAY, False, False),
        (NOW + DAY, False, True),  # a clock that went back
    ],
)
def test_whoever_is_new_is_so_for_a_day_and_until_something_is_asked(
    first: datetime | None, asked: bool, new: bool
) -> None:
    assert NEW_FOR == DAY
    assert is_new(first, NOW, asked=asked) is new


@each(
    ("who", "met", "title"),
    [
        ("ruth.adeyemi", "manager_human_resources", "Manager, Human Resources"),
        ("helena.marsh", "head_of_customer_success", "Head of Customer Success"),
        ("tara.lindqvist", "team_leader", "Customer Success Specialist Team Leader"),
        ("miles.fairweather", "breach_fallback", "Managing Director"),
        ("deven.okafor", "deputy", "Customer Success Specialist Team Leader"),
        ("henrik.solberg", "deputy", "Head of Customer Success"),
        ("cora.bellamy", "handler", ""),
        ("quinn.abara", "reviewer", ""),
        ("anna.quill", "staff", ""),
        ("somebody.else", "staff", ""),
    ],
)
def test_p9_everybody_meets_it_in_the_own_role(policy: Policy, who: str, met: str, title: str) -> None:
    assert meets(policy, f"{who}@fernhill.example") == (met, title)


def test_p9_of_several_roles_the_weightiest_is_told_and_a_role_before_a_deputys(policy: Policy) -> None:
    tara = policy.roles.team_leader.holder
    head = policy.roles.head_of_customer_success
    both = policy.roles.model_copy(update={"head_of_customer_success": head.model_copy(update={"deputies": (tara,)})})
    assert meets(policy.model_copy(update={"roles": both}), tara).met == "team_leader"
    ruled = policy.roles.model_copy(update={"head_of_customer_success": head.model_copy(update={"holder": tara})})
    assert meets(policy.model_copy(update={"roles": ruled}), tara).met == "head_of_customer_success"
