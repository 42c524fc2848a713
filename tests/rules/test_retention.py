"""P12: when a call's twelve months are over, and what waits until the Head has looked."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.retention import Day, erase_at, erased_before, pause_causes
from tests.each import each

SYDNEY, LONDON = "Australia/Sydney", "Europe/London"


@each(
    ("zone", "started", "months", "local"),
    [
        (SYDNEY, "2026-11-24T14:00", 12, "2027-11-24T14:00+11:00"),
        (SYDNEY, "2028-02-29T10:30", 12, "2029-03-01T00:00+11:00"),
        (SYDNEY, "2027-02-28T10:30", 12, "2028-02-28T10:30+11:00"),
        (SYDNEY, "2028-02-29T10:30", 48, "2032-02-29T10:30+11:00"),
        (SYDNEY, "2027-01-31T23:59:59.999999", 1, "2027-03-01T00:00+11:00"),
        (SYDNEY, "2026-12-31T23:59:59.999999", 12, "2027-12-31T23:59:59.999999+11:00"),
        # Daylight saving skips 02:00 to 03:00 on Sunday 4 October 2026, and has it twice on Sunday 4 April 2027.
        (SYDNEY, "2025-10-04T02:30", 12, "2026-10-04T03:00+11:00"),
        (SYDNEY, "2026-04-04T02:30", 12, "2027-04-04T02:30+11:00"),
        (LONDON, "2026-03-28T01:30", 12, "2027-03-28T02:00+01:00"),
        (LONDON, "2026-10-31T01:30", 12, "2027-10-31T01:30+01:00"),
    ],
)
def test_p12_nasty_moments(zone: str, started: str, months: int, local: str) -> None:
    begun = datetime.fromisoformat(started).replace(tzinfo=ZoneInfo(zone))
    assert erase_at(begun, zone, months) == datetime.fromisoformat(local)


@given(
    started=st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)).map(
        lambda at: at.replace(second=0, microsecond=0)
    ),
    zone=st.sampled_from([SYDNEY, LONDON, "Pacific/Auckland", "Australia/Lord_Howe", "UTC"]),
    months=st.integers(1, 36),
)
def test_p12_minute_by_minute_no_earlier_moment_would_do(started: datetime, zone: str, months: int) -> None:
    """Counted by walking: the first minute at which the wall clock of the line has reached the day and the time."""
    begun = started.replace(tzinfo=UTC)
    wall = begun.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    target = _later(wall, months)
    at = target.replace(tzinfo=UTC) - timedelta(hours=15)
    while at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) < target:
        at += timedelta(minutes=1)
    assert erase_at(begun, zone, months) == at


def _later(wall: datetime, months: int) -> datetime:
    """So many months later on the calendar on the wall, where there is that day; else the first of the month after."""
    year, month = wall.year, wall.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    try:
        return wall.replace(year=year, month=month)
    except ValueError:
        return datetime(year, month + 1, 1)


@given(
    day=st.dates(date(2020, 1, 1), date(2040, 1, 1)), months=st.integers(1, 36), back=st.integers(1, 400),
    zone=st.sampled_from([SYDNEY, LONDON, "UTC"]),
)  # fmt: skip
def test_p8_the_day_that_a_letter_names_is_the_last_true_one(day: date, months: int, back: int, zone: str) -> None:
    """When the day begins whatever began before that other day is past its moment; the first call of that day is not."""
    first, midnight = erased_before(day, months), datetime.combine(day, time(), ZoneInfo(zone))
    last = datetime.combine(first - timedelta(days=back), time(23, 59), ZoneInfo(zone))
    assert erase_at(last, zone, months) <= midnight.astimezone(UTC)
    assert erase_at(datetime.combine(first, time(12), ZoneInfo(zone)), zone, months) > midnight.astimezone(UTC)


MOMENT = datetime(2027, 11, 24, 3, tzinfo=UTC)
BEFORE, AFTER = MOMENT - timedelta(seconds=1), MOMENT + timedelta(seconds=1)


@each(
    ("day", "seen", "again", "why"),
    [
        # As many as the policy allows go; one more, and all of them wait.
        (Day(50, 50), None, False, ()),
        (Day(51, 50), None, False, ("many",)),
        # While others wait since they were too many, one alone waits with them.
        (Day(1, 50, joins=True), None, False, ("many",)),
        # A call that comes past its moment is of an old archive, or its date is wrong.
        (Day(1, 50), BEFORE, False, ()),
        (Day(1, 50), MOMENT, False, ("seen_late",)),
        (Day(1, 50), AFTER, False, ("seen_late",)),
        # After a restore a single one waits.
        (Day(1, 50, restored=True), BEFORE, False, ("restored",)),
        # Each cause is told.
        (Day(51, 50, restored=True), AFTER, False, ("restored", "seen_late", "many")),
        # What had been erased before needs no decision.
        (Day(51, 50, joins=True, restored=True), AFTER, True, ()),
    ],
)
def test_p12_what_is_unsafe_to_erase_waits(day: Day, seen: datetime | None, again: bool, why: tuple[str, ...]) -> None:
    assert pause_causes(day, MOMENT, seen, again=again) == why
