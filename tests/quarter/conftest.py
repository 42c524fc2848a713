"""The quarter to which nothing happens, once for all that are held against it."""

from __future__ import annotations

from pathlib import Path
from shutil import copyfile

import pytest

from tests.databases import run
from tests.quarter.plan import Plan
from tests.quarter.playing import Alone
from tests.quarter.quarters import Ended, Undisturbed, a_quarter
from tests.quarter.shift import Shift


@pytest.fixture(scope="session")
def undisturbed(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    """How a plan ends where one process does everything, and nobody dies; played in a file when it is first asked for."""
    known: dict[Plan, Ended] = {}

    def ended(plan: Plan) -> Ended:
        if plan not in known:
            folder = tmp_path_factory.mktemp("undisturbed")
            copyfile(_sqlite_template, folder / "steward.db")
            url = f"sqlite:///{folder / 'steward.db'}"
            known[plan], _ = run(a_quarter(url, folder, plan, lambda where, _: Alone(Shift(where))))
        return known[plan]

    return ended
