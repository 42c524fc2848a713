"""P8: who sees to what was released, row by row; and nobody who may not release it ever does."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.policy import Policy
from handlers.rules.after_release import keeps_from, sees_to
from handlers.rules.routing import route
from tests.each import each
from tests.rules.customers_by_the_text import Asked, Staff, staffed
from tests.rules.roles import AWAY, DEVEN, HEAD, HELENA, HENRIK, LEADER, RUTH, TARA
from tests.rules.test_customer_deciders import ANNA, BRAM, CORA, case
from tests.rules.test_customer_deciders_of_everybody import COMPANIES, WORLD, rules, some_people

FORMER = "former.leader@fernhill.example"
ROWS: list[tuple[str, dict[str, Any], list[str]]] = [
    (TARA, {}, [TARA]),
    (CORA, {}, [CORA]),
    (DEVEN, {}, [DEVEN]),
    (HELENA, {}, [HELENA]),
    (FORMER, {}, [FORMER]),
    (TARA, {"unreachable": {CORA}}, [TARA]),
    (TARA, {"unreachable": {TARA}}, [CORA, DEVEN]),
    (CORA, {"unreachable": {CORA}}, [TARA]),
    (FORMER, {"unreachable": {FORMER}}, [TARA, CORA]),
    (TARA, {"unreachable": {TARA, CORA}}, [DEVEN]),
    (DEVEN, {"unreachable": {TARA, CORA, DEVEN}}, [HELENA]),
    (TARA, {"unreachable": {TARA, CORA}, "operators": {DEVEN}}, [HELENA]),
    (TARA, {"unreachable": {TARA, CORA, DEVEN, HELENA}}, [HENRIK]),
    (TARA, {"unreachable": {TARA, CORA, DEVEN, HELENA, HENRIK}}, [RUTH]),
    (TARA, {"unreachable": {TARA, CORA, DEVEN}, "operators": {HELENA, RUTH}}, []),
    (TARA, {"filers": {ANNA, TARA}}, [CORA]),
    (TARA, {"operators": {BRAM, TARA}}, [CORA]),
    (TARA, {"namesakes": frozenset({TARA})}, [CORA]),
    (HELENA, {"asker": "relative", "unreachable": {HELENA}}, [HENRIK]),
]


@each(("releaser", "told", "expected"), ROWS)
def test_p8_whoever_released_it_sees_to_it_or_whoever_stands_in(
    policy: Policy, releaser: str, told: dict[str, Any], expected: list[str]
) -> None:
    about = case(policy, **told)
    assert list(sees_to(about, releaser)) == expected
    assert (keeps_from(about, releaser) is None) == (expected == [releaser])


def test_p8_an_absence_brings_in_the_deputy(policy: Policy) -> None:
    gone = policy.role(LEADER).model_copy(update={"away": (AWAY,)})
    placed = policy.model_copy(update={"roles": policy.roles.model_copy(update={LEADER: gone})})
    assert sees_to(case(placed), TARA) == (CORA, DEVEN)
    assert sees_to(case(placed), HELENA) == (HELENA,)
    assert keeps_from(case(placed), TARA) == "away"
    assert placed.role(HEAD).holder == HELENA


@settings(max_examples=500, deadline=None)
@given(
    st.sampled_from(COMPANIES), some_people, some_people, some_people, some_people, st.booleans(), st.sampled_from(WORLD)
)  # fmt: skip
def test_p8_whoever_it_comes_to_is_there_and_wrote_none_of_it_down(
    policy: Policy, staff: Staff, filed: frozenset[str], on_the_call: frozenset[str], away: frozenset[str],
    out_of_reach: frozenset[str], for_the_head: bool, releaser: str,
) -> None:  # fmt: skip
    """It is with somebody wherever anybody could be asked to release it; never with one who filed it, was on the call, or is not there."""
    about = rules(staffed(policy, staff, away), Asked(filed, on_the_call, for_the_head, away, out_of_reach))
    found = set(sees_to(about, releaser))
    assert found.isdisjoint(filed | on_the_call | out_of_reach)
    assert all(about.hindrance(who) is None for who in found)
    assert found or not route(about).approvers
    assert found <= {releaser} or found == {one.email for one in route(about).approvers}
