"""P14: when the next review is due, when it is reminded of, whom it is for, and what may be declared and completed."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from handlers.policy import Policy
from handlers.policy.terms import PolicyReview
from handlers.rules import Refused
from handlers.rules import policy_review as rule
from handlers.rules.policy_review import (
    Change,
    HeldReview,
    ReviewCircumstances,
    begins_at,
    due_on,
    next_reminder,
    role_changes,
    years_later,
)
from handlers.rules.routing import Involved, current_route
from tests.each import each
from tests.handlers.builders import with_role
from tests.rules.days import a_policy
from tests.rules.roles import ANNA, DEVEN, HELENA, HENRIK, MILES, RUTH, TARA

SYDNEY = ZoneInfo("Australia/Sydney")


def _with(last: str, years: int = 2, before: tuple[int, ...] = (60, 30, 7)) -> Policy:
    review = PolicyReview(years=years, last=last, remind_days_before=before)
    return a_policy().model_copy(update={"policy_review": review})


def _held(on: str, following: str) -> HeldReview:
    return HeldReview(date.fromisoformat(on), date.fromisoformat(following))


@each(
    ("day", "years", "then"),
    [("2026-07-01", 2, "2028-07-01"), ("2028-02-29", 2, "2030-02-28"), ("2028-02-29", 4, "2032-02-29")],
)
def test_p14_so_many_years_later_and_29_february_falls_on_the_28th(day: str, years: int, then: str) -> None:
    assert years_later(date.fromisoformat(day), years) == date.fromisoformat(then)


@each(
    ("last", "held", "due"),
    [
        ("2026-07-01", None, "2028-07-01"),
        ("2026-07-01", _held("2026-06-01", "2027-06-01"), "2028-07-01"),
        ("2026-07-01", _held("2026-07-01", "2027-06-01"), "2027-06-01"),
        ("2026-07-01", _held("2027-01-05", "2029-01-05"), "2029-01-05"),
        ("2026-07-01", _held("2027-01-05", "2036-01-05"), "2029-01-05"),
        ("2028-02-29", None, "2030-02-28"),
    ],
)
def test_p14_the_later_of_the_file_and_what_was_completed_counts(last: str, held: HeldReview | None, due: str) -> None:
    assert due_on(_with(last), held) == date.fromisoformat(due)
    assert rule.last_day(_with(last), held) == max(date.fromisoformat(last), held.on if held else date.min)


@each(
    ("now", "then"),
    [
        ("2026-11-24 12:00", "2028-05-02 09:00"), ("2028-05-02 08:59", "2028-05-02 09:00"),
        ("2028-05-02 09:00", "2028-06-01 09:00"), ("2028-06-24 09:00", "2028-07-01 09:00"),
        ("2028-07-01 09:00", "2028-07-02 09:00"),
    ],
)  # fmt: skip
def test_p14_reminders_come_60_30_and_7_days_before_on_the_day_and_then_daily(now: str, then: str) -> None:
    """09:00 in Sydney, in winter as in summer time."""
    at = datetime.fromisoformat(now).replace(tzinfo=SYDNEY)
    found = next_reminder(_with("2026-07-01"), date(2028, 7, 1), at)
    assert f"{found.astimezone(SYDNEY):%Y-%m-%d %H:%M}" == then
    assert begins_at(_with("2026-07-01"), date(2028, 7, 1)) == datetime(2028, 5, 1, 23, tzinfo=UTC)


def _route(policy: Policy, out: tuple[int, ...] = (), declarer: int = 0) -> list[tuple[int, bool]]:
    own = Involved(askers=frozenset({declarer}))
    case = ReviewCircumstances(policy=policy, today=date(2026, 11, 24), unreachable=frozenset(out), involved=own)
    assert (case.clause, case.copy_to, case.chain[-1]) == ("P14", (), "breach_fallback")
    return [(one.person, one.deputy) for one in current_route(case).approvers]


@each(
    ("out", "declarer", "asked"),
    [
        ((), 0, [(HELENA, False), (RUTH, False)]), ((HELENA,), 0, [(HENRIK, True), (RUTH, False)]),
        ((RUTH,), 0, [(HELENA, False)]), ((HELENA, HENRIK, RUTH), 0, [(MILES, False)]),
        ((HELENA, HENRIK, RUTH, MILES), 0, []), ((), HELENA, [(RUTH, False)]),
        ((), HENRIK, [(HELENA, False), (RUTH, False)]), ((), TARA, [(HELENA, False), (RUTH, False)]),
        ((RUTH,), HELENA, [(MILES, False)]),
    ],
)  # fmt: skip
def test_p14_all_but_the_declarer_are_asked(out: tuple[int, ...], declarer: int, asked: list[tuple[int, bool]]) -> None:
    assert _route(a_policy(), out, declarer) == asked


@each(
    ("who", "may"),
    [(TARA, True), (DEVEN, True), (HELENA, True), (HENRIK, True), (RUTH, True), (MILES, False), (ANNA, False)],
)  # fmt: skip
def test_p14_who_answers_for_the_system_declares_a_change(who: int, may: bool) -> None:
    policy = a_policy()
    assert rule.may_declare(policy, who) is may
    if may:
        rule.check_declaring(policy, who)
        return
    with pytest.raises(Refused, match="Team Leader; Head of Customer Success; Manager, Human") as refused:
        rule.check_declaring(policy, who)
    assert (refused.value.clause, refused.value.code) == ("P14", "not_declarer")


NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)


@each(
    ("on", "following", "wrong"),
    [
        ("2026-11-24", "2028-11-24", set()),
        ("2026-11-20", "2026-11-21", set()),
        ("2026-11-25", "2028-11-24", {"held"}),
        ("2026-11-19", "2028-11-19", {"held"}),
        ("2026-11-24", "2026-11-24", {"following"}),
        ("2026-11-24", "2028-11-25", {"following"}),
        ("9998-01-01", "9999-01-01", {"held"}),  # a year mistyped, so late that none lies two years behind it
    ],
)
def test_p14_a_review_was_held_by_today_and_sets_the_next(on: str, following: str, wrong: set[str]) -> None:
    held = _held(on, following)
    if not wrong:
        rule.check_completion(_with("2026-07-01"), NOW, held, date(2026, 11, 20))
        return
    with pytest.raises(Refused) as refused:
        rule.check_completion(_with("2026-07-01"), NOW, held, date(2026, 11, 20))
    assert set(refused.value.fields) == wrong


RUTHS, HENRIKS, QUINN = (
    "ruth.adeyemi@fernhill.example",
    "henrik.solberg@fernhill.example",
    "quinn.abara@fernhill.example",
)


def _filled(role: str, **values: object) -> Policy:
    return with_role(a_policy(), role, **values)


def test_p14_the_same_people_are_no_change() -> None:
    assert role_changes(a_policy(), a_policy()) == role_changes(a_policy(), _filled("team_leader", title="Lead")) == ()


def test_p14_another_holder_another_deputy_and_another_reviewer_are() -> None:
    for role, values, now in (
        ("head_of_customer_success", {"holder": QUINN}, (QUINN, HENRIKS)),
        ("manager_human_resources", {"deputies": (QUINN,)}, (RUTHS, QUINN)),
        ("reviewers", {"holders": (RUTHS,)}, (RUTHS,)),
    ):
        [found] = role_changes(a_policy(), _filled(role, **values))
        assert isinstance(found, Change)
        assert (found.name, found.now) == (role, now)
