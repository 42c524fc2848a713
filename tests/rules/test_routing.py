"""P7, P9 and "Who may decide": whom a request goes to, and who may decide at the click."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import chain, combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.rules.policy import Policy
from handlers.rules.refusal import Refused
from handlers.rules.routing import Authority, Route, may_decide, route
from handlers.rules.terms import Period
from handlers.rules.values import RoleName

TODAY = date(2026, 11, 24)
AWAY = Period.model_validate({"from": TODAY, "to": TODAY})
TARA, DEVEN = "tara.lindqvist@fernhill.example", "deven.okafor@fernhill.example"
HELENA, HENRIK = "helena.marsh@fernhill.example", "henrik.solberg@fernhill.example"
RUTH, ANNA, OTTO = "ruth.adeyemi@fernhill.example", "anna.quill@fernhill.example", "otto@fernhill.example"

LEADER: RoleName = "team_leader"
HEAD: RoleName = "head_of_customer_success"
HR: RoleName = "manager_human_resources"
OFFICES = (LEADER, HEAD, HR)
OFFICE_OF = {TARA: LEADER, DEVEN: LEADER, HELENA: HEAD, HENRIK: HEAD, RUTH: HR, OTTO: HR}


def staffed(policy: Policy, holders: tuple[str, ...], deputies: tuple[tuple[str, ...], ...], *away: str) -> Policy:
    """The shipped policy with other people in the three offices; those in `away` are away from all they hold."""
    offices = {
        name: policy.role(name).model_copy(
            update={"holder": holder, "deputies": standing_in, "away": (AWAY,) if holder in away else ()}
        )
        for name, holder, standing_in in zip(OFFICES, holders, deputies, strict=True)
    }
    return policy.model_copy(update={"roles": policy.roles.model_copy(update=offices)})


def with_away(policy: Policy, *away: str) -> Policy:
    return staffed(policy, (TARA, HELENA, RUTH), ((DEVEN,), (HENRIK,), (OTTO,)), *away)


def subsets(people: tuple[str, ...], most: int | None = None) -> list[frozenset[str]]:
    sizes = range((len(people) if most is None else most) + 1)
    return [frozenset(some) for some in chain.from_iterable(combinations(people, size) for size in sizes)]


def may(policy: Policy, decider: str, asked: frozenset[str] = frozenset(), **matter: object) -> Authority | None:
    """The authority of a decider, or None when refused."""
    try:
        return may_decide(policy, decider=decider, asked=asked, today=TODAY, **matter)  # type: ignore[arg-type]
    except Refused:
        return None


# --- the table of the module, row by row

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
        may_decide(odd, decider=TARA, requester=ANNA, operators=frozenset(), reason=reason, asked=frozenset({TARA}), today=TODAY)
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
    matter = {"requester": ANNA, "operators": frozenset(), "reason": "complaint"}
    assert may(policy, HELENA, **matter) == Authority(HELENA, HEAD, deputy=False)
    assert may(with_away(policy, HELENA), HENRIK, **matter) == Authority(HENRIK, HEAD, deputy=True)


def test_human_resources_decides_no_staff_request(policy: Policy) -> None:
    assert may(policy, RUTH, frozenset({RUTH}), requester=ANNA, operators=frozenset(), reason="complaint") is None


def test_human_resources_decides_an_investigation_only_in_its_turn(policy: Policy) -> None:
    """P9: once asked, or where the Head may not."""
    matter = {"operators": frozenset(), "reason": "crime"}
    assert may(policy, RUTH, requester=ANNA, **matter) is None
    assert may(policy, RUTH, frozenset({RUTH}), requester=ANNA, **matter) == Authority(RUTH, HR, deputy=False)
    assert may(policy, RUTH, requester=HELENA, **matter) == Authority(RUTH, HR, deputy=False)


def test_a_deputy_decides_while_the_holder_is_away_or_once_asked(policy: Policy) -> None:
    matter = {"requester": ANNA, "operators": frozenset(), "reason": "complaint"}
    deven = Authority(DEVEN, LEADER, deputy=True)
    assert may(policy, DEVEN, **matter) is None
    assert may(policy, DEVEN, frozenset({DEVEN}), **matter) == deven
    assert may(with_away(policy, TARA), DEVEN, **matter) == deven


def test_a_holder_who_is_back_early_decides(policy: Policy) -> None:
    matter = {"requester": ANNA, "operators": frozenset()}
    absent = with_away(policy, TARA, HELENA)
    assert may(absent, TARA, reason="complaint", **matter) == Authority(TARA, LEADER, deputy=False)
    assert may(absent, HELENA, reason="crime", **matter) == Authority(HELENA, HEAD, deputy=False)


def test_who_was_asked_and_has_left_the_office_decides_no_more(policy: Policy) -> None:
    moved = staffed(policy, (OTTO, HELENA, RUTH), ((), (), ()))
    for decider in (TARA, DEVEN):
        assert may(moved, decider, frozenset({TARA, DEVEN}), requester=ANNA, operators=frozenset(), reason="complaint") is None


@pytest.mark.parametrize(
    ("decider", "requester", "operators", "reason", "sentence", "code"),
    [
        (TARA, TARA, "", "complaint", "This is your own request, so somebody else has to decide it.", "requester"),
        (TARA, ANNA, TARA, "complaint", "You were on one of these calls, so somebody else has to", "operator"),
        (TARA, ANNA, "", "crime", "This is for the Head of Customer Success to decide. A team leader never", "team_leader"),
        (DEVEN, ANNA, "", "complaint", "You decide for the Customer Success Specialist Team Leader only while", "not_approver"),
        (ANNA, OTTO, "", "complaint", "This request is for the Customer Success Specialist Team Leader or the Head of", "not_approver"),
        (DEVEN, TARA, "", "complaint", "This request is for the Head of Customer Success to decide.", "not_approver"),
        (DEVEN, TARA, HELENA, "complaint", "Nobody may decide this request as things are. Human", "not_approver"),
    ],
)
def test_a_refusal_says_why(
    policy: Policy, decider: str, requester: str, operators: str, reason: str, sentence: str, code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        may_decide(
            policy, decider=decider, requester=requester, operators=people(operators), reason=reason,
            asked=frozenset(), today=TODAY,
        )  # fmt: skip
    assert refusal.value.sentence.startswith(sentence)
    assert refusal.value.code == code
    assert refusal.value.clause == ("P9" if reason == "crime" else "P7")


# --- the same for everybody: a small world, all of it

TRIO = ("a", "b", "c")
WORLD = (*TRIO, "d")
ASSIGNMENTS = [
    (holders, deputies)
    for holders in product(TRIO, repeat=3)
    for deputies in product(*([(), *((who,) for who in TRIO if who != holder)] for holder in holders))
]


def holds(policy: Policy, matter: dict[str, object], found: Route, unreachable: frozenset[str]) -> None:
    """What must be true of any route."""
    requester, operators, reason = matter["requester"], matter["operators"], matter["reason"]
    assert isinstance(operators, frozenset)
    deciders = [authority.email for authority in found.approvers]
    assert requester not in deciders
    assert operators.isdisjoint(deciders)
    assert unreachable.isdisjoint(deciders)
    assert len(set(deciders)) == len(deciders)
    assert len({authority.role for authority in found.approvers}) <= 1
    assert found.alarm or found.approvers
    for authority in found.approvers:
        office = policy.role(authority.role)
        assert authority.role in ((HEAD, HR) if reason == "crime" else (LEADER, HEAD))
        assert (authority.email in office.deputies) if authority.deputy else (authority.email == office.holder)
        assert authority.deputy <= (policy.is_away(office.holder, TODAY) or office.holder in unreachable)
        assert not (reason == "crime" and authority.email == policy.role(LEADER).holder)


def agrees(policy: Policy, matter: dict[str, object], found: Route, asked: frozenset[str]) -> None:
    """What must be true at the click, whoever clicks."""
    operators = matter["operators"]
    assert isinstance(operators, frozenset)
    for authority in found.approvers:
        assert may(policy, authority.email, asked | {authority.email}, **matter) is not None
    for decider in WORLD:
        allowed = may(policy, decider, asked, **matter)
        if allowed is None:
            continue
        office = policy.role(allowed.role)
        assert allowed.email == decider
        assert decider != matter["requester"]
        assert decider not in operators
        assert not (matter["reason"] == "crime" and decider == policy.role(LEADER).holder)
        assert (decider in office.deputies) if allowed.deputy else (decider == office.holder)
        assert matter["requester"] != office.holder
        assert office.holder not in operators


def matters(operators: list[frozenset[str]]) -> Iterator[dict[str, object]]:
    for requester, reason in product(WORLD, ("complaint", "crime")):
        for some in operators:
            yield {"requester": requester, "operators": some, "reason": reason}


def test_no_assignment_of_people_to_offices_lets_anybody_decide_for_themselves(policy: Policy) -> None:
    """729 assignments, at most one person away, every requester, at most one operator, both ways."""
    for (holders, deputies), away in product(ASSIGNMENTS, subsets(TRIO, most=1)):
        world = staffed(policy, holders, deputies, *away)
        for matter in matters(subsets(TRIO, most=1)):
            holds(world, matter, route(world, today=TODAY, **matter), frozenset())  # type: ignore[arg-type]


worlds = st.tuples(st.sampled_from(ASSIGNMENTS), st.sampled_from(subsets(TRIO)))
some_people = st.sampled_from(subsets(WORLD))


@settings(max_examples=400, deadline=None)
@given(worlds, st.sampled_from(list(matters(subsets(WORLD)))), some_people, some_people)
def test_the_click_agrees_with_the_route(
    policy: Policy,
    world: tuple[tuple[tuple[str, ...], tuple[tuple[str, ...], ...]], frozenset[str]],
    matter: dict[str, object],
    unreachable: frozenset[str],
    asked: frozenset[str],
) -> None:
    (holders, deputies), away = world
    placed = staffed(policy, holders, deputies, *away)
    found = route(placed, today=TODAY, unreachable=unreachable, **matter)  # type: ignore[arg-type]
    holds(placed, matter, found, unreachable)
    agrees(placed, matter, found, asked)


def test_every_absence_in_the_sample_company_leads_on(policy: Policy) -> None:
    """All who may be away, out of reach or on the call: the first office that has somebody left gets it."""
    six = (TARA, DEVEN, HELENA, HENRIK, RUTH, OTTO)
    for away in subsets((TARA, HELENA, RUTH)):
        absent = with_away(policy, *away)
        for unreachable, operators in product(subsets(six), subsets(six, most=1)):
            matter = {"requester": ANNA, "operators": operators, "reason": "crime"}
            found = route(absent, today=TODAY, unreachable=unreachable, **matter)  # type: ignore[arg-type]
            holds(absent, matter, found, unreachable)
            expected = next(filter(None, (_left(pair, away, unreachable, operators) for pair in (six[2:4], six[4:]))), None)
            assert [authority.email for authority in found.approvers] == ([expected] if expected else [])


def _left(
    office: tuple[str, ...], away: frozenset[str], unreachable: frozenset[str], operators: frozenset[str]
) -> str | None:
    holder, deputy = office
    if holder in operators:
        return None
    if holder not in away | unreachable:
        return holder
    return None if deputy in unreachable | operators else deputy
