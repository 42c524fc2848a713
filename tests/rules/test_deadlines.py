"""P9, P12: working days counted back from an end, by the days of whoever is told."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from handlers.rules.deadlines import before_end
from tests.handlers.builders import POLICY

JERUSALEM = "Asia/Jerusalem"


def test_p12_a_time_of_day_that_the_clock_skips_is_the_end_of_the_gap() -> None:
    """There the clock goes from 2:00 to 3:00 on Friday 27 March 2026."""
    end = datetime(2026, 3, 30, 2, 30, tzinfo=ZoneInfo(JERUSALEM))
    assert before_end(POLICY, end, JERUSALEM, "+442036953777", 1) == datetime(2026, 3, 27, 0, 0, tzinfo=UTC)


def test_p12_it_is_the_same_time_of_day_on_either_side_of_a_change() -> None:
    end = datetime(2026, 3, 30, 9, 0, tzinfo=ZoneInfo(JERUSALEM))
    assert before_end(POLICY, end, JERUSALEM, "+442036953777", 2) == datetime(2026, 3, 26, 7, 0, tzinfo=UTC)
