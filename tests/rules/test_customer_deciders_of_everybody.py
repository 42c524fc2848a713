"""P8: every combination of who files, who was on the call, who releases and who is away: no one alone sends out a call."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.policy import Policy
from handlers.rules.customers import CustomerCircumstances
from handlers.rules.routing import Involved, authority_of, current_route
from tests.rules.breach_by_the_text import DAY
from tests.rules.customers_by_the_text import Asked, Staff, releases, small_companies, some, staffed
from tests.seats import address, number, numbers

pytestmark = pytest.mark.long

WORLD = "abcd"
NOBODY: frozenset[int] = frozenset()
COMPANIES = list(small_companies())
FILED, ON_THE_CALL = some(WORLD, 2, 1), some(WORLD, 1)


def rules(policy: Policy, asked: Asked) -> CustomerCircumstances:
    return CustomerCircumstances(
        policy=policy, today=DAY, unreachable=numbers(asked.out_of_reach),
        involved=Involved(numbers(asked.filed), numbers(asked.on_the_call)),
        asker="relative" if asked.for_the_head else "customer",
    )  # fmt: skip


def said(staff: Staff, policy: Policy, asked: Asked) -> set[str]:
    """Return whom the rules ask: those the policy names, and no one who wrote any of it down."""
    found = {address(one.person) for one in current_route(rules(policy, asked)).approvers}
    assert found == {who for who in WORLD if releases(staff, asked, who)}
    assert found.isdisjoint(asked.filed | asked.on_the_call)
    return found


def test_p8_no_one_alone_sends_a_call_out_in_any_small_company(policy: Policy) -> None:
    """Every small company, every filer or two, everyone or no one on the call, and each way to be away in turn."""
    absences = some("abc", 3)
    for place, staff in enumerate(COMPANIES):
        # One absence a company, in turn: each of the eight meets every kind of company many times over.
        away = absences[place % len(absences)]
        placed = staffed(policy, staff, away)
        for filed, on_the_call, head in product(FILED, ON_THE_CALL, (False, True)):
            assert said(staff, placed, Asked(filed, on_the_call, head, away)).isdisjoint(filed | on_the_call)


some_people = st.sampled_from(some(WORLD, 4))


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(COMPANIES), some_people, some_people, some_people, some_people, st.booleans(), some_people)
def test_p8_nor_does_anyone_who_was_asked_before_after_any_change(
    policy: Policy, staff: Staff, filed: frozenset[str], on_the_call: frozenset[str], away: frozenset[str],
    out_of_reach: frozenset[str], for_the_head: bool, asked_before: frozenset[str],
) -> None:  # fmt: skip
    """Those who may press were asked or would be now, hold an office that it goes to, and wrote none of it down."""
    asked = Asked(filed, on_the_call, for_the_head, away, out_of_reach)
    placed = staffed(policy, staff, away)
    now = said(staff, placed, asked)
    assert {who for who in WORLD if authority_of(rules(placed, asked), number(who), NOBODY)} == now
    offices = [*([] if for_the_head else [staff.leader]), staff.head, staff.manager]
    may = {who for who in WORLD if authority_of(rules(placed, asked), number(who), numbers(asked_before))}
    assert may.isdisjoint(filed | on_the_call)
    assert may <= now | asked_before
    for who in may - now:
        assert any(who == one.holder or who in one.deputies for one in offices)
