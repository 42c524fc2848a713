"""P7: who stands in a route, and which roles nobody fills since somebody is away."""

from datetime import date

from handlers.rules import availability as rule
from handlers.rules.availability import Gap
from tests.handlers.builders import POLICY, away, without_deputies
from tests.seats import seated

TODAY = date(2026, 11, 24)
NOBODY: frozenset[int] = frozenset()


def test_p7_a_role_that_nobody_fills_since_somebody_is_away() -> None:
    tara = seated(away(POLICY, "team_leader"))
    leader = seated(POLICY).held("team_leader")
    assert list(rule.roles_uncovered(tara, TODAY, NOBODY)) == []
    [gap] = rule.roles_uncovered(tara, TODAY, frozenset(leader.deputies))
    assert gap.role == "team_leader"
    [gap] = rule.roles_uncovered(seated(away(without_deputies(POLICY, "team_leader"), "team_leader")), TODAY, NOBODY)
    assert gap.role == "team_leader"
    [gap] = rule.roles_uncovered(seated(away(POLICY, "manager_human_resources")), TODAY, NOBODY)
    assert isinstance(gap, Gap) and gap.role == "manager_human_resources"
    alone = seated(without_deputies(POLICY, "team_leader"))
    assert list(rule.roles_uncovered(alone, TODAY, frozenset({leader.holder}))) == []
