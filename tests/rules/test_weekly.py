"""When the weekly card is made, to whom it goes, and until when somebody is to have seen it."""

from __future__ import annotations

from datetime import UTC, date, datetime

from handlers.policy import Policy
from handlers.rules.weekly import SEEING, WeekCircumstances, is_due, to_be_seen
from tests.each import each

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
        (_at(30, 22), False, True, True),  # Tuesday, where Monday was missed
        (_at(30, 22), False, False, False),  # Tuesday, and none was waited for
    ],
)
def test_it_is_made_on_the_first_working_day_or_later_where_that_was_missed(
    policy: Policy, now: datetime, made: bool, before: bool, due: bool
) -> None:
    assert is_due(policy, now, made=made, before=before) is due


def test_it_is_to_be_seen_within_five_working_days(policy: Policy) -> None:
    assert to_be_seen(policy, MONDAY) == datetime(2026, 12, 7, 6, tzinfo=UTC)


def test_it_goes_to_the_head_then_to_the_other_and_nobody_has_a_case_of_their_own_in_it(policy: Policy) -> None:
    case = WeekCircumstances(policy=policy, today=date(2026, 11, 30))
    assert (case.chain, case.copy_to, case.clause) == (SEEING, (), "")
    assert case.own_case(policy.role("head_of_customer_success").holder) is None
