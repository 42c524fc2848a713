"""Whom alarms and the weekly digest go to, and when."""

from datetime import UTC, datetime

from handlers.policy import Policy
from handlers.rules.availability import turn_to, whom_to_tell
from handlers.rules.deadlines import is_due, seen_by, week_ends
from tests.each import each
from tests.handlers.builders import with_role
from tests.seats import address, number, seated

from .roles import AWAY, MILES, OTTO, RUTH, TODAY, subsets

DEPUTY = number("dana@fernhill.example")
FOUR = (RUTH, OTTO, MILES, DEPUTY)


def staffed(policy: Policy, *away: int) -> Policy:
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
    assert list(whom_to_tell(staffed(policy, *away), TODAY, frozenset(never))) == order


def test_nobody_hears_of_the_own_case_and_everybody_else_does_in_the_end(policy: Policy) -> None:
    for away in subsets((RUTH, MILES)):
        for never in subsets(FOUR):
            found = whom_to_tell(staffed(policy, *away), TODAY, never)
            assert set(found) == set(FOUR) - never
            assert len(found) == len(set(found))


@each(
    ("me", "title"),
    [(OTTO, "Manager, Human Resources"), (RUTH, "Managing Director"), (MILES, "Manager, Human Resources")],
)
def test_whom_to_turn_to_is_another_person(policy: Policy, me: int, title: str) -> None:
    assert turn_to(staffed(policy), [me]) == title


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
def test_it_is_made_on_the_first_working_day_or_later_if_that_was_missed(
    policy: Policy, now: datetime, made: bool, before: bool, due: bool
) -> None:
    assert is_due(policy, now, made=made, before=before) is due


def test_it_is_to_be_seen_within_five_working_days_and_tells_of_calls_until_sunday(policy: Policy) -> None:
    assert seen_by(policy, MONDAY) == datetime(2026, 12, 7, 6, tzinfo=UTC)
    assert week_ends(policy, MONDAY) == datetime(2026, 12, 6, 13, tzinfo=UTC)
