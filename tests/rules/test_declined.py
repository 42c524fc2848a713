"""P5: who decides what becomes of a declined call, when it goes by itself, and whose call it has to be."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from handlers.rules import declined as rule
from tests.rules.days import LONDON, SYDNEY, a_policy

POLICY = a_policy()
moments = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
lines = st.sampled_from([SYDNEY, LONDON])


@given(lines, moments, st.integers(1, 20))
def test_p5_it_goes_on_a_later_day_and_never_sooner_than_was_said(line: str, now: datetime, days: int) -> None:
    at = rule.erased_at(POLICY.model_copy(update={"declined_after_working_days": days}), line, now)
    zone = ZoneInfo(POLICY.lines[line].time_zone)
    assert at is not None
    assert at.astimezone(zone).date() > now.astimezone(zone).date()
    assert at - now < timedelta(days=days * 3 + 14)


@given(lines, moments, st.integers(0, 20))
def test_p5_where_it_is_restricted_it_never_goes_by_itself(line: str, now: datetime, days: int) -> None:
    changed = {"declined_midway": "restrict", "declined_after_working_days": days}
    assert rule.erased_at(POLICY.model_copy(update=changed), line, now) is None
