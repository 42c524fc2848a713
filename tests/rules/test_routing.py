"""P7, P9 and "Who may decide": whom a request goes to, and who may decide at the click."""

from __future__ import annotations

import pytest

from handlers.rules.policy import Policy
from handlers.rules.refusal import Refused
from handlers.rules.routing import Authority, may_decide, route

from .offices import (
    ANNA,
    DEVEN,
    HEAD,
    HELENA,
    HENRIK,
    HR,
    LEADER,
    OFFICE_OF,
    OTTO,
    RUTH,
    TARA,
    TODAY,
    matter,
    may,
    staffed,
    with_away,
)

# --- the table of the module, row by row

# fmt: off
ROWS = [
    # reason, requester, operators, away, unreachable → approvers, copy to, alarm
    ("complaint", ANNA, "", "", "", [TARA], "", False),
    ("complaint", ANNA, TARA, "", "", [HELENA], "", False),
    ("complaint", ANNA, "", TARA, "", [DEVEN], "", False),
    ("complaint", ANNA, "", "", TARA, [DEVEN], "", False),
    ("complaint", ANNA, DEVEN, TARA, "", [HELENA], "", False),
    ("complaint", ANNA, DEVEN, "", TARA, [HELENA], "", True),
    ("complaint", ANNA, "", TARA, DEVEN, [HELENA], "", True),
    ("complaint", ANNA, "", TARA + HELENA, DEVEN, [HENRIK], "", True),
    ("complaint", ANNA, "", "", TARA + DEVEN + HELENA + HENRIK, [], "", True),
    ("complaint", TARA, "", "", "", [HELENA], "", False),
    ("complaint", TARA, "", TARA, "", [HELENA], "", False),
    ("complaint", TARA, "", HELENA, "", [HENRIK], "", False),
    ("complaint", TARA, HELENA, "", "", [], "", True),
    ("complaint", DEVEN, "", "", "", [TARA], "", False),
    ("complaint", DEVEN, "", TARA, "", [HELENA], "", False),
    ("complaint", HELENA, "", "", "", [TARA], RUTH, False),
    ("complaint", HELENA, "", TARA, "", [DEVEN], RUTH, False),
    ("complaint", HELENA, TARA, "", "", [], RUTH, True),
    ("complaint", HENRIK, "", "", "", [TARA], "", False),
    ("complaint", HENRIK, "", HELENA, "", [TARA], RUTH, False),
    ("complaint", RUTH, "", "", "", [TARA], "", False),
    ("crime", ANNA, "", "", "", [HELENA], "", False),
    ("crime", TARA, "", "", "", [HELENA], "", False),
    ("crime", ANNA, "", HELENA, "", [HENRIK], "", False),
    ("crime", ANNA, HELENA, "", "", [RUTH], "", False),
    ("crime", ANNA, "", "", HELENA + HENRIK, [RUTH], "", True),
    ("crime", ANNA, "", RUTH, HELENA + HENRIK, [OTTO], "", True),
    ("legal_claim", HELENA, "", "", "", [RUTH], "", False),
    ("legal_claim", HELENA, RUTH, "", "", [], "", True),
    ("legal_claim", RUTH, HELENA, "", "", [], "", True),
]
# fmt: on


def people(listed: str) -> frozenset[str]:
    return frozenset(f"{name}@fernhill.example" for name in listed.split("@fernhill.example") if name)


@pytest.mark.parametrize(("reason", "requester", "operators", "away", "unreachable", "to", "copy", "alarm"), ROWS)
def test_where_a_request_goes(
    policy: Policy, reason: str, requester: str, operators: str, away: str, unreachable: str,
    to: list[str], copy: str, alarm: bool,
) -> None:  # fmt: skip
    found = route(
        with_away(policy, *people(away)),
        requester=requester,
        operators=people(operators),
        reason=reason,
        today=TODAY,
        unreachable=people(unreachable),
    )
    expected = tuple(Authority(who, OFFICE_OF[who], who in (DEVEN, HENRIK, OTTO)) for who in to)
    assert (found.approvers, found.copy_to, found.alarm) == (expected, tuple(people(copy)), alarm)


def test_all_deputies_are_asked_and_it_is_said_who_was_passed_over(policy: Policy) -> None:
    crowded = staffed(policy, (TARA, HELENA, RUTH), ((DEVEN, ANNA, OTTO, RUTH), (), ()), TARA)
    found = route(
        crowded, requester=ANNA, operators=frozenset({OTTO}), reason="training", today=TODAY, unreachable=frozenset()
    )
    assert found.approvers == (Authority(DEVEN, LEADER, deputy=True), Authority(RUTH, LEADER, deputy=True))
    assert found.passed_over == ((TARA, "away"), (ANNA, "requester"), (OTTO, "operator"))


def test_a_holder_who_asks_takes_the_deputies_along(policy: Policy) -> None:
    """The team leader's own request is not decided by the deputy, who answers to the team leader."""
    found = route(policy, requester=TARA, operators=frozenset(), reason="training", today=TODAY)
    assert found.approvers == (Authority(HELENA, HEAD, deputy=False),)
    assert found.passed_over == ((TARA, "requester"),)


@pytest.mark.parametrize("reason", ["crime", "legal_claim"])
def test_the_team_leader_never_decides_an_investigation_even_as_a_deputy(policy: Policy, reason: str) -> None:
    """P9"""
    odd = staffed(policy, (TARA, HELENA, RUTH), ((DEVEN,), (TARA, HENRIK), (TARA,)), HELENA)
    found = route(odd, requester=ANNA, operators=frozenset(), reason=reason, today=TODAY)
    assert [authority.email for authority in found.approvers] == [HENRIK]
    assert (TARA, "team_leader") in found.passed_over
    with pytest.raises(Refused, match="A team leader never decides an investigation") as refusal:
        may_decide(odd, decider=TARA, asked=frozenset({TARA}), today=TODAY, **matter(ANNA, reason))
    assert (refusal.value.clause, refusal.value.code) == ("P9", "team_leader")


def test_a_deputy_who_leads_the_team_today_decides_no_investigation(policy: Policy) -> None:
    """P9"""
    odd = staffed(policy, (TARA, HELENA, RUTH), ((DEVEN,), (DEVEN,), ()), TARA, HELENA)
    found = route(odd, requester=ANNA, operators=frozenset(), reason="crime", today=TODAY)
    assert [authority.email for authority in found.approvers] == [RUTH]


def test_the_head_gets_no_copy_of_a_decision_as_human_resources(policy: Policy) -> None:
    one = staffed(policy, (TARA, HELENA, HELENA), ((), (), ()))
    assert route(one, requester=HELENA, operators=frozenset(), reason="training", today=TODAY).copy_to == ()


# --- at the click


def test_the_head_may_decide_in_place_of_the_team_leader(policy: Policy) -> None:
    """Higher authority, without having been asked."""
    about = matter(ANNA, "complaint")
    assert may(policy, HELENA, about) == Authority(HELENA, HEAD, deputy=False)
    assert may(with_away(policy, HELENA), HENRIK, about) == Authority(HENRIK, HEAD, deputy=True)


def test_human_resources_decides_no_staff_request(policy: Policy) -> None:
    assert may(policy, RUTH, matter(ANNA, "complaint"), RUTH) is None


def test_human_resources_decides_an_investigation_only_in_its_turn(policy: Policy) -> None:
    """P9: once asked, or where the Head may not."""
    ruth = Authority(RUTH, HR, deputy=False)
    assert may(policy, RUTH, matter(ANNA, "crime")) is None
    assert may(policy, RUTH, matter(ANNA, "crime"), RUTH) == ruth
    assert may(policy, RUTH, matter(HELENA, "crime")) == ruth


def test_a_deputy_decides_while_the_holder_is_away_or_once_asked(policy: Policy) -> None:
    about = matter(ANNA, "complaint")
    deven = Authority(DEVEN, LEADER, deputy=True)
    assert may(policy, DEVEN, about) is None
    assert may(policy, DEVEN, about, DEVEN) == deven
    assert may(with_away(policy, TARA), DEVEN, about) == deven


def test_a_holder_who_is_back_early_decides(policy: Policy) -> None:
    absent = with_away(policy, TARA, HELENA)
    assert may(absent, TARA, matter(ANNA, "complaint")) == Authority(TARA, LEADER, deputy=False)
    assert may(absent, HELENA, matter(ANNA, "crime")) == Authority(HELENA, HEAD, deputy=False)


def test_who_was_asked_and_has_left_the_office_decides_no_more(policy: Policy) -> None:
    moved = staffed(policy, (OTTO, HELENA, RUTH), ((), (), ()))
    assert may(moved, TARA, matter(ANNA, "complaint"), TARA, DEVEN) is None
    assert may(moved, DEVEN, matter(ANNA, "complaint"), TARA, DEVEN) is None


# fmt: off
REFUSALS = [
    (TARA, TARA, "", "complaint", "This is your own request, so somebody else has to decide it.", "requester"),
    (TARA, ANNA, TARA, "complaint", "You were on one of these calls, so somebody else has to", "operator"),
    (TARA, ANNA, "", "crime", "This is for the Head of Customer Success to decide. A team leader never", "team_leader"),
    (DEVEN, ANNA, "", "complaint", "You decide for the Customer Success Specialist Team Leader only while", "not_approver"),
    (ANNA, OTTO, "", "complaint", "This request is for the Customer Success Specialist Team Leader or the Head of", "not_approver"),
    (DEVEN, TARA, "", "complaint", "This request is for the Head of Customer Success to decide.", "not_approver"),
    (DEVEN, TARA, HELENA, "complaint", "Nobody may decide this request as things are. Human", "not_approver"),
]
# fmt: on


@pytest.mark.parametrize(("decider", "requester", "operators", "reason", "sentence", "code"), REFUSALS)
def test_a_refusal_says_why(
    policy: Policy, decider: str, requester: str, operators: str, reason: str, sentence: str, code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        about = matter(requester, reason, *people(operators))
        may_decide(policy, decider=decider, asked=frozenset(), today=TODAY, **about)
    assert refusal.value.sentence.startswith(sentence)
    assert refusal.value.code == code
    assert refusal.value.clause == ("P9" if reason == "crime" else "P7")
