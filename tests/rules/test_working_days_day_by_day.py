"""P8: the rules agree with a count that walks day by day and shares no code with them, over ten years."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.rules.working_days import DECLARED_TO, due_after

from .days import LONDON, SHIPPED, SYDNEY, a_calendar

pytestmark = pytest.mark.long

YEARS = range(2024, 2036)
SETS = {
    line: frozenset(holidays.country_holidays(country, subdiv=part, years=YEARS))
    for line, country, part in ((SYDNEY, "AU", "NSW"), (LONDON, "GB", "ENG"))
}
PLACES = {SYDNEY: "Australia/Sydney", LONDON: "Europe/London"}
MINUTE = timedelta(minutes=1)


@cache
def five_o_clock(line: str, day: date) -> datetime:
    """By looking at the clock on the wall, minute after minute."""
    moment = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
    wanted = (day, 17)
    while True:
        wall = moment.astimezone(ZoneInfo(PLACES[line]))
        if (wall.date(), wall.hour) == wanted and wall.minute == 0:
            return moment
        moment += MINUTE


def is_open(line: str, day: date, shut: frozenset[date]) -> bool:
    return day.isoweekday() <= 5 and day not in SETS[line] and day not in shut


def counted_by_hand(line: str, received: datetime, wanted: int, shut: frozenset[date]) -> datetime:
    """Wait for the office to take it in; then tick off the days on which it is open."""
    day = received.astimezone(ZoneInfo(PLACES[line])).date()
    taken = False
    ticked = 0
    while True:
        if is_open(line, day, shut):
            ticked += taken
            taken = taken or received <= five_o_clock(line, day)
            if ticked == wanted:
                return five_o_clock(line, day)
        day = date.fromordinal(day.toordinal() + 1)


MOMENTS = st.datetimes(datetime(2024, 1, 2), datetime(2034, 12, 1), timezones=st.just(UTC))


@settings(deadline=None)  # a policy is read for each
@given(
    line=st.sampled_from([SYDNEY, LONDON]),
    received=MOMENTS,
    wanted=st.integers(1, 30),
    shut=st.frozensets(st.integers(1, 60), max_size=6),
)
def test_p8_any_moment_is_counted_as_by_hand(line: str, received: datetime, wanted: int, shut: frozenset[int]) -> None:
    closures = frozenset(received.date() + timedelta(days=day) for day in shut)
    calendar = a_calendar(line, *(day.isoformat() for day in sorted(closures)))
    assert due_after(calendar, received, wanted).at == counted_by_hand(line, received, wanted, closures)


def test_p8_holidays_count_as_declared_up_to_the_year_of_the_library_s_release() -> None:
    """An engineer who takes a newer library looks at this year, too."""
    lock = (SHIPPED.parent / "uv.lock").read_text(encoding="utf-8")
    package = lock[lock.index('name = "holidays"') :]
    assert package[package.index("upload-time") :].startswith(f'upload-time = "{DECLARED_TO}-')
