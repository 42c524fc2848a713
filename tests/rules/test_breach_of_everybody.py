"""P13: no accused person ever reads, and someone reads or the report is sealed because no one may: every small company.

Five people at most, one deputy a role or none. What is left out, and why nothing is lost by it:
- names: people are renamed in the order in which they first appear in a role, and the rule sorts by no name;
- accused, conflict and reporter are one set, since that is all that the rule is told (`Circumstances`);
- being away counts once, unreachable or not; people without a role are in no set, since every question is about a person
  with one.
Hypothesis tries what is left out, with several deputies a role and all of it at once.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.policy import Policy
from handlers.rules.breach import FALLBACK, HANDLERS, Circumstances, Handling, who_handles
from tests.rules.breach_by_the_text import DAY, Office, World, staffed
from tests.seats import address, numbers

pytestmark = pytest.mark.long

FIVE = "abcde"


def circumstances(policy: Policy, world: World) -> Circumstances:
    """`policy` is that of the world."""
    return Circumstances(
        policy=policy, today=DAY, out=numbers(world.out), not_there=numbers(world.unreachable), let_in=world.let_in,
    )  # fmt: skip


def canonical(*offices: Office) -> bool:
    met = list(dict.fromkeys("".join(office.holder for office in offices) + "".join(one.deputies for one in offices)))
    return "".join(met) == FIVE[: len(met)]


def companies() -> Iterator[World]:
    """Each assignment of five people; the fallback's people hold neither of the two roles (else the policy is refused)."""
    for manager, head, last in product(FIVE, FIVE, FIVE):
        for deputies in product(("", *FIVE), repeat=3):
            one, two, three = (Office(*office) for office in zip((manager, head, last), deputies, strict=True))
            lawful = all(office.holder != office.deputies for office in (one, two, three))
            third = {last, deputies[2]}.isdisjoint({manager, head})
            if lawful and third and canonical(one, two, three):
                yield World(one, two, three)


def parts(people: frozenset[str]) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    """Each way to part people in away, unreachable, and there."""
    order = sorted(people)
    for states in product(range(3), repeat=len(order)):
        away = frozenset(who for who, state in zip(order, states, strict=True) if state == 1)
        yield away, frozenset(who for who, state in zip(order, states, strict=True) if state == 2)


def subsets(people: frozenset[str]) -> list[frozenset[str]]:
    order = sorted(people)
    picks = product((False, True), repeat=len(order))
    return [frozenset(who for who, picked in zip(order, pick, strict=True) if picked) for pick in picks]


def is_right(world: World, found: Handling) -> None:
    """What the policy's words require of one person at a time, and what must never be."""
    readers = [address(seat.person) for seat in found.readers]
    assert world.out.isdisjoint(readers)
    assert len(set(readers)) == len(readers)
    assert set(readers) == {who for who in world.people if world.reads(who)}
    assert found.sealed is (not readers)
    assert (found.fired == "sealed") is found.sealed
    offices = {HANDLERS[0]: world.manager, HANDLERS[1]: world.head, FALLBACK: world.fallback}
    for seat in found.readers:
        office = offices[seat.role]
        assert world.by_office(address(seat.person), office)
        assert seat.deputy is (address(seat.person) != office.holder)
        assert office.holder not in world.out
        # “an office of their own stays”: a holder of one of the two reads as its holder, whatever else they deputise for.
        assert not (seat.deputy and address(seat.person) in (world.manager.holder, world.head.holder))
    assert found.fired in fired(world)


def fired(world: World) -> set[str]:
    if world.nobody_of_the_two:
        return {"fallback", "sealed"}
    if world.two_people_for_two_roles:
        return {"both"}
    roles = {"manager_alone": world.managers, "head_alone": world.heads}
    return {name for name, people in roles.items() if people}


def test_p13_every_assignment_of_five_people_away_accused_or_in_conflict(policy: Policy) -> None:
    """No assignment lets a person read who is out; someone reads, or it is sealed exactly if no one may."""
    tried = 0
    for company in companies():
        outs = subsets(company.people)
        for away, unreachable in parts(company.people):
            here = replace(company, away=away, unreachable=unreachable)
            placed = staffed(policy, here)
            for out, let_in in product(outs, (False, True)):
                world = replace(here, out=out, let_in=let_in)
                is_right(world, who_handles(circumstances(placed, world)))
                tried += 1
    assert tried > 250_000


# --- what a small company does not have: many deputies, and everything at once


ROOM = "abcdefgh"
some = st.frozensets(st.sampled_from(ROOM))


@st.composite
def worlds(draw: st.DrawFn) -> World:
    manager, head = draw(st.sampled_from(ROOM)), draw(st.sampled_from(ROOM))
    third = [who for who in ROOM if who not in (manager, head)]
    last = draw(st.sampled_from(third))
    deputies = [
        "".join(draw(st.permutations([who for who in pool if who != holder]))[: draw(st.integers(0, 4))])
        for holder, pool in ((manager, ROOM), (head, ROOM), (last, third))
    ]
    one, two, three = (Office(*office) for office in zip((manager, head, last), deputies, strict=True))
    return World(one, two, three, draw(some), draw(some), draw(some), draw(st.booleans()))


@settings(max_examples=800, deadline=None)
@given(worlds())
def test_p13_many_deputies_and_everything_at_once(policy: Policy, world: World) -> None:
    found = who_handles(circumstances(staffed(policy, world), world))
    assert found.sealed is (not found.readers)
    is_right(world, found)
