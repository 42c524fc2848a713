"""C1, P12: when calls go is held against the log while it is walked, some entries at a time, beside whoever writes into it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import pytest
from sqlalchemy import text, update

from bot.proof.moments import Moments
from bot.proof.verification import Pace, verify
from handlers.reconciling import Gap
from handlers.reconciling.findings import Result
from storage.database.store import Database, Store
from storage.records import Recording
from storage.tables.log import AuditEntry
from tests.bot.log.shell import rechained
from tests.handlers.builders import Clock, Company, a_company, call, register
from tests.moments import NOW

pytestmark = pytest.mark.soak

PACES = [Pace(), Pace(entries=1, requests=1)]
HOUR = timedelta(hours=1)


@pytest.fixture
async def company(database: Database) -> Company:
    made = await a_company(database, Clock())
    await _another(made, 0)
    return made


async def _another(company: Company, hours: int) -> int:
    """The call of this name, with other audio that began so many hours later; its number."""
    known = call(0, native_id="one", started=NOW + hours * HOUR, size=1000 + hours, stamp=str(hours))
    [number] = await register(company.door, known)
    return number


async def _by_hand(company: Company, number: int, **values: object) -> None:
    change = update(Recording).where(Recording.id == number).values(**values)
    await company.database.write(lambda store: store.session.execute(change) and None)


@pytest.mark.parametrize("pace", PACES)
async def test_c1_a_moment_that_an_entry_changed_is_no_break(company: Company, pace: Pace) -> None:
    await _another(company, 1)
    outcome = await verify(company.database, pace=pace)
    assert (outcome.faults, outcome.gaps) == ([], {})


@pytest.mark.parametrize("pace", PACES)
async def test_c1_one_that_was_moved_by_hand_is_named_once(company: Company, pace: Pace) -> None:
    number = await _another(company, 1)
    await _by_hand(company, number, erase_at=NOW + 2 * HOUR)
    [fault] = (await verify(company.database, pace=pace)).faults
    assert fault.startswith(f"recording {number}: “goes” is stored as 2026-11-24 05:00:00")


@pytest.mark.parametrize("pace", PACES)
async def test_c1_so_is_one_that_was_put_back_to_what_an_earlier_entry_says(company: Company, pace: Pace) -> None:
    before = NOW.replace(year=NOW.year + 1)
    number = await _another(company, 1)
    await _by_hand(company, number, erase_at=before)
    [fault] = (await verify(company.database, pace=pace)).faults
    assert "“goes” is stored as 2027-11-24 03:00:00" in fault and fault.endswith("says 2027-11-24 04:00:00.000000 UTC")


async def test_c1_what_changes_while_the_log_is_walked_is_no_break(company: Company) -> None:
    links = await company.database.read(lambda store: store.audit.links(0, 1000))
    await _another(company, 1)
    found: list[Result] = []
    moments = Moments(company.database, found.extend, 0.0)
    await moments.take(links)
    await moments.settle(links[-1][0])
    assert found == []


async def test_c1_a_row_that_nobody_can_read_hides_no_other(company: Company) -> None:
    number = await _another(company, 1)
    await _by_hand(company, company.calls[0], erase_at=NOW)
    await company.database.write(lambda store: _spoil(store, number))
    faults = (await verify(company.database)).faults
    assert [faults[0].partition(": “goes”")[0], faults[1].partition(" goes, but")[0].partition(" says ")[2]] == [
        f"recording {company.calls[0]}", f"when recording {number}",
    ]  # fmt: skip


def _spoil(store: Store, number: int) -> None:
    if store.session.get_bind().dialect.name == "sqlite":
        store.session.execute(text("UPDATE recordings SET erase_at = 'soon' WHERE id = :id"), {"id": number})
    else:
        store.session.execute(text("DELETE FROM recordings WHERE id = :id"), {"id": number})


async def test_c1_calls_of_an_earlier_version_are_told_by_their_number(company: Company) -> None:
    def as_before(entry: AuditEntry) -> None:
        entry.detail = {name: told for name, told in entry.detail.items() if name != "moments"}

    await company.database.write(lambda store: rechained(store, as_before))
    await _by_hand(company, company.calls[0], erase_at=None)
    outcome = await verify(company.database)
    assert outcome.faults == []
    assert outcome.gaps == {Gap("when calls go that an earlier version registered"): len(company.calls) + 1}


async def test_c1_beyond_a_break_of_the_chain_nothing_is_said_of_them(company: Company) -> None:
    await _by_hand(company, company.calls[0], erase_at=NOW)
    await _cut(company, _number((await verify(company.database)).faults))
    assert not [one for one in (await verify(company.database)).faults if "“goes”" in one]


async def _cut(company: Company, entry: int) -> None:
    """The entry after that one is another."""
    statement = text("UPDATE audit SET subject = 'other' WHERE seq = :seq")
    await company.database.write(lambda store: store.session.execute(statement, {"seq": entry + 1}) and None)


def _number(faults: Iterable[str]) -> int:
    [fault] = faults
    return int(fault.partition("but entry ")[2].split()[0])
