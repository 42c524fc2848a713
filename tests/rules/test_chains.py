"""P5, P12: who decides of whatever is no request: by one chain each, and by the rules of all others."""

from datetime import date
from itertools import product

import pytest

from handlers.rules.deadlines import DigestCircumstances
from handlers.rules.declined import DeclinedCircumstances
from handlers.rules.holds import HoldCircumstances
from handlers.rules.retention import PauseCircumstances
from handlers.rules.routing import Circumstances, authority_of, current_route
from tests.each import each
from tests.rules.days import a_policy
from tests.rules.roles import HELENA, HENRIK, MILES, RUTH, involving, subsets

POLICY, FOUR = a_policy(), (HELENA, HENRIK, RUTH, MILES)
CHAIN = ("head_of_customer_success", "manager_human_resources", "breach_fallback")


def _left(case: Circumstances) -> tuple[int, ...]:
    """Whoever is left of the first role that has a person left."""
    for role in map(POLICY.held, case.chain):
        there = [one for one in (role.holder, *role.deputies) if one not in case.unreachable | case.involved.everybody]
        if there and role.holder not in case.involved.everybody:
            return tuple(there[:1] if there[0] == role.holder else there)
    return ()


@pytest.mark.long
@each(
    ("kind", "clause"),
    [(HoldCircumstances, "P12"), (DeclinedCircumstances, "P5"), (PauseCircumstances, "P12"), (DigestCircumstances, "")],
)
def test_the_head_decides_then_the_manager_and_never_whom_it_concerns(kind: type[Circumstances], clause: str) -> None:
    for operators, concerned, unreachable in product(subsets(FOUR, 2), subsets(FOUR, 2), subsets(FOUR)):
        told = involving({"operators": operators, "concerned": concerned, "unreachable": unreachable})
        case = kind(policy=POLICY, today=date(2026, 11, 24), **told)
        assert tuple(one.person for one in current_route(case).approvers) == _left(case)
        assert [one for one in operators | concerned if authority_of(case, one, frozenset(FOUR))] == []
        assert (case.chain, case.clause) == (CHAIN, clause)
