"""On which mornings reviewers are reminded of drawn calls, wherever they are (P10)."""

from handlers.rules import random_review as rule
from tests.each import each
from tests.rules.days import SYDNEY, utc
from tests.rules.test_random_review import a_policy

HERE = "Australia/Sydney"


@each(
    ("now", "at"),
    [
        ("2026-12-01 12:00", "2026-12-08 09:00"), ("2026-12-08 08:59", "2026-12-08 09:00"), ("2026-12-08 09:00", "2026-12-14 09:00"),
        ("2026-12-14 09:00", "2026-12-15 09:00"), ("2026-12-15 09:00", None), ("2026-12-15 17:00", None), ("2027-01-15 09:00", None),
    ],
)  # fmt: skip
def test_p10_a_reviewer_with_calls_left_is_reminded_some_working_days_before_and_on_the_last(
    now: str, at: str | None
) -> None:
    policy, until = a_policy(), utc("2026-12-15 17:00", SYDNEY)
    assert rule.next_reminder(policy, until, utc(now, SYDNEY), [HERE]) == (at and utc(at, SYDNEY))
