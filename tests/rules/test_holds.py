"""P5, P12: how long a hold lasts, what days and numbers are meant, and when a declined call goes by itself."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules import Refused, declined, phone
from handlers.rules import holds as rule
from handlers.rules.working_days import calendar_of, due_after
from tests.each import each
from tests.rules.days import LONDON, SYDNEY, a_policy

POLICY = a_policy()
moments = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


@given(now=moments, lines=st.sampled_from([(SYDNEY,), (LONDON,), (SYDNEY, LONDON)]))
def test_p12_what_is_asked_for_lasts_five_working_days(now: datetime, lines: tuple[str, ...]) -> None:
    assert rule.provisional_end(POLICY, lines, now) == min(
        due_after(calendar_of(POLICY, one), now, 5).at for one in lines
    )


def test_p12_a_call_that_was_asked_for_counts_for_thirty_days() -> None:
    now = datetime(2026, 11, 24, 3, tzinfo=UTC)
    assert rule.counts_since(now) == now - timedelta(days=30)
    rule.check_once((), (1, 2))
    for asked, chosen, words in (
        ((1,), (1,), "This call"),
        ((1,), (1, 2), "One of these"),
        ((1, 2), (1, 2), "Some of these"),
    ):
        # The hold may be about the Head, who must not be named as the one to ask.
        with pytest.raises(Refused, match=f"^{words}.*someone who decides about holds"):
            rule.check_once(asked, chosen)


@each(
    ("typed", "number"),
    [
        ("0412 345 671", "+61412345671"), ("+61 412 345 671", "+61412345671"), ("0061 412 345 671", "+61412345671"),
        ("+44 (0)20 3695 3777", "+442036953777"), ("020 7946 0991", "+442079460991"),
    ],
)  # fmt: skip
def test_p12_a_whole_number_is_read_in_any_usual_writing(typed: str, number: str) -> None:
    assert phone.read_whole_number(typed, ("AU", "GB")) == number


@given(now=moments, ahead=st.one_of(st.integers(-400, -1), st.integers(91, 400)))
def test_p12_any_other_day_is_refused_at_its_field(now: datetime, ahead: int) -> None:
    day = now.astimezone(ZoneInfo("Australia/Sydney")).date() + timedelta(days=ahead)
    with pytest.raises(Refused) as refused:
        rule.hold_end(POLICY, now, day)
    assert set(refused.value.fields) == {"until"}


def test_p12_two_hundred_calls_are_the_most() -> None:
    rule.check_number_of_calls(POLICY, 200)
    with pytest.raises(Refused) as refused:
        rule.check_number_of_calls(POLICY, 201)
    assert set(refused.value.fields) == {"recordings"}


lines = st.sampled_from([SYDNEY, LONDON])


@given(lines, moments, st.integers(1, 20))
def test_p5_it_goes_on_a_later_day_and_never_sooner_than_was_said(line: str, now: datetime, days: int) -> None:
    at = declined.erased_at(POLICY.model_copy(update={"declined_after_working_days": days}), line, now)
    zone = ZoneInfo(POLICY.lines[line].time_zone)
    assert at is not None
    assert at.astimezone(zone).date() > now.astimezone(zone).date()
    assert at - now < timedelta(days=days * 3 + 14)


@given(lines, moments, st.integers(0, 20))
def test_p5_where_it_is_restricted_it_never_goes_by_itself(line: str, now: datetime, days: int) -> None:
    changed = {"declined_midway": "restrict", "declined_after_working_days": days}
    assert declined.erased_at(POLICY.model_copy(update=changed), line, now) is None
