"""No one ever decides for themselves: every assignment of a few people to the roles, and every absence (P5, P7, P9,
P12).
"""

from collections.abc import Iterator
from datetime import date
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.policy import Policy
from handlers.rules.access import RequestCircumstances
from handlers.rules.deadlines import DigestCircumstances
from handlers.rules.declined import DeclinedCircumstances
from handlers.rules.holds import HoldCircumstances
from handlers.rules.retention import PauseCircumstances
from handlers.rules.routing import Authority, Circumstances, Route, authority_of, case_after_passing, current_route
from tests.each import each
from tests.rules.days import a_policy
from tests.rules.roles import (
    ANNA,
    DEVEN,
    FALLBACK,
    HEAD,
    HELENA,
    HENRIK,
    HR,
    LEADER,
    MILES,
    OTTO,
    RUTH,
    TARA,
    TODAY,
    involving,
    matter,
    may,
    staffed,
    subsets,
    with_away,
)
from tests.seats import number

pytestmark = pytest.mark.long


TRIO = A, B, C = tuple(number(one) for one in "abc")
WORLD = (*TRIO, number("d"))
ORDER = (LEADER, HEAD, HR, FALLBACK)
ASSIGNMENTS = [
    (holders, deputies)
    for holders in (
        (A, A, A), (A, A, B), (A, B, A), (A, B, B), (A, B, C),
    )  # any other is one of these with the names changed
    for deputies in product(*([(), *((who,) for who in TRIO if who != holder)] for holder in holders))
]  # fmt: skip


def holds(about: RequestCircumstances, found: Route) -> None:
    """What must be true of any route."""
    deciders = [one.person for one in found.approvers]
    assert about.unreachable.isdisjoint(deciders)
    assert len(set(deciders)) == len(deciders)
    assert len({one.role for one in found.approvers}) <= 1
    assert found.alarm or found.approvers
    for one in found.approvers:
        holder = about.policy.held(one.role).holder
        assert one.deputy <= (about.policy.is_away(holder, TODAY) or holder in about.unreachable)
        entitled(about, one)


def entitled(about: RequestCircumstances, one: Authority) -> None:
    """What must be true of anyone who decides, and of anyone who reads about a past request."""
    role = about.policy.held(one.role)
    assert one.role in ((HEAD, HR, FALLBACK) if about.reason == "crime" else (LEADER, HEAD, HR))
    assert (one.person in role.deputies) if one.deputy else (one.person == role.holder)
    assert about.involved.everybody.isdisjoint({one.person, role.holder})
    assert not (about.reason == "crime" and one.person == about.policy.held(LEADER).holder)
    assert one.person not in {passer for passer, _ in about.passed_on}
    assert all(ORDER.index(one.role) > ORDER.index(role) for _, role in about.passed_on)


def agrees(about: RequestCircumstances, found: Route, asked: frozenset[int]) -> None:
    """At the click: whom the request goes to may decide; others may if they were asked, and all who may are entitled to."""
    deciders = {one.person for one in found.approvers}
    for who in deciders:
        assert may(about, who) is not None
    for decider in (*WORLD, MILES):
        at_click = may(about, decider, *asked)
        if at_click is not None:
            assert at_click.person == decider
            assert decider in deciders | asked
            entitled(about, at_click)


def matters(policy: Policy, operators: list[frozenset[int]]) -> Iterator[RequestCircumstances]:
    for requester, reason, some in product(WORLD, ("complaint", "crime"), operators):
        yield matter(policy, requester, reason, *some)


def test_no_assignment_of_people_to_roles_lets_anyone_decide_for_themselves(policy: Policy) -> None:
    """Three people, each absence, every requester, at most one operator, both ways."""
    for (holders, deputies), away in product(ASSIGNMENTS, subsets(TRIO)):
        for about in matters(staffed(policy, holders, deputies, *away), subsets(TRIO, most=1)):
            found = current_route(about)
            assert about.involved.everybody.isdisjoint(one.person for one in found.approvers)
            holds(about, found)


worlds = st.tuples(st.sampled_from(ASSIGNMENTS), st.sampled_from(subsets(TRIO)))
some_people = st.sampled_from(subsets(WORLD))
requests = st.tuples(st.sampled_from(WORLD), st.sampled_from(("complaint", "crime")), some_people, some_people)


@settings(max_examples=400, deadline=None)
@given(worlds, requests, some_people, st.lists(st.sampled_from(WORLD), max_size=3))
def test_the_click_agrees_with_the_route_however_often_it_is_passed_on(
    policy: Policy,
    world: tuple[tuple[tuple[int, ...], tuple[tuple[int, ...], ...]], frozenset[int]],
    request_: tuple[int, str, frozenset[int], frozenset[int]],
    asked: frozenset[int],
    passers: list[int],
) -> None:
    (holders, deputies), away = world
    requester, reason, operators, unreachable = request_
    about = matter(staffed(policy, holders, deputies, *away), requester, reason, *operators, unreachable=unreachable)
    for passer in passers:
        if (passes := authority_of(about, passer, asked)) is not None:
            about = case_after_passing(about, passes)
    found = current_route(about)
    assert all(may(about, one.person) for one in found.approvers)
    holds(about, found)
    agrees(about, found, asked)


def test_every_absence_in_the_sample_company_leads_on(policy: Policy) -> None:
    """P9: the first role that has a person left gets it, with each set of people away, out of reach or on the call."""
    six = (TARA, DEVEN, HELENA, HENRIK, RUTH, OTTO)
    for away in subsets((TARA, HELENA, RUTH)):
        absent = with_away(policy, *away)
        for unreachable, operators in product(subsets(six), subsets(six, most=1)):
            for reason, roles in (("crime", (six[2:4], six[4:])), ("training", (six[:2], six[2:4], six[4:]))):
                found = current_route(matter(absent, ANNA, reason, *operators, unreachable=unreachable))
                left = [who for one in roles if (who := _left(one, away, unreachable, operators))]
                expected = left[:1] or ([MILES] if reason == "crime" else [])
                assert [one.person for one in found.approvers] == expected


def _left(
    role: tuple[int, ...], away: frozenset[int], unreachable: frozenset[int], operators: frozenset[int]
) -> int | None:
    holder, deputy = role
    if holder in operators:
        return None
    if holder not in away | unreachable:
        return holder
    return None if deputy in unreachable | operators else deputy


POLICY, FOUR = a_policy(), (HELENA, HENRIK, RUTH, MILES)
HEADS_CHAIN = ("head_of_customer_success", "manager_human_resources", "breach_fallback")


def _left_in_chain(case: Circumstances) -> tuple[int, ...]:
    """The people left of the first role that has any left."""
    for role in map(POLICY.held, case.chain):
        there = [one for one in (role.holder, *role.deputies) if one not in case.unreachable | case.involved.everybody]
        if there and role.holder not in case.involved.everybody:
            return tuple(there[:1] if there[0] == role.holder else there)
    return ()


@each(
    ("kind", "clause"),
    [(HoldCircumstances, "P12"), (DeclinedCircumstances, "P5"), (PauseCircumstances, "P12"), (DigestCircumstances, "")],
)
def test_the_head_decides_then_the_manager_and_never_whom_it_concerns(kind: type[Circumstances], clause: str) -> None:
    for operators, concerned, unreachable in product(subsets(FOUR, 2), subsets(FOUR, 2), subsets(FOUR)):
        told = involving({"operators": operators, "concerned": concerned, "unreachable": unreachable})
        case = kind(policy=POLICY, today=date(2026, 11, 24), **told)
        assert tuple(one.person for one in current_route(case).approvers) == _left_in_chain(case)
        assert [one for one in operators | concerned if authority_of(case, one, frozenset(FOUR))] == []
        assert (case.chain, case.clause) == (HEADS_CHAIN, clause)
