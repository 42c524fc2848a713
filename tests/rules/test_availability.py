"""Absences: who may say so, for which days, which roles are unfilled meanwhile; and whom alarms and the weekly digest
go to, and when (P7).
"""

from datetime import UTC, date, datetime, timedelta

import pytest

from handlers.policy import Policy
from handlers.policy.terms import Period
from handlers.rules import Refused
from handlers.rules import availability as rule
from handlers.rules.availability import (
    Gap,
    Span,
    check_may_be_away,
    deputies_there,
    gaps_in_roles,
    has_duties,
    join_absence,
    title_to_ask,
    whom_to_tell,
)
from handlers.rules.deadlines import is_due, seen_by, week_ends
from tests.each import each
from tests.handlers.builders import POLICY, with_role, without_deputies
from tests.handlers.builders import away as away_in_the_file
from tests.rules.roles import (
    ANNA,
    AWAY,
    DEVEN,
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
    subsets,
)
from tests.seats import address, number, seated


def day(number: int) -> date:
    """So many days from today."""
    return TODAY + timedelta(days=number)


def away(policy: Policy, *told: tuple[int, int, int]) -> Policy:
    return policy.absent((who, Period.model_validate({"from": day(a), "to": day(b)})) for who, a, b in told)


def test_holders_deputies_and_reviewers_may_say_so_and_no_one_else(policy: Policy) -> None:
    reviewer = policy.seats.reviewers[0]
    assert [has_duties(policy, one) for one in (TARA, DEVEN, HELENA, RUTH, reviewer)] == [True] * 5
    assert not has_duties(policy, ANNA)
    check_may_be_away(policy, TARA)
    with pytest.raises(Refused) as refused:
        check_may_be_away(policy, ANNA)
    assert (refused.value.code, refused.value.fields) == ("no_role", {})


@each(
    ("first", "last", "field", "sentence"),
    [
        (2, 1, "last", "The last day is before the first. Please choose a later one."),
        (-9, -1, "last", "This day is in the past. Please choose today or later."),
        (367, 370, "first", "This is more than a year ahead. Please enter it nearer the time."),
        (0, 367, "last", "That makes more than a year. Please choose an earlier day, or have the policy name someone else."),
    ],
)  # fmt: skip
def test_days_that_cannot_be_are_refused_at_their_field(first: int, last: int, field: str, sentence: str) -> None:
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


def test_no_one_fills_a_role_whose_people_are_all_away_or_out_of_reach(policy: Policy) -> None:
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


NO_ONE: frozenset[int] = frozenset()


def test_p7_a_role_that_no_one_fills_since_someone_is_away() -> None:
    tara = seated(away_in_the_file(POLICY, "team_leader"))
    leader = seated(POLICY).held("team_leader")
    assert list(rule.roles_uncovered(tara, TODAY, NO_ONE)) == []
    [gap] = rule.roles_uncovered(tara, TODAY, frozenset(leader.deputies))
    assert gap.role == "team_leader"
    [gap] = rule.roles_uncovered(
        seated(away_in_the_file(without_deputies(POLICY, "team_leader"), "team_leader")), TODAY, NO_ONE
    )
    assert gap.role == "team_leader"
    [gap] = rule.roles_uncovered(seated(away_in_the_file(POLICY, "manager_human_resources")), TODAY, NO_ONE)
    assert isinstance(gap, Gap) and gap.role == "manager_human_resources"
    alone = seated(without_deputies(POLICY, "team_leader"))
    assert list(rule.roles_uncovered(alone, TODAY, frozenset({leader.holder}))) == []


DEPUTY = number("dana@fernhill.example")
FOUR = (RUTH, OTTO, MILES, DEPUTY)


def with_deputies(policy: Policy, *away: int) -> Policy:
    """Both roles have a deputy."""
    for role, holder, deputy in (("manager_human_resources", RUTH, OTTO), ("breach_fallback", MILES, DEPUTY)):
        days = (AWAY,) if holder in away else ()
        policy = with_role(policy, role, holder=address(holder), deputies=(address(deputy),), away=days)
    return seated(policy)


@each(
    ("away", "never", "order"),
    [
        ((), (), [RUTH, OTTO, MILES, DEPUTY]), ((), (RUTH,), [OTTO, MILES, DEPUTY]),
        ((), (RUTH, OTTO, MILES), [DEPUTY]), ((), FOUR, []), ((RUTH,), (), [OTTO, MILES, DEPUTY, RUTH]),
        ((RUTH, MILES), (OTTO,), [DEPUTY, RUTH, MILES]),
    ],
)  # fmt: skip
def test_holders_come_first_then_deputies_then_the_last_resort_and_absent_people_last(
    policy: Policy, away: tuple[int, ...], never: tuple[int, ...], order: list[int]
) -> None:
    assert list(whom_to_tell(with_deputies(policy, *away), TODAY, frozenset(never))) == order


def test_no_one_hears_of_the_own_case_and_everyone_else_does_in_the_end(policy: Policy) -> None:
    for away in subsets((RUTH, MILES)):
        for never in subsets(FOUR):
            found = whom_to_tell(with_deputies(policy, *away), TODAY, never)
            assert set(found) == set(FOUR) - never
            assert len(found) == len(set(found))


@each(
    ("me", "title"),
    [(OTTO, "Manager, Human Resources"), (RUTH, "Managing Director"), (MILES, "Manager, Human Resources")],
)
def test_whom_to_turn_to_is_another_person(policy: Policy, me: int, title: str) -> None:
    assert title_to_ask(with_deputies(policy), [me]) == title


MONDAY = datetime(2026, 11, 29, 22, 5, tzinfo=UTC)  # 9:05 in Sydney


def _at(day: int, hour: int) -> datetime:
    """A moment of November 2026 by its hour in UTC; Sydney is eleven hours ahead."""
    return datetime(2026, 11, day, hour, 5, tzinfo=UTC)


@each(
    ("now", "made", "before", "due"),
    [
        (MONDAY, False, False, True),
        (MONDAY, True, True, False),
        (_at(29, 20), False, True, False),  # before work begins
        (_at(28, 22), False, True, False),  # Sunday
        (_at(30, 22), False, True, True),  # Tuesday, and Monday was missed
        (_at(30, 22), False, False, False),  # Tuesday of the week in which the bot was installed
        (datetime(2027, 3, 28, 22, 5, tzinfo=UTC), False, True, False),  # Easter Monday
        (datetime(2027, 3, 29, 22, 5, tzinfo=UTC), False, False, True),  # the Tuesday after it
    ],
)
def test_it_is_made_on_the_first_workday(policy: Policy, now: datetime, made: bool, before: bool, due: bool) -> None:
    assert is_due(policy, now, made=made, before=before) is due


def test_it_is_to_be_seen_within_five_working_days_and_tells_of_calls_until_sunday(policy: Policy) -> None:
    assert seen_by(policy, MONDAY) == datetime(2026, 12, 7, 6, tzinfo=UTC)
    assert week_ends(policy, MONDAY) == datetime(2026, 12, 6, 13, tzinfo=UTC)
