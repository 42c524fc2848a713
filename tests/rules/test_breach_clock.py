"""P13: a report is acknowledged and answered by the home line's working days, and its standing still brings others in."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from handlers.policy import Policy
from handlers.rules.breach_clock import Kept, Receipt, kept, lets_in, moments, received
from handlers.rules.working_days import due
from tests.each import each

from .days import SYDNEY, a_calendar, at, utc


@each(
    ("came", "receipt", "acknowledge", "waits", "feedback"),
    [
        ("2026-11-24 10:00", Receipt(date(2026, 11, 24), late=False), "2026-11-26", "2026-11-27", "2026-12-08"),
        ("2026-11-24 17:00", Receipt(date(2026, 11, 24), late=False), "2026-11-26", "2026-11-27", "2026-12-08"),
        ("2026-11-24 17:01", Receipt(date(2026, 11, 24), late=True), "2026-11-27", "2026-11-30", "2026-12-09"),
        ("2026-11-28 20:00", Receipt(date(2026, 11, 28), late=False), "2026-12-02", "2026-12-03", "2026-12-14"),
        ("2026-12-24 09:00", Receipt(date(2026, 12, 24), late=False), "2026-12-30", "2026-12-31", "2027-01-12"),
    ],
)
def test_p13_the_clock_runs_by_the_home_line(
    policy: Policy, came: str, receipt: Receipt, acknowledge: str, waits: str, feedback: str
) -> None:
    assert received(policy, at(came, SYDNEY)) == receipt
    promised = moments(policy, receipt)
    expected = [utc(f"{day} 17:00", SYDNEY) for day in (acknowledge, waits, feedback)]
    assert [promised.acknowledge, promised.waits, promised.feedback] == expected


@given(st.datetimes(datetime(2026, 1, 2), datetime(2035, 12, 1), timezones=st.just(UTC)))
def test_p13_the_minute_that_is_not_kept_moves_nothing(policy: Policy, now: datetime) -> None:
    """The day and whether it was late give the moments that the whole sum from the minute gives."""
    calendar = a_calendar(SYDNEY)
    promised = moments(policy, received(policy, now))
    sums = [due(calendar, now, days) for days in (2, 3, 10)]
    assert [promised.acknowledge, promised.waits, promised.feedback] == [one.at for one in sums]
    assert all(moment.tzinfo is UTC for moment in (promised.acknowledge, promised.waits, promised.feedback))


def test_p13_a_closed_report_is_kept_for_whole_months_after_the_day(policy: Policy) -> None:
    found = kept(policy, date(2026, 11, 24))
    assert found == Kept(utc("2028-10-26 00:00", SYDNEY), utc("2028-11-25 00:00", SYDNEY))
    assert kept(policy, date(2026, 2, 27)).destroy == utc("2028-02-28 00:00", SYDNEY)


@each(
    ("opened", "answered", "expected"),
    [
        (False, False, [False, True, True]),
        (True, False, [False, False, True]),
        (True, True, [False, False, False]),
    ],
)
def test_p13_silence_lets_the_fallback_in(policy: Policy, opened: bool, answered: bool, expected: list[bool]) -> None:
    promised = moments(policy, Receipt(date(2026, 11, 24), late=False))
    at_moments = (promised.acknowledge, promised.waits, promised.feedback)
    assert [lets_in(promised, one, opened=opened, answered=answered) for one in at_moments] == expected
