"""P12: years of a company, with kills at random, and with three processes at once: each call goes when it may, and the log vouches for every row."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from shutil import copyfile
from typing import TypeVar

import pytest

from storage.database.store import Database, Store
from storage.records import Recording
from tests.handlers.builders import Clock, a_company
from tests.moments import NOW
from tests.years.lives import Alone, AtOnce, Crew, Mortal
from tests.years.steward import ASKED, Where, verified
from tests.years.town import YEARS, Call, Plan, a_plan, record
from tests.years.watching import Causes, Watching

pytestmark = pytest.mark.soak

C = TypeVar("C", bound=Crew)
KINDS = {"commit", "delete", "unlink", "settle", "audio", "look", "journal"}
"""Where a process may die: round each commit, and round whatever is asked of the recording system and of the journal."""
IN_VAIN = frozenset({"retention.ask", "retention.send", "retention.fail", "recordings.register", "matters.remind"})
"""Entries of which there is another one for each try; and reminders, which after a month's leap depend on who wakes first."""


@dataclass(frozen=True, slots=True)
class Ended:
    """Years that are over: how often what was done, what is not as it has to be, and what was asked to be deleted."""

    done: Counter[str]
    faults: list[str]
    asked: list[str]


async def lived(url: str, folder: Path, plan: Plan, crew_of: Callable[[Where], C]) -> tuple[Ended, C]:
    """Play the plan in a new database, by whichever crew, before a witness."""
    database = Database(url)
    company = await a_company(database, Clock())
    where = Where(url, folder, company.people, plan.town)
    where.calls.mkdir(parents=True)
    crew, watching = crew_of(where), Watching(where.calls, plan.town)
    try:
        for stop in plan.stops:
            for one in stop.events:
                if one.kind == "call":
                    record(where.calls, plan.town[one.call])
                    watching.recorded(plan.town[one.call])
            await crew.at(stop.at, [one for one in stop.events if one.kind not in {"call", "look"}])
            watching.look(stop.at)
        await crew.close()
        causes, done, numbers = await database.read(lambda store: _read(store, plan), within=60)
        faults = [*await verified(database, folder), *watching.check(causes, numbers, NOW + YEARS)]
        return Ended(done, faults, (folder / ASKED).read_text().splitlines()), crew
    finally:
        await database.close()


def _read(store: Store, plan: Plan) -> tuple[Causes, Counter[str], dict[int, int]]:
    rows = list(store.audit.exported())
    done = Counter(row["action"] for row in rows if row["outcome"] == "done" and row["action"] not in IN_VAIN)
    return Causes().read(rows), done, registered(store, plan.town)


def registered(store: Store, town: Iterable[Call]) -> dict[int, int]:
    """The register's number of each call, by what an erased one keeps."""
    named = {(one.started, one.line, one.operator): one.number for one in town}
    rows = store.session.query(Recording.id, Recording.started, Recording.line, Recording.operator_name)
    return {named[facts]: number for number, *told in rows if (facts := tuple(told)) in named}


async def undisturbed(template: Path, folder: Path, plan: Plan) -> Ended:
    """How a plan ends if one process does everything, and none dies."""
    folder.mkdir()  # noqa: ASYNC240  nothing else is waiting
    ended, _ = await lived(f"sqlite:///{copyfile(template, folder / 'steward.db')}", folder, plan, Alone)
    assert ended.faults == []
    assert ended.done["retention.certify"] > len(plan.town) / 2
    return ended


@pytest.mark.parametrize(("number", "least", "kinds"), [(10, 8, 2), (60, 60, len(KINDS))], ids=["small", "large"])
async def test_p12_with_kills_at_random_the_years_end_as_if_no_one_had_died(
    database_url: str, tmp_path: Path, _sqlite_template: Path, number: int, least: int, kinds: int
) -> None:
    plan = a_plan(1, number)
    before = await undisturbed(_sqlite_template, tmp_path / "before", plan)
    ended, crew = await lived(database_url, tmp_path / "killed", plan, lambda where: Mortal(where, Random(1), 40))
    print(*(f"{moment} {where}" for moment, where in crew.deaths), sep="\n")
    assert (ended.faults, ended.done) == ([], before.done)
    assert len(crew.deaths) >= least
    assert len({one for one in KINDS for _, where in crew.deaths if one in where}) >= kinds


@pytest.mark.parametrize("number", [10, 60], ids=["small", "large"])
async def test_p12_with_three_processes_at_once_the_years_end_as_with_one(
    postgresql_url: str, tmp_path: Path, _sqlite_template: Path, number: int
) -> None:
    """Each of them has every press and every tick at the same moment; each audio is deleted once, with one certificate."""
    plan = a_plan(1, number)
    before = await undisturbed(_sqlite_template, tmp_path / "before", plan)
    ended, _ = await lived(postgresql_url, tmp_path / "at-once", plan, lambda where: AtOnce(where, 3))
    assert (ended.faults, ended.done) == ([], before.done)
    assert Counter(ended.asked) == Counter(set(before.asked))
