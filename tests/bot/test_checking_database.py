"""What `check` says of a database that answers and is not as it should be."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

import storage.search_index
from bot.commands.checking_database import of_database
from bot.commands.checking_settings import Finding
from bot.trouble import PUT_BACK
from handlers.inbox import NOT_OURS, SetAside
from storage.audit import Entry
from storage.database.store import Database, DatabaseDown
from storage.database.upgrade import upgrade
from storage.records import Record
from tests.each import each
from tests.handlers.builders import POLICY, Clock, a_company, ask
from tests.moments import NOW, moment
from tests.spoiling import said


def tell(url: str, *statements: str) -> None:
    """Change the file behind everybody's back."""
    with closing(sqlite3.connect(str(make_url(url).database))) as other, other:
        for statement in statements:
            other.execute(statement)


def _close(url: str) -> None:
    """A copied file is open to others, which is a line of its own."""
    if url.startswith("sqlite"):
        Path(str(make_url(url).database)).chmod(0o600)


async def found(url: str) -> list[Finding]:
    """The lines about the database itself."""
    _close(url)
    return [one async for one in of_database(url) if one.what == "database"]


async def test_a_sound_one_is_one_line(database_url: str) -> None:
    [line] = await found(database_url)
    assert (line.works, line.note) == (True, False)


async def test_a_table_that_is_missing_is_no_database_that_works(database_url: str) -> None:
    """It answered, so check said that all was well, and no message could be queued."""
    database = Database(database_url)
    await database.write(lambda store: store.session.connection().exec_driver_sql("DROP TABLE inbox"))
    [line] = await found(database_url)
    assert (line.works, line.sentence) == (False, f"It lacks tables of mine: inbox. {PUT_BACK}")
    with pytest.raises(DatabaseDown, match="incomplete"):
        await upgrade(database)
    await database.write(lambda store: Record.metadata.create_all(store.session.connection()))
    await database.close()
    assert [one.works for one in await found(database_url)] == [True]


async def test_p14_a_policy_that_was_replaced_fails(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    for digest in (POLICY.digest, "f" * 64):
        assert [one.what async for one in of_database(sqlite_url, POLICY)] == ["database"]
        await database.write(lambda store, digest=digest: store.policy_texts.keep(digest, "", NOW))  # type: ignore[misc]
    await database.close()
    _, replaced = [one async for one in of_database(sqlite_url, POLICY)]
    assert (replaced.works, f"(digest {'f' * 12}, mine is" in replaced.sentence) == (False, True)


async def test_a_matter_that_can_not_be_read_is_a_note(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    company = await a_company(database, Clock())
    requests = [await ask(company, company.anna, calls=[one]) for one in company.calls]
    assert [one async for one in of_database(sqlite_url) if one.what == "matter"] == []
    await database.write(said(f"UPDATE matters SET asked_at = 'x' WHERE id = '{requests[0]}'"))
    await database.write(said(f"UPDATE matters SET kind = 'nothing we know' WHERE id = '{requests[1]}'"))
    await database.write(said(f"UPDATE parties SET since = 'x' WHERE matter_id = '{requests[2]}'"))
    await database.close()
    notes = [
        one.sentence.split(" can't be read")[0]
        for one in [one async for one in of_database(sqlite_url) if one.what == "matter"]
    ]
    assert notes == [
        f"row {requests[0]} of matters", f"row {requests[1]} of matters", f"row {requests[2]}, {company.tara.person_id} of parties",
    ]  # fmt: skip


async def test_p7_a_press_that_somebody_put_in_is_a_note(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    entry = Entry("delivery", SetAside.action, "press:7", detail={"why": NOT_OURS})
    await database.write(lambda store: store.audit.append(entry, moment()))
    await database.close()
    [note] = [one async for one in of_database(sqlite_url) if one.what == "press"]
    assert note.note
    assert note.sentence.startswith("press:7 was in the inbox without my mark")


@each(
    ("lack", "words"),
    [("version", "SQLite 3.42"), ("package", "has no pg_trgm"), ("right", "CREATE EXTENSION pg_trgm")],
)
async def test_p7_a_search_that_finds_less_than_it_could_is_a_note(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, lack: str, words: str
) -> None:
    monkeypatch.setattr(storage.search_index, "lacks", lambda _: lack)
    [note] = [one async for one in of_database(sqlite_url) if one.what == "search"]
    assert (note.works, note.note, words in note.sentence) == (True, True, True)


async def test_p7_the_server_from_the_wheel_finds_beginnings_and_endings_and_says_so(postgresql_url: str) -> None:
    [note] = [one async for one in of_database(postgresql_url) if one.what == "search"]
    assert "by its beginning or end" in note.sentence


@pytest.mark.soak
async def test_p7_where_every_part_is_found_nothing_is_said(sqlite_url: str, trigrams_url: str) -> None:
    for url in (sqlite_url, trigrams_url):
        assert [one async for one in of_database(url) if one.what == "search"] == []
