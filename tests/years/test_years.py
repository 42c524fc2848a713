"""P5, P12: years of a company, with kills at random, and with three processes at once: each call goes when it may, and the log vouches for every row."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from shutil import copyfile
from typing import TypeVar

import pytest

from storage.database.store import Database, Store
from tests.handlers.builders import UK, Clock, a_company
from tests.moments import NOW
from tests.years.__main__ import Rehearsal, registered
from tests.years.large import moved_in
from tests.years.lives import Alone, AtOnce, Crew, Mortal
from tests.years.presses import OPERATORS
from tests.years.steward import ASKED, Where, verified
from tests.years.town import YEARS, Call, Event, Kind, Plan, a_plan, record
from tests.years.watching import Causes, Watching

pytestmark = pytest.mark.soak

C = TypeVar("C", bound=Crew)
KINDS = {"commit", "delete", "unlink", "settle", "audio", "look", "journal"}
"""Where a process may die: round each commit, and round whatever is asked of the recording system and of the journal."""
IN_VAIN = frozenset({"retention.ask", "retention.send", "retention.fail", "recordings.register", "matters.remind"})
"""Entries of which there is another one for each try; and reminders, which after a month's leap depend on who wakes first."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TOWN = [Call(one, UK, NOW + 10 * HOUR + one * HOUR / 30, OPERATORS[one].name) for one in range(4)]
DECLINED, AGREED, HELD, PLAIN = range(4)
"""What becomes of each: the third is declined as well, and held before it goes."""
END = NOW + 12 * DAY


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


async def undisturbed(template: Path, folder: Path, plan: Plan) -> Ended:
    """How a plan ends where one process does everything, and nobody dies."""
    folder.mkdir()  # noqa: ASYNC240  nobody else is waited for
    ended, _ = await lived(f"sqlite:///{copyfile(template, folder / 'steward.db')}", folder, plan, Alone)
    assert ended.faults == []
    assert ended.done["retention.certify"] > len(plan.town) / 2
    return ended


@pytest.mark.parametrize(("number", "least", "kinds"), [(10, 8, 2), (60, 60, len(KINDS))], ids=["small", "large"])
async def test_p12_with_kills_at_random_the_years_end_as_if_nobody_had_died(
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


def _at(number: int, after: timedelta, kind: Kind) -> Event:
    return Event(TOWN[number].started + after, kind, number)


def _happens() -> list[Event]:
    minute = timedelta(minutes=1)
    events = [_at(one, 2 * minute, "call") for one in range(len(TOWN))]
    events += [_at(one, minute, "decline") for one in (DECLINED, AGREED, HELD)]
    events += [_at(AGREED, 3 * HOUR, "keep"), _at(HELD, 3 * HOUR, "hold")]
    return sorted([*events, *(Event(NOW + one * HOUR, "look") for one in range(11 * 24))])


async def test_p5_what_goes_early_has_a_certificate_that_says_why(_sqlite_template: Path, tmp_path: Path) -> None:
    """In a company of 500, as `make rehearse` plays two years of it."""
    url = f"sqlite:///{copyfile(_sqlite_template, tmp_path / 'steward.db')}"
    (tmp_path / "calls").mkdir()
    database = Database(url)
    people = await database.write(moved_in)
    await database.close()
    years = Rehearsal(Where(url, tmp_path, people, tuple(TOWN)), TOWN)
    await years.play(_happens())
    causes, numbers, faults = await years.check(END)
    await years.steward.close()
    assert faults == []
    why = {number: causes.certified_why.get(numbers[number], "") for number in range(len(TOWN))}
    assert why == {DECLINED: "declined", AGREED: "", HELD: "", PLAIN: ""}
    assert years.watching.gone.keys() == {DECLINED}
    assert causes.agreed == {numbers[AGREED]}
    assert causes.freed.keys() == {numbers[one] for one in (DECLINED, HELD)}
