"""Every moment is told in one form at the command line, in the company's zone by its name, and is taken as it was told."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.commands.looking import home_zone, moment_at_home, print_moment, read_typed_moment
from handlers.rules.refusal import Refused
from tests.each import each

SYDNEY = "Australia/Sydney"
AT = datetime(2026, 11, 27, 9, 40, 37, tzinfo=UTC)


@each(
    ("at", "zone", "told"),
    [
        (AT, SYDNEY, "Fri 27 Nov 2026, 20:40:37 Sydney"),
        (AT.replace(second=0), SYDNEY, "Fri 27 Nov 2026, 20:40 Sydney"),
        (AT, "America/New_York", "Fri 27 Nov 2026, 04:40:37 New York"),
        (AT, "UTC", "Fri 27 Nov 2026, 09:40:37 UTC"),
        (datetime(2027, 4, 3, 15, 30, tzinfo=UTC), SYDNEY, "Sun 4 Apr 2027, 02:30 +11:00 Sydney"),
        (datetime(2027, 4, 3, 16, 30, tzinfo=UTC), SYDNEY, "Sun 4 Apr 2027, 02:30 +10:00 Sydney"),
    ],
)
def test_a_moment_is_told_with_its_zone_and_taken_again(at: datetime, zone: str, told: str) -> None:
    assert print_moment(at, zone) == told
    assert read_typed_moment(told, zone) == at


@each(
    "typed",
    [
        "2026-11-27 09:40:37 UTC", "2026-11-27T09:40:37utc", "2026-11-27 20:40:37 UTC+11:00", "2026-11-27 20:40:37 UTC+1100",
        "2026-11-27 09:40:37Z", "2026-11-27T20:40:37+11:00", "2026-11-27 20:40:37", "2026-11-27 20:40:37 Sydney",
        "2026-11-27 20:40:37 Australia/Sydney", "fri 27 nov 2026, 20:40:37", " 27 Nov 2026,  20:40:37 Sydney ",
    ],
)  # fmt: skip
def test_it_may_be_typed_in_any_of_these_ways(typed: str) -> None:
    assert read_typed_moment(typed, SYDNEY) == AT


@each(
    ("typed", "told"),
    [
        ("tomorrow", "“tomorrow” isn't a date and a time."), ("Fri 31 Nov 2026, 20:40", "“Fri 31 Nov 2026, 20:40” isn't"),
        ("2026-11-27 20:40 London", "“2026-11-27 20:40 London” isn't"), ("UTC", "“UTC” isn't a date"),
        ("27 Nov 2026, 25:00", "“2026-11-27 25:00” isn't a date and a time."),
        ("Sun 4 Apr 2027, 02:30 Sydney", "02:30 on 2027-04-04 comes twice in Australia/Sydney."),
    ],
)  # fmt: skip
def test_what_is_none_is_refused_with_a_sentence(typed: str, told: str) -> None:
    with pytest.raises(Refused) as refused:
        read_typed_moment(typed, SYDNEY)
    assert refused.value.sentence.startswith(told)


def test_a_line_s_time_has_the_company_s_beside_it_where_that_is_another() -> None:
    told = moment_at_home(AT, "Europe/London", SYDNEY)
    assert told == "Fri 27 Nov 2026, 09:40:37 London (Fri 27 Nov 2026, 20:40:37 Sydney)"
    assert moment_at_home(AT, "Australia/Melbourne", SYDNEY) == "Fri 27 Nov 2026, 20:40:37 Melbourne"


def test_without_a_policy_it_is_utc_by_name(tmp_path: Path) -> None:
    assert home_zone(tmp_path / "none.yaml") == "UTC"
    assert home_zone(Path(__file__).parents[2] / "policy.yaml") == SYDNEY
