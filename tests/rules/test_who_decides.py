"""P7, P9 and "Who may decide": at the click, the people who were asked or would be asked now, and no one else."""

import pytest

from handlers.policy import Policy
from handlers.rules.refusal import Refused
from handlers.rules.routing import Authority, may_decide
from tests.each import each

from .roles import (
    ANNA,
    DEVEN,
    HEAD,
    HELENA,
    HENRIK,
    HR,
    LEADER,
    MILES,
    NOBODY,
    OTTO,
    RUTH,
    TARA,
    matter,
    may,
    staffed,
    with_away,
)


def test_a_superior_who_was_not_asked_does_not_decide(policy: Policy) -> None:
    about = matter(policy, ANNA, "complaint")
    assert may(about, HELENA) is None
    assert may(about, HELENA, TARA) is None
    assert may(about, HELENA, HELENA) == Authority(HELENA, HEAD, deputy=False)
    assert may(matter(with_away(policy, HELENA), ANNA, "complaint"), HENRIK) is None


def test_human_resources_decides_an_investigation_only_in_its_turn(policy: Policy) -> None:
    """P9: once asked, or where the Head may not."""
    ruth = Authority(RUTH, HR, deputy=False)
    assert may(matter(policy, ANNA, "crime"), RUTH) is None
    assert may(matter(policy, ANNA, "crime"), RUTH, RUTH) == ruth
    assert may(matter(policy, HELENA, "crime"), RUTH) == ruth
    assert may(matter(policy, HELENA, "crime"), MILES) is None


def test_a_deputy_decides_while_the_holder_is_away_or_out_of_reach_or_once_asked(policy: Policy) -> None:
    about, deven = matter(policy, ANNA, "complaint"), Authority(DEVEN, LEADER, deputy=True)
    assert may(about, DEVEN) is None
    assert may(about, DEVEN, DEVEN) == deven
    assert may(matter(with_away(policy, TARA), ANNA, "complaint"), DEVEN) == deven
    assert may(matter(policy, ANNA, "complaint", unreachable=frozenset({TARA})), DEVEN) == deven


def test_a_holder_who_is_away_decides_only_what_she_was_asked_before(policy: Policy) -> None:
    about = matter(with_away(policy, TARA), ANNA, "complaint")
    assert may(about, TARA) is None
    assert may(about, TARA, TARA) == Authority(TARA, LEADER, deputy=False)


def test_who_was_asked_and_has_left_the_role_decides_no_more(policy: Policy) -> None:
    moved = matter(staffed(policy, (OTTO, HELENA, RUTH), ((), (), ())), ANNA, "complaint")
    assert may(moved, TARA, TARA, DEVEN) is None
    assert may(moved, DEVEN, TARA, DEVEN) is None


# fmt: off
REFUSALS = [
    (TARA, TARA, NOBODY, "complaint", "This is your own request, so someone else has to decide it.", "requester"),
    (TARA, ANNA, {TARA}, "complaint", "You were on one of these calls, so someone else has to", "operator"),
    (TARA, ANNA, NOBODY, "crime", "This is for the Head of Customer Success to decide. A team leader never", "team_leader"),
    (DEVEN, ANNA, NOBODY, "complaint", "You decide for the Customer Success Specialist Team Leader only while", "not_approver"),
    (ANNA, OTTO, NOBODY, "complaint", "This request is for the Customer Success Specialist Team Leader to decide.", "not_approver"),
    (HELENA, ANNA, NOBODY, "complaint", "This request is for the Customer Success Specialist Team Leader to decide.", "not_approver"),
    (DEVEN, TARA, NOBODY, "complaint", "This request is for the Head of Customer Success to decide.", "not_approver"),
    (DEVEN, ANNA, {TARA, HELENA, RUTH}, "complaint", "No one may decide this request at the moment. Its card", "not_approver"),
]
# fmt: on


@each(("decider", "requester", "operators", "reason", "sentence", "code"), REFUSALS)
def test_a_refusal_says_why(
    policy: Policy, decider: int, requester: int, operators: set[int], reason: str, sentence: str, code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        may_decide(matter(policy, requester, reason, *operators), decider, frozenset())
    assert refusal.value.sentence.startswith(sentence)
    assert refusal.value.code == code
    assert refusal.value.clause == ("P9" if reason == "crime" else "P7")
