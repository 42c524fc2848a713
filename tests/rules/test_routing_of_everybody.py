"""Nobody ever decides for themselves: every assignment of a few people to the offices, and every absence."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.rules.policy import Policy
from handlers.rules.routing import Authority, Route, route

from .offices import (
    ANNA,
    DEVEN,
    HEAD,
    HELENA,
    HENRIK,
    HR,
    LEADER,
    OTTO,
    RUTH,
    TARA,
    TODAY,
    Matter,
    matter,
    may,
    staffed,
    subsets,
    with_away,
)

TRIO = ("a", "b", "c")
WORLD = (*TRIO, "d")
ASSIGNMENTS = [
    (tuple(holders), deputies)
    for holders in ("aaa", "aab", "aba", "abb", "abc")  # any other is one of these with the names changed
    for deputies in product(*([(), *((who,) for who in TRIO if who != holder)] for holder in holders))
]


def holds(policy: Policy, about: Matter, found: Route, unreachable: frozenset[str]) -> None:
    """What must be true of any route."""
    deciders = [authority.email for authority in found.approvers]
    assert about["requester"] not in deciders
    assert about["operators"].isdisjoint(deciders)
    assert unreachable.isdisjoint(deciders)
    assert len(set(deciders)) == len(deciders)
    assert len({authority.role for authority in found.approvers}) <= 1
    assert found.alarm or found.approvers
    for authority in found.approvers:
        holder = policy.role(authority.role).holder
        assert authority.role in ((HEAD, HR) if about["reason"] == "crime" else (LEADER, HEAD))
        assert authority.deputy <= (policy.is_away(holder, TODAY) or holder in unreachable)
        entitled(policy, about, authority)


def entitled(policy: Policy, about: Matter, authority: Authority) -> None:
    """What must be true of anybody who decides."""
    office = policy.role(authority.role)
    assert (authority.email in office.deputies) if authority.deputy else (authority.email == office.holder)
    assert about["requester"] not in (authority.email, office.holder)
    assert about["operators"].isdisjoint({authority.email, office.holder})
    assert not (about["reason"] == "crime" and authority.email == policy.role(LEADER).holder)


def agrees(policy: Policy, about: Matter, found: Route, asked: frozenset[str]) -> None:
    """At the click: whom the request went to may decide, and whoever may is entitled to."""
    for authority in found.approvers:
        assert may(policy, authority.email, about, authority.email, *asked) is not None
    for decider in WORLD:
        authority_at_click = may(policy, decider, about, *asked)
        if authority_at_click is not None:
            assert authority_at_click.email == decider
            entitled(policy, about, authority_at_click)


def matters(operators: list[frozenset[str]]) -> Iterator[Matter]:
    for requester, reason, some in product(WORLD, ("complaint", "crime"), operators):
        yield matter(requester, reason, *some)


def test_no_assignment_of_people_to_offices_lets_anybody_decide_for_themselves(policy: Policy) -> None:
    """Three people, whoever is away, every requester, at most one operator, both ways."""
    for (holders, deputies), away in product(ASSIGNMENTS, subsets(TRIO)):
        world = staffed(policy, holders, deputies, *away)
        for about in matters(subsets(TRIO, most=1)):
            holds(world, about, route(world, today=TODAY, **about), frozenset())


worlds = st.tuples(st.sampled_from(ASSIGNMENTS), st.sampled_from(subsets(TRIO)))
some_people = st.sampled_from(subsets(WORLD))


@settings(max_examples=400, deadline=None)
@given(worlds, st.sampled_from(list(matters(subsets(WORLD)))), some_people, some_people)
def test_the_click_agrees_with_the_route(
    policy: Policy,
    world: tuple[tuple[tuple[str, ...], tuple[tuple[str, ...], ...]], frozenset[str]],
    about: Matter,
    unreachable: frozenset[str],
    asked: frozenset[str],
) -> None:
    (holders, deputies), away = world
    placed = staffed(policy, holders, deputies, *away)
    found = route(placed, today=TODAY, unreachable=unreachable, **about)
    holds(placed, about, found, unreachable)
    agrees(placed, about, found, asked)


def test_every_absence_in_the_sample_company_leads_on(policy: Policy) -> None:
    """P9: whoever is away, out of reach or on the call, the first office that has somebody left gets it."""
    six = (TARA, DEVEN, HELENA, HENRIK, RUTH, OTTO)
    for away in subsets((TARA, HELENA, RUTH)):
        absent = with_away(policy, *away)
        for unreachable, operators in product(subsets(six), subsets(six, most=1)):
            about = matter(ANNA, "crime", *operators)
            found = route(absent, today=TODAY, unreachable=unreachable, **about)
            left = [_left(office, away, unreachable, operators) for office in (six[2:4], six[4:])]
            assert [authority.email for authority in found.approvers] == [who for who in left if who][:1]


def _left(
    office: tuple[str, ...], away: frozenset[str], unreachable: frozenset[str], operators: frozenset[str]
) -> str | None:
    holder, deputy = office
    if holder in operators:
        return None
    if holder not in away | unreachable:
        return holder
    return None if deputy in unreachable | operators else deputy
