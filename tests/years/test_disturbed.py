"""P12: the same years with kills at random, and with three processes at once, end in the same state."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from shutil import copyfile
from typing import TypeVar

import pytest

from storage.database.store import Database, Store
from tests.databases import run
from tests.handlers.builders import Clock, a_company
from tests.reconciled import sentences
from tests.years.ended import State, differences, final_state
from tests.years.lives import Alone, AtOnce, Crew, Mortal
from tests.years.plan import Plan, a_plan
from tests.years.steward import ASKED, Where
from tests.years.town import record

pytestmark = pytest.mark.soak

C = TypeVar("C", bound=Crew)
SMALL, LARGE = 10, 60
KINDS = {"commit", "delete", "unlink", "settle", "audio", "look", "journal"}
"""Where a process may die: round each commit, and round whatever is asked of the recording system and of the journal."""


@dataclass(frozen=True, slots=True)
class Ended:
    """Years that are over: how everything stands, what does not fit, which files are left, and what was asked to be deleted."""

    state: State
    unsound: list[str]
    left: list[str]
    asked: list[str]


async def years(url: str, folder: Path, plan: Plan, crew_of: Callable[[Where], C]) -> tuple[Ended, C]:
    """Play the plan in a new database, by whichever crew."""
    database = Database(url)
    company = await a_company(database, Clock())
    where = Where(url, folder, company.people, plan.town)
    where.calls.mkdir(parents=True)
    crew = crew_of(where)
    try:
        for stop in plan.stops:
            for one in stop.events:
                if one.kind == "call":
                    record(where.calls, plan.town[one.call])
            await crew.at(stop.at, [one for one in stop.events if one.kind not in {"call", "look"}])
        await crew.close()
        return await _ended(database, where), crew
    finally:
        await database.close()


async def _ended(database: Database, where: Where) -> Ended:
    def look(store: Store) -> tuple[State, list[str]]:
        faults = [fault for fault in [store.audit.verify().fault] if fault]
        return final_state(store), [*faults, *sentences(store)]

    state, unsound = await database.read(look, within=60)
    left = sorted(str(one.relative_to(where.calls)) for one in where.calls.rglob("*.wav"))
    asked = (where.folder / ASKED).read_text().splitlines()
    return Ended(state, unsound, left, asked)


@pytest.fixture(scope="session")
def undisturbed(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Plan], Ended]:
    """How a plan ends where one process does everything, and nobody dies; played when it is first asked for."""
    known: dict[Plan, Ended] = {}

    def ended(plan: Plan) -> Ended:
        if plan not in known:
            folder = tmp_path_factory.mktemp("undisturbed")
            copyfile(_sqlite_template, folder / "steward.db")
            known[plan], _ = run(years(f"sqlite:///{folder / 'steward.db'}", folder, plan, Alone))
        return known[plan]

    return ended


@pytest.mark.parametrize(
    ("number", "boundaries", "least", "kinds"),
    [
        pytest.param(SMALL, 40, 8, 3, id="small"),
        pytest.param(LARGE, 40, 60, len(KINDS), id="large", marks=pytest.mark.soak),
    ],
)
async def test_p12_with_kills_at_random_the_years_end_as_if_nobody_had_died(
    database_url: str,
    tmp_path: Path,
    undisturbed: Callable[[Plan], Ended],
    number: int,
    boundaries: int,
    least: int,
    kinds: int,
) -> None:
    plan = a_plan(1, number)
    before = await asyncio.to_thread(undisturbed, plan)
    ended, crew = await years(database_url, tmp_path, plan, lambda where: Mortal(where, Random(1), boundaries))
    print(*(f"{moment} {where}" for moment, where in crew.deaths), sep="\n")
    _the_same(before, ended)
    assert len(crew.deaths) >= least
    assert len({one for one in KINDS for _, where in crew.deaths if one in where}) >= kinds


@pytest.mark.parametrize(
    "number", [pytest.param(SMALL, id="small"), pytest.param(LARGE, id="large", marks=pytest.mark.soak)]
)
async def test_p12_with_three_processes_at_once_the_years_end_as_with_one(
    postgresql_url: str, tmp_path: Path, undisturbed: Callable[[Plan], Ended], number: int
) -> None:
    """Each of them has every press and every tick at the same moment; each audio is deleted once, with one certificate."""
    plan = a_plan(1, number)
    before = await asyncio.to_thread(undisturbed, plan)
    ended, _ = await years(postgresql_url, tmp_path, plan, lambda where: AtOnce(where, 3))
    _the_same(before, ended)
    assert set(Counter(ended.asked).values()) == {1}
    assert sorted(ended.asked) == sorted(before.asked)


def _the_same(before: Ended, ended: Ended) -> None:
    assert differences(before.state, ended.state) == []
    assert (ended.unsound, ended.left) == ([], before.left)
    erased = [row for row in ended.state["calls"] if ": erased" in row]
    assert len(erased) > len(before.left)
