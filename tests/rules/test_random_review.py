"""P10: when calls are frozen and reviewed, what is left out of the draw, and who reviews what."""

from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import product
from typing import Any, get_args
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from handlers.policy import Policy, load_policy
from handlers.rules import random_review as rule
from tests.each import each
from tests.policy.texts import plain, written
from tests.rules.days import LONDON, SHIPPED, SYDNEY, utc

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday")
QUINN, ROSE = "quinn.abara@fernhill.example", "rose.tan@fernhill.example"
SECOND = timedelta(seconds=1)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC))


@cache
def a_policy(
    home: str = SYDNEY,
    closures: tuple[str, ...] = (),
    days: tuple[str, ...] = WEEK,
    start: str = "09:00",
    **review: Any,
) -> Policy:
    values: dict[str, Any] = plain(SHIPPED.read_text(encoding="utf-8"))
    values["company"] |= {
        "home_line": home,
        "closure_days": [{"date": one.split()[0], "lines": one.split()[1:] or [SYDNEY, LONDON]} for one in closures],
    }
    values["working_time"] |= {"days": list(days), "start": start}
    told = {key: list(one) if isinstance(one, tuple) else one for key, one in review.items()}
    values["random_review"] |= told
    values["roles"]["reviewers"]["holders"] = [QUINN, ROSE]
    return load_policy(written(values))


@each(
    ("month", "policy", "moment"),
    [
        ((2026, 11), a_policy(), "2026-11-02 08:30"),  # the first is a Sunday
        ((2027, 1), a_policy(), "2027-01-04 08:30"),  # New Year's Day, then a weekend
        ((2026, 10), a_policy(days=("sunday",), start="02:30"), "2026-10-04 01:30"),  # work begins in an hour that there isn't
        ((2027, 4), a_policy(days=("sunday",), start="02:30"), "2027-04-04 02:00"),  # in one that comes twice: the first
        ((2026, 2), a_policy(days=("monday",), closures=("2026-02-02", "2026-02-09", "2026-02-16", "2026-02-23")), "2026-02-28 08:30"),
        ((2026, 11), a_policy(closures=(f"2026-11-02 {LONDON}",)), "2026-11-02 08:30"),  # on another line only
    ],
)  # fmt: skip
def test_p10_the_lists_are_frozen_on_the_first_working_day(month: tuple[int, int], policy: Policy, moment: str) -> None:
    assert rule.opens_at(policy, *month) == utc(moment, SYDNEY)


@each(
    ("stood", "now", "opens"),
    [
        (None, "2026-11-25 09:00", "2026-12-01 08:30"),
        ("2026-12-01 09:00", "2026-12-01 09:00", "2026-12-01 09:00"),  # it has come, and stays
        ("2026-12-07 09:00", "2026-11-30 09:00", "2026-12-01 08:30"),
        ("2027-02-01 09:00", "2026-11-25 09:00", "2026-12-01 08:30"),  # a clock that was ahead asked for it
    ],
)
def test_p10_the_next_opening_is_by_the_policy_of_now(stood: str | None, now: str, opens: str) -> None:
    stood_at = utc(stood, SYDNEY) if stood else None
    assert rule.replan_opening(a_policy(), stood_at, utc(now, SYDNEY)) == utc(opens, SYDNEY)


@each(
    ("now", "opens"),
    [
        ("2026-11-30 23:59", "2026-11-02 08:30"),  # the draw of October was due, and is made up for
        ("2026-12-01 08:29", "2026-12-01 08:30"),
        ("2026-12-01 10:15", "2026-12-01 08:30"),
        ("2027-01-02 12:00", "2027-01-04 08:30"),
    ],
)
def test_p10_the_first_draw_is_that_of_the_month_in_which_the_bot_is_first_used(now: str, opens: str) -> None:
    assert rule.first_opening(a_policy(), utc(now, SYDNEY)) == utc(opens, SYDNEY)


POLICIES = st.sampled_from([a_policy(), a_policy(home=LONDON), a_policy(days=("monday",)), a_policy(start="00:00")])


@given(POLICIES, MOMENTS)
def test_p10_each_month_has_one_opening_and_it_draws_the_month_before(policy: Policy, now: datetime) -> None:
    at = rule.next_opening(policy, now)
    local = at.astimezone(ZoneInfo(rule.home_calendar(policy).zone))
    assert now < at
    assert at == rule.opens_at(policy, local.year, local.month)
    assert rule.next_opening(policy, at - SECOND) == at
    assert rule.month_of(policy, at) == f"{local.date().replace(day=1) - timedelta(days=1):%Y-%m}"
    after = rule.next_opening(policy, at).astimezone(local.tzinfo)
    assert (after.year * 12 + after.month) - (local.year * 12 + local.month) == 1


@each(
    ("due", "late"),
    [
        ("2026-12-01 09:00", "2026-12-02 17:00"), ("2026-12-01 17:00", "2026-12-02 17:00"), ("2026-12-01 17:01", "2026-12-03 17:00"),
        ("2026-12-04 09:00", "2026-12-07 17:00"), ("2026-12-05 11:00", "2026-12-08 17:00"), ("2026-12-24 09:00", "2026-12-29 17:00"),
        ("2026-12-31 09:00", "2027-01-04 17:00"), ("2026-04-02 09:00", "2026-04-07 17:00"), ("2026-10-02 09:00", "2026-10-06 17:00"),
    ],
)  # fmt: skip
def test_p10_a_round_is_late_one_working_day_later_at_the_end_of_work(due: str, late: str) -> None:
    assert rule.late_at(a_policy(), utc(due, SYDNEY)) == utc(late, SYDNEY)


@each(
    ("days", "until"),
    [("1", "2026-12-02 17:00"), ("10", "2026-12-15 17:00"), ("20", "2026-12-31 17:00"), ("21", "2027-01-04 17:00")],
)
def test_p10_drawn_calls_are_reviewed_within_so_many_working_days(days: str, until: str) -> None:
    policy = a_policy(review_working_days=days)
    assert rule.reviewed_by(policy, utc("2026-12-01 12:00", SYDNEY)) == utc(until, SYDNEY)


@each("state", ["present", "declined", "closed", "erased", "gone"])
@each(("closed", "declined", "undecided", "announced"), list(product((False, True), repeat=4)))
def test_p10_what_is_left_out_why(state: str, closed: bool, declined: bool, undecided: bool, announced: bool) -> None:
    """The customer's own will comes first, then what can't be heard any more, then what was never announced."""
    table = (
        ("restricted", (declined or state == "declined") and undecided),
        ("declined", declined or state == "declined"),
        ("erased", closed or state in ("closed", "erased")),
        ("gone", state == "gone"),
        ("unannounced", not announced),
    )
    expected = next((cause for cause, holds in table if holds), None)
    told = rule.cause_of(state=state, closed=closed, declined=declined, undecided=undecided, announced=announced)
    assert told == expected
    assert told is None or told in get_args(rule.Cause)


REVIEWERS = [1, 2, 3]


@each(
    ("place", "was_on", "reviewer"),
    [
        (0, (), 1), (1, (), 2), (2, (), 3), (3, (), 1), (100, [26], 2), (0, [1], 2), (2, [3], 1), (2, [3, 1], 2), (1, [2, 3], 1),
        (0, [2], 1), (0, [1, 2, 3], None),
    ],
)  # fmt: skip
def test_p10_reviewers_take_turns_past_their_own_calls(place: int, was_on: list[int], reviewer: int | None) -> None:
    assert rule.reviewer_at(place, was_on, REVIEWERS) == reviewer


HERE = "Australia/Sydney"


@each(
    ("now", "at"),
    [
        ("2026-12-01 12:00", "2026-12-08 09:00"), ("2026-12-08 08:59", "2026-12-08 09:00"), ("2026-12-08 09:00", "2026-12-14 09:00"),
        ("2026-12-14 09:00", "2026-12-15 09:00"), ("2026-12-15 09:00", None), ("2026-12-15 17:00", None), ("2027-01-15 09:00", None),
    ],
)  # fmt: skip
def test_p10_a_reviewer_with_calls_left_is_reminded(now: str, at: str | None) -> None:
    policy, until = a_policy(), utc("2026-12-15 17:00", SYDNEY)
    assert rule.next_reminder(policy, until, utc(now, SYDNEY), [HERE]) == (at and utc(at, SYDNEY))
