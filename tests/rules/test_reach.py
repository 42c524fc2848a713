"""P7: who stands in a route, what is wrong with it, ; pure, and by table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from handlers.policy import Policy
from handlers.policy.terms import Period
from handlers.rules import availability as rule
from handlers.rules.availability import How, Kind, Outcome, Problem
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
def test_p7_why_a_person_can_not_be_reached(how: How, holder: Kind | None, deputy: Kind | None) -> None:
    assert kinds(POLICY, everybody_there(tara=how)) == ([(holder, TARA, "")] if holder else [])
    assert kinds(POLICY, everybody_there(deven=how)) == ([(deputy, DEVEN, "")] if deputy else [])


def test_p7_a_role_that_nobody_fills_since_its_holder_is_away() -> None:
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


OUTCOMES: tuple[Outcome, ...] = ("there", "silent", "removed", "gone")


@given(st.dictionaries(st.sampled_from(sorted(rule.everybody(POLICY))), st.builds(How, st.sampled_from(("member", "deactivated", "ambiguous", "guest")), st.sampled_from(OUTCOMES))))  # fmt: skip
def test_p7_nobody_is_told_of_twice_and_nobody_of_whom_nothing_is_known(known: dict[str, How]) -> None:
    found = rule.problems(POLICY, TODAY, known)
    assert len({one.who for one in found}) == len(found)
    assert {one.who for one in found} <= set(known)
    assert all(known[one.who] != THERE for one in found)


def test_who_stands_in_is_there_and_in_reach() -> None:
    assert rule.stand_ins(POLICY, "team_leader", TODAY, ()) == (DEVEN,)
    assert rule.stand_ins(POLICY, "team_leader", TODAY, (DEVEN,)) == ()
    absent = POLICY.absent([(DEVEN, Period.model_validate({"from": TODAY, "to": TODAY}))])
    assert rule.stand_ins(absent, "team_leader", TODAY, ()) == ()
    assert Problem("gone", DEVEN).since is None
