"""A quarter of a company of 500 through the door: each step and each reminder once, to the right person, in working hours (P7, P9).

The log and the ledger are held against a count that shares no code with the rules, on both databases.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from handlers.rules.deadlines import REMINDERS
from tests.quarter import checking, days, deciders, expected, reach, told
from tests.quarter.checking import Facts, problems
from tests.quarter.deciders import FALLBACK, HEAD, LEADER, RESOURCES
from tests.quarter.facts import facts, sent
from tests.quarter.firm import DECIDERS, EVERYBODY
from tests.quarter.plan import Plan, a_plan
from tests.quarter.playing import Alone
from tests.quarter.promised import broken
from tests.quarter.quarters import Ended, a_quarter
from tests.quarter.shift import Shift
from tests.quarter.timetable import NEEDED
from tests.quarter.told import Log, read

pytestmark = pytest.mark.soak

CHECKER = (checking, days, deciders, expected, reach, told)
CHAINS = {
    ("anybody", "P7"): {LEADER, HEAD, RESOURCES},
    ("tara", "P7"): {HEAD, RESOURCES},
    ("helena", "P7"): {LEADER, RESOURCES},
    ("ruth", "P7"): {LEADER, HEAD},
    ("anybody", "P9"): {HEAD, RESOURCES, FALLBACK},
    ("helena", "P9"): {RESOURCES, FALLBACK},
    ("ruth", "P9"): {HEAD, FALLBACK},
}
"""For each row of the table of deciders the roles to which a request may go at once."""


@pytest.mark.parametrize(
    "plan",
    [
        pytest.param(a_plan(12, 34, fixed=NEEDED), id="small"),
        pytest.param(a_plan(2, 250), id="large", marks=pytest.mark.soak),
        pytest.param(a_plan(3, 250), id="larger", marks=pytest.mark.soak),
    ],
)
async def test_p7_p9_in_a_quarter_each_reminder_is_told_once_to_the_right_person_in_working_hours(
    database_url: str, tmp_path: Path, plan: Plan
) -> None:
    """And every row of the table of reminders, and every chain of deciders, was walked."""
    ended, _ = await a_quarter(database_url, tmp_path, plan, lambda where, _: Alone(Shift(where)))
    known, log = facts(ended), read(ended.log)
    assert problems(ended.log, sent(ended), known) == []
    assert list(broken(ended.taken, ended.ledger, ended.firm)) == []
    assert ended.unsound == []
    assert len(log.filed) == sum(one.what == "file" for one in plan.presses)
    assert len(known.zones) == len(EVERYBODY) == 500
    assert _rows_told(log) == {(one.step, one.to) for one in REMINDERS if one.step.startswith("access.")}
    assert _chains(ended, log, known) == CHAINS


def _rows_told(log: Log) -> set[tuple[str, str]]:
    """As what somebody was told of which step."""
    kinds = {"access.remind": "approver", "access.deputy": "deputy", "access.next": "next", "access.ending": "holder"}
    return {
        (one.step, kinds.get(one.step, "requester" if one.person == log.filed[one.request].requester else "approver"))
        for one in log.reminded
    }


def _chains(ended: Ended, log: Log, known: Facts) -> dict[tuple[str, str], set[str]]:
    """To which roles the requests of whom went at once; of those with a role only those whose own chain differs."""
    names = {ended.firm.people[DECIDERS[one].account]: one for one in ("tara", "helena", "ruth")}
    roles = {person: name for name, role in known.roles.items() for person in (role.holder, *role.deputies)}
    found: dict[tuple[str, str], set[str]] = {key: set() for key in CHAINS}
    for step in (one for one in log.steps if one.action == "access.file"):
        request = log.filed[step.request]
        key = names.get(request.requester, "anybody"), "P9" if request.investigation else "P7"
        found.setdefault(key, set()).update(roles[one] for one in step.people)
    found.pop(("tara", "P9"), None)  # as anybody's
    return found


@pytest.mark.parametrize("module", CHECKER, ids=lambda one: one.__name__)
def test_the_checker_shares_no_code_with_the_rules(module: object) -> None:
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))  # type: ignore[attr-defined]
    named = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    named |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    ours = {one for one in named if one.split(".")[0] not in {*sys.stdlib_module_names, "holidays"}}
    assert ours <= {one.__name__ for one in CHECKER}
