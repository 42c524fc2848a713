"""A row spoilt by hand, in each table and each of its columns: everyone else's work continues, and the row is named
(A1, A9).
"""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Table, select, text

from bot.commands.checking_database import check_database
from bot.proof.verification import verify_log
from bot.rehearsal.fake_chat import FakeChat
from handlers.access import deciding
from storage.database.store import Database
from storage.marks import is_protected, marked_columns
from storage.records import Grant
from storage.unreadable import types_of_column, watched_tables
from tests.bot.web.ready import readiness
from tests.clocks import ticks
from tests.erasing import Archive
from tests.handlers.builders import NAMES, Clock, Company, a_company, approved, ask
from tests.handlers.customers.acts import a_request
from tests.handlers.customers.releasing import release
from tests.handlers.reading import home_of
from tests.handlers.test_away_every_kind import KINDS
from tests.moments import NOW
from tests.offices import Office, profile, worker
from tests.spoiling import junk, spoil
from tests.tampering import put_in, tamper

COLUMNS, MEANINGLESS = range(25), "'junk'"
SHARED = ("audit_head",)
"""Rows that belong to everyone: no work continues without them."""


@dataclass
class Town:
    """A company in a file, and a copy of it to be spoilt."""

    whole: Path
    company: Company
    begun: datetime

    def copied(self, place: Path) -> Database:
        shutil.copy(self.whole, place)
        self.company.door.database, self.company.clock.now = Database(f"sqlite:///{place}"), self.begun
        return self.company.database


@pytest.fixture
async def town(sqlite_url: str) -> Town:
    """Anna has begun one of each kind, so that the first row of each table is hers, or about what she asked for, or was put in by hand."""
    database = Database(sqlite_url)
    company = await a_company(database, Clock())
    await release(company, await a_request(company))
    await approved(company)
    for name, begin in KINDS.items():
        if name != "the review of the policy":  # that is two years later
            await begin(company)
    for table in watched_tables():
        if not await _has_rows(database, table):
            await tamper(database, *put_in(table, {}, {})[0])
    await database.close()
    return Town(Path(sqlite_url.removeprefix("sqlite:///")), company, company.clock.now)


async def spoilt(database: Database, place: int, word: str) -> list[Column[Any]]:
    """One column of the first row of each table, which is spoilt now: a text by a word that means nothing, if one is given."""
    found = []
    for table in watched_tables():
        columns = [one for one in table.columns if junk(one) and not _is_number_of_row(one)]
        if place < len(columns) and table.name not in SHARED:
            value = word if word and types_of_column(columns[place].type) == (str,) else junk(columns[place])[0]
            first = f"(SELECT min(rowid) FROM {table.name})"
            await spoil(database, f"UPDATE {table.name} SET {columns[place].name} = {value} WHERE rowid = {first}")
            found.append(columns[place])
    return found


async def _has_rows(database: Database, table: Table) -> bool:
    return await database.read(lambda store: bool(store.session.scalar(select(text("1")).select_from(table))))


def _is_number_of_row(column: Column[Any]) -> bool:
    """Whether a file keeps the row by this column, and takes nothing but a number."""
    return [*column.table.primary_key] == [column] and types_of_column(column.type) == (int,)


@dataclass
class Others:
    """What continues for everyone but Anna."""

    company: Company

    def __post_init__(self) -> None:
        chat = FakeChat(map(profile, NAMES))
        self.office = Office(self.company, chat, worker(self.company, chat))
        self.archive = Archive(self.company)

    async def file_and_decide(self) -> None:
        self.request = await ask(self.company, self.company.quinn, calls=self.company.calls[2:], crm="CS-77")
        await self.company.door.enter(deciding.approve_request(self.request), self.company.tara)
        await self.office.delivery.drain()
        assert self.office.delivery.faults == 0
        for who in (self.company.tara, self.company.quinn):
            copy = await self.company.database.read(
                lambda store, one=who.person_id: store.outbox.copy(self.request, one or 0)  # type: ignore[misc]
            )
            assert copy is not None, f"{who} has no card"

    async def look_at_homes(self) -> None:
        for name in ("tara", "helena", "quinn", "ruth", "cora"):
            await home_of(self.company, self.company.people[name])

    async def end_access(self) -> None:
        self.company.clock.pass_(days=8)
        await ticks(self.company).tick()
        mine = select(Grant.ended_at).where(Grant.matter_id == self.request)
        assert await self.company.database.read(lambda store: store.session.scalar(mine)) is not None

    async def register_and_erase(self) -> None:
        old = await self.archive.record("old", NOW - timedelta(days=300))
        new = await self.archive.record("new", NOW)
        self.company.clock.pass_(days=70)
        for _ in range(3):
            await self.archive.tick()
            self.company.clock.pass_(minutes=5)
        assert [(await self.archive.by_id(one)).state for one in (old, new)] == ["erased", "present"]


async def named(database: Database, url: str, columns: list[Column[Any]]) -> None:
    """By the clock's own look, by `check`, and by `/readyz`."""
    fresh = Database(url)  # `database` doesn't look again at once, if a look took long
    rows = await fresh.look_through()
    await fresh.close()
    changed_since = {"outbox", "seen"}  # by the delivery, over some of its columns, and by the tidying
    assert {one.partition("/")[0] for one in rows} >= {one.table.name for one in columns} - changed_since
    told = [one.sentence for one in [one async for one in check_database(url)] if one.what == "row"]
    assert [one.partition(" can't")[0] for one in told] == rows[: len(told)]
    assert ("rows_unreadable" in readiness(database).waits()) == bool(rows)


async def not_found_out(database: Database, columns: list[Column[Any]]) -> list[Column[Any]]:
    """Those columns that the log vouches for without the verification naming a row."""
    faults = (await verify_log(database)).faults
    marked = [one for one in columns if is_protected(one.table) and one in marked_columns(one.table)]
    return [one for one in marked if not any(told.startswith(f"row {one.table.name}/") for told in faults)]


@pytest.mark.parametrize(
    ("place", "word"), [(6, ""), *((place, word) for place in COLUMNS for word in ("", MEANINGLESS)), (1, MEANINGLESS)]
)  # the first and the last in `make test`
async def test_everyone_elses_work_continues(town: Town, tmp_path: Path, place: int, word: str) -> None:
    path = tmp_path / "spoilt.db"
    database = town.copied(path)
    columns, others = await spoilt(database, place, word), Others(town.company)
    assert await not_found_out(database, columns) == []
    for step in (
        others.file_and_decide,
        others.look_at_homes,
        others.end_access,
        others.register_and_erase,
        others.look_at_homes,
    ):
        await step()
    if not word:
        await named(database, f"sqlite:///{path}", columns)
    await database.close()
