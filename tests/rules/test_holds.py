"""P12: who sees to a hold, how long it lasts, and what days and numbers are meant."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules import holds as rule
from handlers.rules import phone
from handlers.rules.holds import CHAIN, HoldCircumstances
from handlers.rules.refusal import Refused
from handlers.rules.routing import current_route
from handlers.rules.working_days import calendar_of, due_after
from tests.each import each
from tests.rules.days import LONDON, SYDNEY, a_policy
from tests.rules.roles import ANNA, RUTH, involving

POLICY = a_policy()
TODAY = date(2026, 11, 24)
PEOPLE = sorted({*POLICY.seats.in_roles, ANNA})
some = st.frozensets(st.sampled_from(PEOPLE))
moments = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


def _case(**more: Any) -> HoldCircumstances:
    return HoldCircumstances(policy=POLICY, today=TODAY, **involving(more))


@given(operators=some, concerned=some, unreachable=some, person=st.sampled_from(PEOPLE))
def test_p12_those_who_decide_would_be_asked_and_those_beside_have_a_copy(
    operators: frozenset[int], concerned: frozenset[int], unreachable: frozenset[int], person: int
) -> None:
    case = _case(operators=operators, concerned=concerned, unreachable=unreachable)
    asked = {one.person for one in current_route(case).approvers}
    assert set(current_route(case).copy_to) <= {RUTH} - operators - concerned | asked
    try:
        found = rule.decides_as(case, person)
    except Refused:
        assert person not in asked
    else:
        assert person in asked
        assert found.role in CHAIN


@given(now=moments, lines=st.sampled_from([(SYDNEY,), (LONDON,), (SYDNEY, LONDON)]))
def test_p12_what_is_asked_for_lasts_five_working_days_of_the_line_where_they_end_first(
    now: datetime, lines: tuple[str, ...]
) -> None:
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
        with pytest.raises(Refused, match=words):
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
    rule.number_of_calls(POLICY, 200)
    with pytest.raises(Refused) as refused:
        rule.number_of_calls(POLICY, 201)
    assert set(refused.value.fields) == {"recordings"}
