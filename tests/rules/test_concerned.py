"""P9: whoever a request concerns is in no part of it, by no role, however things stand; nor are their deputies for them."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from handlers.policy import Policy
from handlers.rules.alarms import hearers, turn_to
from handlers.rules.refusal import Refused
from handlers.rules.routing import may_decide, route
from tests.each import each

from .roles import ANNA, DEVEN, HELENA, HENRIK, MILES, OTTO, RUTH, TARA, TODAY, matter, may, subsets, with_away

EVERYBODY = (TARA, DEVEN, HELENA, HENRIK, RUTH, OTTO, MILES)


@each("reason", ["complaint", "crime"])
def test_p9_whoever_is_concerned_neither_decides_nor_gets_a_copy_nor_has_a_deputy_who_decides(
    policy: Policy, reason: str
) -> None:
    """Every set of the seven, whoever of the holders is away, for each kind; also for who was asked."""
    for concerned, away, asker in product(subsets(EVERYBODY), subsets((TARA, HELENA, RUTH)), (ANNA, HELENA)):
        about = replace(matter(with_away(policy, *away), asker, reason), concerned=concerned)
        found = route(about)
        assert concerned.isdisjoint({*(one.email for one in found.approvers), *found.copy_to})
        assert concerned.isdisjoint({about.policy.role(one.role).holder for one in found.approvers})
        assert [who for who in concerned if may(about, who, *EVERYBODY)] == []


def test_p9_the_refusal_says_why_to_whoever_was_asked(policy: Policy) -> None:
    about = replace(matter(policy, ANNA, "crime"), concerned=frozenset({HELENA}))
    with pytest.raises(Refused, match="This request concerns you") as refused:
        may_decide(about, HELENA, frozenset({HELENA}))
    assert refused.value.code == "concerned"


def test_p9_an_alarm_about_it_has_other_hearers_and_nobody_is_sent_to_whom_it_concerns(policy: Policy) -> None:
    for concerned in subsets((RUTH, MILES)):
        assert concerned.isdisjoint(hearers(policy, TODAY, concerned))
        title = turn_to(policy, concerned)
        assert title == ("" if concerned == {RUTH, MILES} else "Managing Director" if RUTH in concerned else "Manager, Human Resources")  # fmt: skip
