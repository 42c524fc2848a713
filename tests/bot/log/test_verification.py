"""C1, C2: log, state and journal are verified together, a page at a time, without disturbing anyone."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TypeVar, cast

import pytest
from sqlalchemy import delete, select, update

from bot.proof.journalling import Outside, Position
from bot.proof.verification import Pace, verify_log
from handlers.sealing import Keys
from storage.audit import Entry
from storage.chain import GENESIS
from storage.database.store import Database, Store
from storage.mark_check import Latest
from storage.marks import Row
from storage.records import Grant, Request
from storage.tables.log import AuditEntry, AuditHead
from tests.each import each
from tests.handlers.builders import KEYS, Clock, Company, a_company, approved, ask
from tests.ledgers import check_chain
from tests.moments import NOW
from tests.spoiling import said
from tests.tampering import rows_of

T = TypeVar("T")
PACES = [Pace(), Pace(entries=1, rows=1), Pace(entries=3, rows=2)]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def company(database: Database, clock: Clock) -> Company:
    made = await a_company(database, clock)
    await approved(made)
    await ask(made, made.bram)
    await ask(made, made.bram, calls=made.calls[1:])
    return made


async def _noted(company: Company) -> Position:
    return Position(*await company.database.read(lambda store: store.audit.head()))


def _cut(store: Store, entries: int) -> None:
    """The end of the log is taken away, and the head with it."""
    store.session.execute(delete(AuditEntry).where(AuditEntry.seq > entries))
    last = store.session.query(AuditEntry.hash).where(AuditEntry.seq == entries).scalar()
    store.session.execute(update(AuditHead).values(seq=entries, hash=last))


@each("pace", PACES)
async def test_what_went_through_the_door_is_sound_at_any_pace(company: Company, pace: Pace) -> None:
    outcome = await verify_log(company.database, Outside(await _noted(company)), pace, keys=KEYS)
    assert (outcome.number, outcome.faults, outcome.rows) == (
        0,
        [],
        sum(map(len, (await rows_of(company.database)).values())),
    )
    assert (outcome.verdict.entries, outcome.verdict.head) == await company.database.read(
        lambda store: store.audit.head()
    )


@each("pace", PACES)
async def test_every_kind_of_fault_is_found_at_any_pace(company: Company, pace: Pace) -> None:
    grant = await company.database.read(lambda store: store.session.query(Grant).one())
    await company.database.write(
        lambda store: store.session.execute(update(Grant).values(ends_at=grant.ends_at + timedelta(days=1))) and None
    )
    await company.database.write(
        lambda store: store.session.execute(update(AuditEntry).where(AuditEntry.seq == 3).values(clause="P9")) and None
    )
    outcome = await verify_log(company.database, Outside(flaws=["line 2 is no line of a journal"]), pace)
    moved, chain, flaw = outcome.faults
    assert moved == f"row grants/{grant.id} was changed after entry 4"
    assert chain == "entry 3 was changed after it was written. The 2 entries before that hold"
    assert (flaw, outcome.number) == ("line 2 is no line of a journal", 3)


async def test_an_entry_not_the_bots_is_named_though_chain_head_and_marks_are_right(company: Company) -> None:
    """Two by an intruder without the key, one that the bot adds later, and one whose seal is another's."""
    request = await ask(company, company.anna, calls=company.calls[2:])
    entries = (await _noted(company)).entries

    def forge(store: Store) -> None:
        for one in store.session.scalars(select(Request).where(Request.id == request)):
            one.state, one.decided_by = "approved", company.tara.person_id
        store.audit.append(Entry(company.tara.actor, "access.approve", request, clause="P7"), NOW)
        store.audit.append(Entry(company.tara.actor, "access.approve", request), NOW, Keys(b"another").log_seal)

    await company.database.write(forge)
    await ask(company, company.anna, crm="CS-77")
    assert (await verify_log(company.database)).faults == []
    assert (await verify_log(company.database, keys=KEYS)).faults == [
        f"entries {entries + 1} to {entries + 2} lack the bot's seal: added or changed by hand"
    ]
    rows = await company.database.read(lambda store: list(store.audit.exported()))
    assert not check_chain(rows, await company.database.read(lambda store: store.audit.head())).fault


@pytest.mark.parametrize("kept", [0, 1, 4])
async def test_a_log_whose_end_was_cut_off_is_found_by_the_journal(company: Company, kept: int) -> None:
    noted = await _noted(company)
    if kept:
        await company.database.write(lambda store: _cut(store, kept))
    else:
        await company.database.write(lambda store: store.session.execute(delete(AuditEntry)) and None)
        await company.database.write(
            lambda store: store.session.execute(update(AuditHead).values(seq=0, hash=GENESIS)) and None
        )
    assert (await verify_log(company.database, Outside(noted))).faults[-1] == (
        f"the journal knows of {noted.entries} entries, but the log has {kept}: the database is an older copy, or the end of the log was cut off"
    )


async def test_c1_a_log_whose_head_was_taken_away_is_a_break_that_hides_no_other(company: Company) -> None:
    await company.database.write(said("UPDATE matters SET kind = 'hold'"))
    await company.database.write(lambda store: store.session.execute(delete(AuditHead)) and None)
    faults = (await verify_log(company.database)).faults
    assert [one for one in faults if one.startswith("audit_head, the end of the log, can't be read")]
    assert [one for one in faults if one.startswith("row matters/")]


class Interrupted:
    """A database to which a writer comes before every page, and is not in the way."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.times = 0

    async def read(self, work: Callable[[Store], T], within: float | None = None) -> T:
        self.times += 1
        await approved(self.company, crm=f"CS-{self.times}")
        return await self.company.database.read(work, within)

    async def lacking(self) -> list[str]:
        return await self.company.database.lacking()


@pytest.mark.soak
async def test_no_one_who_works_meanwhile_raises_an_alarm(company: Company) -> None:
    """Pages are read at different moments; each is whole in itself."""
    interrupted = Interrupted(company)
    outcome = await verify_log(cast("Database", interrupted), pace=Pace(entries=6, rows=20))
    assert (outcome.faults, interrupted.times > 6) == ([], True)


async def test_a_cancelled_check_ends_once_its_thread_has(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its temporary file was closed while the thread compared rows in it: the bot crashed at a stop (A4)."""
    went, compare, close = list[str](), Latest.compare, Latest.close
    begun, go_on = threading.Event(), threading.Event()

    def slowly(latest: Latest, rows: Sequence[Row]) -> None:
        begun.set()
        assert go_on.wait(60)
        compare(latest, rows)
        went.append("compared")

    def closed(latest: Latest) -> None:
        close(latest)
        went.append("closed")

    monkeypatch.setattr(Latest, "compare", slowly)
    monkeypatch.setattr(Latest, "close", closed)
    database = Database(sqlite_url)
    checking = asyncio.create_task(verify_log(database))
    await asyncio.to_thread(begun.wait, 60)
    checking.cancel()
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.wait({checking})
    await database.close()
    assert checking.cancelled()
    assert went == ["compared", "closed"]


async def test_after_each_page_a_check_rests_so_that_people_are_answered_meanwhile(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    rested, sleep = list[float](), asyncio.sleep

    async def rest(seconds: float) -> None:
        rested.append(seconds)
        await sleep(0)

    outside, pace = Outside(await _noted(company)), Pace(entries=1, rows=1, rest=0.25)
    monkeypatch.setattr(asyncio, "sleep", rest)
    outcome = await verify_log(company.database, outside, pace, keys=KEYS)
    assert rested.count(0.25) > (outcome.verdict.entries or 0) + outcome.rows
