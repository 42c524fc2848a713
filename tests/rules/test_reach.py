"""P7: who stands in a route, what is wrong with it, and when that is told; pure, and by table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from handlers.policy import Policy
from handlers.policy.terms import Period
from handlers.rules import reach as rule
from handlers.rules.reach import How, Kind, Outcome, Problem
from tests.each import each
from tests.handlers.builders import POLICY, away, without_deputies

TODAY = date(2026, 11, 24)
TARA, DEVEN, RUTH = (f"{one}@fernhill.example" for one in ("tara.lindqvist", "deven.okafor", "ruth.adeyemi"))
THERE = How("member", "there")


def everybody_there(**but: How) -> Mapping[str, How]:
    known = dict.fromkeys(rule.everybody(POLICY), THERE)
    names = {"tara": TARA, "deven": DEVEN, "ruth": RUTH}
    return known | {names[one]: how for one, how in but.items()}


def kinds(policy: Policy, known: Mapping[str, How]) -> list[tuple[Kind, str, str]]:
    return [(one.kind, one.who, one.role) for one in rule.problems(policy, TODAY, known)]


def test_everybody_in_a_route_is_a_holder_a_deputy_a_reviewer_or_confirms_customers_requests() -> None:
    seats = rule.everybody(POLICY)
    assert set(seats) == POLICY.roles.everybody() | set(POLICY.roles.reviewers.holders) | set(POLICY.customers.handlers)
    assert [one.part for one in seats["miles.fairweather@fernhill.example"]] == ["holder", "reviewer"]


@each(
    ("how", "holder", "deputy"),
    [
        (How("member", "there"), None, None),
        (How("member", "silent"), None, None),
        (How("member", "removed", "not_installed"), "removed", "removed"),
        (How("absent", "removed", "not_installed"), "removed", "removed"),
        (How("member", "gone", "users_not_found"), "left", "gone"),
        (How("deactivated", "gone"), "left", "gone"),
        (How("deactivated", "silent"), None, None),
        (How("absent", "there"), "left", "gone"),
        (How("ambiguous", "there"), "ambiguous", "ambiguous"),
        (How("ambiguous", "silent"), "ambiguous", "ambiguous"),
        (How("guest", "gone", "guest"), "stranger", "stranger"),
        (How("foreign", "gone"), "stranger", "stranger"),
        (How("bot", "there"), "stranger", "stranger"),
    ],
)  # fmt: skip
def test_p7_what_is_wrong_with_somebody(how: How, holder: Kind | None, deputy: Kind | None) -> None:
    assert kinds(POLICY, everybody_there(tara=how)) == ([(holder, TARA, "")] if holder else [])
    assert kinds(POLICY, everybody_there(deven=how)) == ([(deputy, DEVEN, "")] if deputy else [])


def test_p7_a_role_that_nobody_fills_since_somebody_is_away() -> None:
    assert kinds(away(POLICY, "team_leader"), everybody_there()) == []
    gone = How("deactivated", "gone")
    assert ("uncovered", TARA, "team_leader") in kinds(away(POLICY, "team_leader"), everybody_there(deven=gone))
    assert kinds(away(without_deputies(POLICY, "team_leader"), "team_leader"), everybody_there()) == [
        ("uncovered", TARA, "team_leader")
    ]
    assert kinds(away(POLICY, "manager_human_resources"), everybody_there()) == [
        ("uncovered", RUTH, "manager_human_resources")
    ]
    assert kinds(without_deputies(POLICY, "team_leader"), everybody_there(tara=gone)) == [("left", TARA, "")], (
        "told once, not twice"
    )


@each(("ahead", "told"), [(0, True), (14, True), (15, False)])
def test_p7_an_absence_is_told_so_many_days_ahead(ahead: int, told: bool) -> None:
    day = TODAY + timedelta(days=ahead)
    absent = POLICY.absent([(RUTH, Period.model_validate({"from": day, "to": day}))])
    found = rule.problems(absent, TODAY, everybody_there())
    assert [(one.kind, one.since) for one in found] == ([("uncovered", day)] if told else [])


OUTCOMES: tuple[Outcome, ...] = ("there", "silent", "removed", "gone")


@given(st.lists(st.sampled_from(OUTCOMES), max_size=5))
def test_one_way_is_enough_and_silence_is_never_gone(outcomes: list[Outcome]) -> None:
    told = rule.together(outcomes)
    assert (told == "there") == ("there" in outcomes)
    if "silent" in outcomes or not outcomes:
        assert told not in ("removed", "gone")
    assert told in outcomes or not outcomes


@given(st.dictionaries(st.sampled_from(sorted(rule.everybody(POLICY))), st.builds(How, st.sampled_from(("member", "deactivated", "ambiguous", "guest")), st.sampled_from(OUTCOMES))))  # fmt: skip
def test_p7_nobody_is_told_of_twice_and_nobody_of_whom_nothing_is_known(known: dict[str, How]) -> None:
    found = rule.problems(POLICY, TODAY, known)
    assert len({one.who for one in found}) == len(found)
    assert {one.who for one in found} <= set(known)
    assert all(known[one.who] != THERE for one in found)


GONE: list[Outcome] = ["gone"]


@each(
    ("before", "outcomes", "down"),
    [
        (3, GONE * 3, True),
        (9, [*GONE * 8, "silent"], True),
        (2, GONE * 2, False),  # two may well have left on one day
        (9, [*GONE * 8, "there"], False),
        (9, [*GONE * 2, "silent"], False),
    ],
)  # fmt: skip
def test_a_platform_that_knows_nobody_is_not_believed(before: int, outcomes: list[Outcome], down: bool) -> None:
    assert rule.is_down(before, outcomes) is down


@each(("days", "told"), [(0, True), (1, True), (6, True), (7, False), (-1, True), (-7, False)])
def test_it_is_told_again_weekly_and_a_wrong_clock_silences_nothing(days: int, told: bool) -> None:
    assert rule.is_told(TODAY - timedelta(days=days), TODAY, 7) is told
    assert not rule.is_told(None, TODAY, 7)


MORNING = datetime(2026, 11, 23, 22, tzinfo=UTC)  # 09:00 in Sydney


@each(
    ("now", "tried", "silent", "due"),
    [
        (MORNING, None, 0, True),
        (MORNING - timedelta(seconds=1), None, 0, False),
        (MORNING + timedelta(hours=8), None, 0, False),
        (MORNING + timedelta(days=4, hours=1), None, 0, False),
        (MORNING + timedelta(hours=2), MORNING, 0, False),
        (MORNING + timedelta(hours=1), MORNING, 2, True),
        (MORNING + timedelta(minutes=59), MORNING, 2, False),
        (MORNING, MORNING + timedelta(hours=3), 2, True),
    ],
)
def test_everybody_is_tried_once_a_working_day_and_whoever_was_silent_after_an_hour(
    now: datetime, tried: datetime | None, silent: int, due: bool
) -> None:
    assert rule.is_due(POLICY, now, tried, silent) is due


def test_whoever_stands_in_is_there_and_in_reach() -> None:
    assert rule.stand_ins(POLICY, "team_leader", TODAY, ()) == (DEVEN,)
    assert rule.stand_ins(POLICY, "team_leader", TODAY, (DEVEN,)) == ()
    absent = POLICY.absent([(DEVEN, Period.model_validate({"from": TODAY, "to": TODAY}))])
    assert rule.stand_ins(absent, "team_leader", TODAY, ()) == ()
    assert Problem("gone", DEVEN).since is None
