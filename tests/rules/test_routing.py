"""P7, P9: whom a request goes to, and that no one it concerns has a part in it."""

from itertools import product

import pytest

from handlers.policy import Policy, RoleName
from handlers.rules import Refused
from handlers.rules.routing import Authority, asked_instead, case_after_passing, current_route, may_decide
from tests.each import each
from tests.rules.roles import (
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
    ROLE_OF,
    RUTH,
    TARA,
    concerning,
    matter,
    may,
    staffed,
    subsets,
    with_away,
)

# --- the table of the module, row by row

# fmt: off
ROWS = [
    # reason, requester, operators, away, unreachable → approvers, copy to, alarm
    ("complaint", ANNA, NOBODY, NOBODY, NOBODY, [TARA], NOBODY, False),
    ("complaint", ANNA, {TARA}, NOBODY, NOBODY, [HELENA], NOBODY, False),
    ("complaint", ANNA, NOBODY, {TARA}, NOBODY, [DEVEN], NOBODY, False),
    ("complaint", ANNA, NOBODY, NOBODY, {TARA}, [DEVEN], NOBODY, False),
    ("complaint", ANNA, {DEVEN}, NOBODY, {TARA}, [HELENA], NOBODY, True),
    ("complaint", ANNA, NOBODY, {TARA}, {DEVEN}, [HELENA], NOBODY, True),
    ("complaint", TARA, NOBODY, NOBODY, NOBODY, [HELENA], NOBODY, False),
    ("complaint", DEVEN, NOBODY, NOBODY, NOBODY, [TARA], NOBODY, False),
    ("complaint", HELENA, NOBODY, NOBODY, NOBODY, [TARA], {RUTH}, False),
    ("complaint", HELENA, NOBODY, {TARA}, NOBODY, [DEVEN], {RUTH}, False),
    ("complaint", HENRIK, NOBODY, {HELENA}, NOBODY, [TARA], {RUTH}, False),
    ("crime", ANNA, NOBODY, NOBODY, NOBODY, [HELENA], NOBODY, False),
    ("crime", TARA, NOBODY, NOBODY, NOBODY, [HELENA], NOBODY, False),
    ("crime", ANNA, NOBODY, NOBODY, {HELENA, HENRIK}, [RUTH], NOBODY, True),
    ("legal_claim", HELENA, NOBODY, NOBODY, NOBODY, [RUTH], NOBODY, False),
    # the last step, where those before are out
    ("complaint", ANNA, NOBODY, NOBODY, {TARA, DEVEN, HELENA, HENRIK}, [RUTH], NOBODY, True),
    ("complaint", TARA, {HELENA}, NOBODY, NOBODY, [RUTH], NOBODY, False),
    ("complaint", HELENA, {TARA}, NOBODY, NOBODY, [RUTH], {RUTH}, False),
    ("complaint", RUTH, {TARA, HELENA}, NOBODY, NOBODY, [], NOBODY, True),
    ("complaint", ANNA, {TARA, HELENA, RUTH}, NOBODY, NOBODY, [], NOBODY, True),
    ("crime", ANNA, {HELENA, RUTH}, NOBODY, NOBODY, [MILES], NOBODY, False),
    ("legal_claim", HELENA, {RUTH}, NOBODY, NOBODY, [MILES], NOBODY, False),
    ("legal_claim", RUTH, {HELENA}, NOBODY, NOBODY, [MILES], NOBODY, False),
    ("legal_claim", RUTH, {HELENA, MILES}, NOBODY, NOBODY, [], NOBODY, True),
    ("crime", MILES, {HELENA, RUTH}, NOBODY, NOBODY, [], NOBODY, True),
]
# fmt: on


@each(("reason", "requester", "operators", "away", "unreachable", "to", "copy", "alarm"), ROWS)
def test_where_a_request_goes(
    policy: Policy, reason: str, requester: int, operators: set[int], away: set[int], unreachable: set[int],
    to: list[int], copy: set[int], alarm: bool,
) -> None:  # fmt: skip
    about = matter(with_away(policy, *away), requester, reason, *operators, unreachable=frozenset(unreachable))
    found = current_route(about)
    expected = tuple(Authority(who, ROLE_OF[who], who in (DEVEN, HENRIK, OTTO)) for who in to)
    assert (found.approvers, found.copy_to, found.alarm) == (expected, tuple(copy), alarm)


def test_all_deputies_are_asked_and_it_is_said_who_was_passed_over(policy: Policy) -> None:
    crowded = staffed(policy, (TARA, HELENA, RUTH), ((DEVEN, ANNA, OTTO, RUTH), (), ()), TARA)
    found = current_route(matter(crowded, ANNA, "training", OTTO))
    assert found.approvers == (Authority(DEVEN, LEADER, deputy=True), Authority(RUTH, LEADER, deputy=True))
    assert found.passed_over == ((TARA, "away"), (ANNA, "requester"), (OTTO, "operator"))


@each("reason", ["crime", "legal_claim"])
def test_the_team_leader_never_decides_an_investigation_even_as_a_deputy(policy: Policy, reason: str) -> None:
    """P9"""
    about = matter(staffed(policy, (TARA, HELENA, RUTH), ((DEVEN,), (TARA, HENRIK), (TARA,)), HELENA), ANNA, reason)
    found = current_route(about)
    assert [one.person for one in found.approvers] == [HENRIK]
    assert (TARA, "team_leader") in found.passed_over
    with pytest.raises(Refused, match="A team leader never decides an investigation") as refusal:
        may_decide(about, TARA, frozenset({TARA}))
    assert (refusal.value.clause, refusal.value.code) == ("P9", "team_leader")


def test_a_deputy_who_leads_the_team_today_decides_no_investigation(policy: Policy) -> None:
    """P9"""
    odd = staffed(policy, (TARA, HELENA, RUTH), ((DEVEN,), (DEVEN,), ()), TARA, HELENA)
    assert [one.person for one in current_route(matter(odd, ANNA, "crime")).approvers] == [RUTH]


# --- passing on

# fmt: off
PASSED = [
    # reason, requester, away, unreachable, who passes it on one after the other → who is asked in the end
    ("complaint", ANNA, NOBODY, NOBODY, [TARA], [HELENA]),
    ("complaint", ANNA, NOBODY, NOBODY, [TARA, HELENA], [RUTH]),
    ("complaint", ANNA, NOBODY, NOBODY, [TARA, HELENA, RUTH], []),
    ("complaint", ANNA, {TARA}, NOBODY, [DEVEN], [HELENA]),
    ("complaint", ANNA, {HELENA}, NOBODY, [TARA], [HENRIK]),
    ("complaint", ANNA, NOBODY, {HELENA, HENRIK}, [TARA], [RUTH]),
    ("complaint", TARA, NOBODY, NOBODY, [HELENA], [RUTH]),
    ("complaint", HELENA, NOBODY, NOBODY, [TARA], [RUTH]),
    ("complaint", RUTH, NOBODY, NOBODY, [TARA], [HELENA]),
    ("complaint", RUTH, NOBODY, NOBODY, [TARA, HELENA], []),
    ("crime", ANNA, NOBODY, NOBODY, [HELENA], [RUTH]),
    ("crime", ANNA, NOBODY, NOBODY, [HELENA, RUTH], [MILES]),
    ("crime", ANNA, NOBODY, NOBODY, [HELENA, RUTH, MILES], []),
]
# fmt: on


@each(("reason", "requester", "away", "unreachable", "passers", "to"), PASSED)
def test_what_is_passed_on_goes_to_the_next_authority_and_never_back(
    policy: Policy,
    reason: str,
    requester: int,
    away: set[int],
    unreachable: set[int],
    passers: list[int],
    to: list[int],
) -> None:
    about = matter(with_away(policy, *away), requester, reason, unreachable=frozenset(unreachable))
    for passer in passers:
        about = case_after_passing(about, may_decide(about, passer, frozenset()))
        assert may(about, passer, passer) is None
        assert (passer, "passed_on") in current_route(about).passed_over
    assert [one.person for one in current_route(about).approvers] == to


# --- instead of a person whom silence brought in and who can't be reached

# fmt: off
INSTEAD = [
    # away, unreachable, the role → who is asked
    (NOBODY, {HELENA}, HEAD, [HENRIK]),
    (NOBODY, {HENRIK}, HEAD, [HELENA]),
    (NOBODY, {HELENA, HENRIK}, HEAD, []),
    ({TARA}, {DEVEN}, LEADER, [HELENA]),
    (NOBODY, {TARA, DEVEN}, LEADER, [HELENA]),
    (NOBODY, {TARA, DEVEN, HELENA}, LEADER, [HENRIK]),
    (NOBODY, {RUTH}, HR, [OTTO]),
]
# fmt: on


@each(("away", "unreachable", "role", "to"), INSTEAD)
def test_p7_for_a_person_out_of_reach_another_of_the_role_is_asked_or_the_next_authority(
    policy: Policy, away: set[int], unreachable: set[int], role: RoleName, to: list[int]
) -> None:
    """Never by the last step, which takes more than silence."""
    about = matter(with_away(policy, *away), ANNA, "complaint", unreachable=frozenset(unreachable))
    assert [one.person for one in asked_instead(about, role)] == to


def test_p7_a_role_that_passed_it_on_brings_in_no_one(policy: Policy) -> None:
    about = case_after_passing(matter(policy, ANNA, "complaint"), Authority(HELENA, HEAD, deputy=False))
    assert asked_instead(about, LEADER) == asked_instead(about, HEAD) == ()


EVERYBODY = (TARA, DEVEN, HELENA, HENRIK, RUTH, OTTO, MILES)


@each("reason", ["complaint", "crime"])
def test_p9_a_concerned_person_has_no_part_and_no_deputy_who_has(policy: Policy, reason: str) -> None:
    """Every set of the seven, each absence of the holders, for each kind; also for who was asked."""
    for concerned, away, asker in product(subsets(EVERYBODY), subsets((TARA, HELENA, RUTH)), (ANNA, HELENA)):
        about = concerning(matter(with_away(policy, *away), asker, reason), concerned)
        found = current_route(about)
        assert concerned.isdisjoint({*(one.person for one in found.approvers), *found.copy_to})
        assert concerned.isdisjoint({about.policy.held(one.role).holder for one in found.approvers})
        assert [who for who in concerned if may(about, who, *EVERYBODY)] == []


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
