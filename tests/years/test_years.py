"""P5, P12: in the years of a large company, what goes early goes with a certificate that says why, and nothing else does."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from shutil import copyfile

import pytest

from storage.database.store import Database
from tests.handlers.builders import UK
from tests.moments import NOW
from tests.years.__main__ import Rehearsal, _read
from tests.years.large import moved_in
from tests.years.plan import YEARS, a_plan
from tests.years.staff import OPERATORS
from tests.years.steward import Where
from tests.years.town import Call, Event, Kind

pytestmark = pytest.mark.soak

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TOWN = [Call(one, UK, NOW + 10 * HOUR + one * HOUR / 30, OPERATORS[one].name) for one in range(4)]
DECLINED, AGREED, HELD, PLAIN = range(4)
"""What becomes of each: the third is declined as well, and held before it goes."""
END = NOW + 12 * DAY


def _at(number: int, after: timedelta, kind: Kind) -> Event:
    return Event(TOWN[number].started + after, kind, number)


def _happens() -> list[Event]:
    minute = timedelta(minutes=1)
    events = [_at(one, 2 * minute, "call") for one in range(len(TOWN))]
    events += [_at(one, minute, "decline") for one in (DECLINED, AGREED, HELD)]
    events += [_at(AGREED, 3 * HOUR, "keep"), _at(HELD, 3 * HOUR, "hold")]
    return sorted([*events, *(Event(NOW + one * HOUR, "look") for one in range(11 * 24))])


async def _played(template: Path, folder: Path, town: list[Call], happens: list[Event]) -> Rehearsal:
    url = f"sqlite:///{copyfile(template, folder / 'steward.db')}"
    (folder / "calls").mkdir()
    database = Database(url)
    people = await database.write(moved_in)
    await database.close()
    years = Rehearsal(Where(url, folder, people, tuple(town)), town)
    await years.play(happens)
    return years


async def test_p12_two_years_of_a_company(_sqlite_template: Path, tmp_path: Path) -> None:
    plan = a_plan(1, 40)
    happens = [one for stop in plan.stops for one in stop.events]
    years = await _played(_sqlite_template, tmp_path, list(plan.town), happens)
    assert await years.check(NOW + YEARS) == []
    assert years.watching.gone
    await years.steward.close()


async def test_p5_what_goes_early_has_a_certificate_that_says_why(_sqlite_template: Path, tmp_path: Path) -> None:
    years = await _played(_sqlite_template, tmp_path, TOWN, _happens())
    causes, fault = await years.steward.database.read(_read)
    numbers = await years.steward.database.read(years._numbers)
    await years.steward.close()
    assert (fault, years.watching.check(causes, numbers, END)) == ("", [])
    why = {number: causes.certified_why.get(numbers[number], "") for number in range(len(TOWN))}
    assert why == {DECLINED: "declined", AGREED: "", HELD: "", PLAIN: ""}
    assert years.watching.gone.keys() == {DECLINED}
    assert causes.agreed == {numbers[AGREED]}
    assert causes.freed.keys() == {numbers[one] for one in (DECLINED, HELD)}
