"""Absences: who may say so, for which days, and which roles nobody fills meanwhile."""

from datetime import date, timedelta

import pytest

from handlers.policy import Policy
from handlers.policy.terms import Period
from handlers.rules.availability import Gap, Span, deputies_there, gaps_in_roles, join_absence, may_say, only_who_may
from handlers.rules.refusal import Refused
from tests.each import each
from tests.rules.roles import ANNA, DEVEN, HEAD, HELENA, HENRIK, HR, LEADER, MILES, RUTH, TARA

TODAY = date(2026, 11, 24)


def day(number: int) -> date:
    """So many days from today."""
    return TODAY + timedelta(days=number)


def away(policy: Policy, *told: tuple[int, int, int]) -> Policy:
    return policy.absent((who, Period.model_validate({"from": day(a), "to": day(b)})) for who, a, b in told)


def test_holders_deputies_and_reviewers_may_say_so_and_nobody_else(policy: Policy) -> None:
    reviewer = policy.seats.reviewers[0]
    assert [may_say(policy, one) for one in (TARA, DEVEN, HELENA, RUTH, reviewer)] == [True] * 5
    assert not may_say(policy, ANNA)
    only_who_may(policy, TARA)
    with pytest.raises(Refused) as refused:
        only_who_may(policy, ANNA)
    assert (refused.value.code, refused.value.fields) == ("no_role", {})


@each(
    ("first", "last", "field", "sentence"),
    [
        (2, 1, "last", "The last day is before the first. Please choose a later one."),
        (-9, -1, "last", "These days are over. Please choose a last day that is today or later."),
        (367, 370, "first", "This is more than a year ahead. Please say it nearer the time."),
        (0, 367, "last", "This would be more than a year. Please choose an earlier day, or have the policy name someone else."),
    ],
)  # fmt: skip
def test_days_that_can_not_be_are_refused_at_their_field(first: int, last: int, field: str, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        join_absence(day(first), day(last), TODAY, ())
    assert refused.value.fields == {field: sentence}


def test_days_that_meet_are_one_absence_and_others_stay_apart() -> None:
    before = [Span(day(20), day(22)), Span(day(1), day(4)), Span(day(6), day(9))]
    assert join_absence(day(3), day(7), TODAY, before) == (day(1), day(9))
    assert join_absence(day(5), day(5), TODAY, before) == (day(1), day(9)), "no day is left between them"
    assert join_absence(day(11), day(12), TODAY, before) == (day(11), day(12))


def test_an_absence_counts_for_those_days_beside_what_the_policy_says(policy: Policy) -> None:
    told = away(policy, (TARA, 0, 2), (DEVEN, 2, 3), (TARA, 5, 5))
    assert [one for one in range(-1, 7) if told.is_away(TARA, day(one))] == [0, 1, 2, 5]
    filled = [told.holders_on(LEADER, day(one)) for one in range(4)]
    assert filled == [(DEVEN,), (DEVEN,), (), (TARA,)]
    assert not policy.is_away(TARA, TODAY), "the policy itself stays as it is"
    assert told.absent([]) == policy
    assert policy.absent([]) is policy


def test_nobody_fills_a_role_whose_people_are_all_away_or_out_of_reach(policy: Policy) -> None:
    span = Span(TODAY, day(4))
    for told, who, out, first in (
        ([(TARA, 0, 4)], TARA, set[int](), None), ([(TARA, 0, 4), (DEVEN, 2, 2)], TARA, set[int](), 2), ([(TARA, 0, 4)], TARA, {DEVEN}, 0),
        ([(TARA, 3, 4), (DEVEN, 0, 4)], DEVEN, set[int](), 3), ([(HELENA, 0, 4)], TARA, set[int](), None),
    ):  # fmt: skip
        found = list(gaps_in_roles(away(policy, *told), who, span, frozenset(out)))
        assert found == ([] if first is None else [Gap(LEADER, day(first))])


def test_a_stand_in_is_a_deputy_who_is_there(policy: Policy) -> None:
    assert deputies_there(policy, HEAD, TODAY, frozenset()) == [HENRIK]
    assert deputies_there(policy, HEAD, TODAY, frozenset({HENRIK})) == []
    assert deputies_there(away(policy, (MILES, 0, 0)), HR, TODAY, frozenset()) == [
        one for one in policy.held(HR).deputies if one != MILES
    ]
