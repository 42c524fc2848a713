"""P12: years with a recording system that is away, slow, lying or losing one version of several; with calls of odd hours."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from handlers.acting import CLOCK
from handlers.recordings import Register
from storage.database.store import Database, Store
from tests.handlers.builders import AU, UK, Clock, a_company
from tests.moments import NOW
from tests.reconciled import findings
from tests.years.checker import moment
from tests.years.playing import Years, found
from tests.years.troubled import DAYS, ODD, Trouble, TroubledFolder, TroubledVersions, bad_times, odd_calls

pytestmark = pytest.mark.soak

IN_VAIN = {"away": {"unavailable"}, "slow": set[str](), "lying": {"left"}, "losing one version": {"left"}}
"""Why an erasure could not be done at first, as the log says it."""


@pytest.mark.parametrize("database_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.soak)], indirect=True)
@pytest.mark.parametrize(
    ("kind", "where"),
    [
        *((kind, TroubledFolder) for kind in ("away", "slow", "lying")),
        *((kind, TroubledVersions) for kind in ("away", "slow", "lying", "losing one version")),
    ],
)
async def test_p12_whatever_the_recording_system_does_nothing_is_called_erased_that_is_there(
    database: Database, tmp_path: Path, kind: Trouble, where: type[TroubledFolder | TroubledVersions]
) -> None:
    """Each call's moment falls into a bad time of twenty minutes: it is closed at once, and gone within the hour."""
    company = await a_company(database, Clock())
    await company.door.enter(Register("file", (), [f"call-{number}" for number in (1, 2, 3)]), CLOCK)
    town = odd_calls(1)
    years = where(company, tmp_path / "calls", town, timedelta(days=90), kind=kind)
    await years.play(bad_times(town), NOW + timedelta(days=DAYS))
    assert await found(years) == []
    assert years.there() == frozenset()
    assert await findings(database) == []
    assert await database.read(_certified) == len(town)
    assert await database.read(_in_vain) == IN_VAIN[kind]
    assert await _never_certified_too_early(years)


def test_p12_the_odd_hours_are_as_odd_as_they_are_said_to_be() -> None:
    """The checker's own count, by hand: 29 February, twice a gap, twice an hour that comes twice, and two that came twice."""
    zones = {AU: ZoneInfo("Australia/Sydney"), UK: ZoneInfo("Europe/London")}
    told = [moment(one).astimezone(zones[one.line]).strftime("%Y-%m-%d %H:%M:%S %z") for one in odd_calls(0)]
    assert told == [
        "2029-03-01 00:00:00 +1100", "2029-03-01 00:00:00 +1100", "2029-03-01 00:00:00 +0000",
        "2028-10-01 03:00:00 +1100", "2028-03-26 02:00:00 +0100",
        "2028-04-02 02:30:00 +1100", "2028-10-29 01:30:00 +0100",
        "2028-04-04 02:30:00 +1000", "2028-10-31 01:30:00 +0000",
    ]  # fmt: skip
    assert len(ODD) == len(told)


def _certified(store: Store) -> int:
    return sum(one["action"] == "retention.certify" for one in store.audit.rows())


def _in_vain(store: Store) -> set[str]:
    return {one["detail"]["trouble"] for one in store.audit.rows() if one["action"] == "retention.fail"}


async def _never_certified_too_early(years: Years) -> bool:
    """At no look is there anything of a call that has a certificate."""
    rows = await years.company.database.read(
        lambda store: [one for one in store.audit.rows() if one["action"] == "retention.certify"]
    )
    left = [len(look.there) + sum(one["at"] <= look.at.isoformat() for one in rows) for look in years.looks]
    begun = [sum(one.started + timedelta(minutes=2) <= look.at for one in years.town) for look in years.looks]
    return all(one <= other for one, other in zip(left, begun, strict=True))
