"""How long access lasts, and how far off a moment is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from handlers.rules.times import ends_after, relative

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_days_are_24_hours_also_across_a_change_of_the_clocks() -> None:
    """Sydney puts its clocks forward on 4 October 2026."""
    start = datetime(2026, 10, 1, 9, tzinfo=ZoneInfo("Australia/Sydney"))
    ends = ends_after(start, 7)
    assert ends - start.astimezone(UTC) == timedelta(hours=7 * 24)
    assert ends.astimezone(ZoneInfo("Australia/Sydney")).hour == 10


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(days=6), "in 6 days"),
        (timedelta(days=7) - timedelta(seconds=1), "in 7 days"),
        (timedelta(hours=48), "in 2 days"),
        (timedelta(hours=47), "in 47 hours"),
        (timedelta(hours=1), "in 1 hour"),
        (timedelta(minutes=59, seconds=40), "in 1 hour"),
        (timedelta(minutes=59, seconds=20), "in 59 minutes"),
        (timedelta(seconds=60), "in 1 minute"),
        (timedelta(seconds=59), "in less than a minute"),
        (timedelta(0), "just now"),
        (timedelta(seconds=-59), "just now"),
        (timedelta(minutes=-1), "1 minute ago"),
        (timedelta(hours=-2), "2 hours ago"),
        (timedelta(days=-90), "90 days ago"),
    ],
)
def test_how_far_off(ahead: timedelta, words: str) -> None:
    assert relative(NOW + ahead, NOW) == words


def test_zones_do_not_matter_to_how_far_off_it_is() -> None:
    assert relative((NOW + timedelta(hours=3)).astimezone(ZoneInfo("Australia/Sydney")), NOW) == "in 3 hours"
