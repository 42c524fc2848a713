"""P7, P12: what the search looks into is made at each start as far as the database can, and keeps nothing of what was erased."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from storage import search_index
from storage.database.store import Database, Store
from storage.database.upgrade import search_lacks, upgrade
from storage.records import Recording
from storage.search_index import NAME
from storage.searches import Wanted
from tests.storage.rows import hours, lay, names, numbered


@pytest.mark.soak
async def test_p7_pg_trgm_that_comes_later_is_used_from_the_next_start(trigrams_url: str) -> None:
    database = Database(trigrams_url)
    await _tell(database, "DROP EXTENSION pg_trgm CASCADE", *search_index._ENDS)
    assert await _kind(database) == "ends"
    assert await search_lacks(database) == "right"
    await upgrade(database)
    assert (await _kind(database), await search_lacks(database)) == ("parts", "")
    left = text("SELECT count(*) FROM pg_class WHERE relname LIKE 'recordings_sought_%'")
    assert await database.read(lambda store: store.session.scalar(left)) == 0
    await _tell(database, "DROP INDEX recordings_sought")
    assert (await _kind(database), await search_lacks(database)) == ("none", "right")
    await upgrade(database)
    assert await _kind(database) == "parts"
    await database.close()


async def test_p12_an_old_sqlite_has_no_index_that_would_not_forget(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 41, 9))
    database = Database(f"sqlite:///{tmp_path / 'old.db'}")
    await upgrade(database)
    assert (await _kind(database), await search_lacks(database)) == ("none", "version")
    await lay(database, numbered("a", "+61412345678", "cs10442"), numbered("b", **hours(1)))
    assert await names(database, Wanted(parts=("3456",))) == ["a"]
    await database.close()


async def test_p12_an_index_that_nobody_keeps_any_more_is_made_anew(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a migration that makes the table anew its triggers go; and an older SQLite takes the index away."""
    database = Database(sqlite_url)
    await lay(database, numbered("a", "+61412345678", "cs10442"))
    await _tell(database, f"DROP TRIGGER {NAME}_other", "UPDATE recordings SET found_by = '+61499999999;'")
    assert await names(database, Wanted(parts=("99999",))) == []
    await upgrade(database)
    assert await names(database, Wanted(parts=("99999",))) == ["a"]
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 41, 9))
    await upgrade(database)
    assert (await _kind(database), await search_lacks(database)) == ("none", "version")
    await lay(database, numbered("a", "+61412345678", "cs10442", stamp="2"))
    assert await names(database, Wanted(parts=("10442",))) == ["a"]
    await database.close()


async def test_p12_of_an_erased_call_nothing_is_left_in_the_index(sqlite_url: str) -> None:
    """Neither for a search nor in the pages: a letter that no other call has stands nowhere any more."""
    database = Database(sqlite_url)
    await lay(database, *(numbered(f"c{number}", f"+6141234{number:04d}", f"cs{number}") for number in range(300)))
    await lay(database, numbered("mine", "+61499999999", "ж10442"))
    before = _raw(sqlite_url, "ж10"), _holders(sqlite_url, "ж10")

    def wipe(store: Store) -> None:
        [mine] = store.recordings.known("file", ["mine"]).values()
        store.erasures.wipe(mine)

    await database.write(wipe)
    assert before == (True, [301])
    assert (_raw(sqlite_url, "ж10"), _holders(sqlite_url, "ж10"), _holders(sqlite_url, "999")) == (False, [], [])
    assert await names(database, Wanted(parts=("99999",))) == []
    await database.close()


async def test_p12_whatever_happens_to_calls_the_index_is_what_they_are(sqlite_url: str) -> None:
    """Registered, told anew, erased and deleted in any order, in transactions of any size."""
    database, chance = Database(sqlite_url), random.Random(7)
    for _ in range(60):
        rows = [
            numbered(f"c{chance.randrange(200)}", f"+614{chance.randrange(10**8):08d}", f"cs{chance.randrange(10**5)}")
            for _ in range(chance.randrange(1, 30))
        ]
        await lay(database, *{row["native_id"]: row for row in rows}.values())
        await database.write(lambda store: _some_go(store, chance))
    await database.close()
    with closing(sqlite3.connect(str(make_url(sqlite_url).database))) as raw:
        raw.execute(f"INSERT INTO {NAME}({NAME}, rank) VALUES ('integrity-check', 1)")


def _some_go(store: Store, chance: random.Random) -> None:
    there = store.session.query(Recording).filter(Recording.found_by != "").all()
    for recording in chance.sample(there, min(3, len(there))):
        if chance.random() < 0.7:
            store.erasures.wipe(recording)
        else:
            store.session.delete(recording)


async def _tell(database: Database, *statements: str) -> None:
    async with database.writers.begin() as connection:
        for statement in statements:
            await connection.exec_driver_sql(statement)


async def _kind(database: Database) -> str:
    async with database.engine.connect() as connection:
        return await connection.run_sync(search_index.kind)


def _raw(url: str, words: str) -> bool:
    """Whether the bytes of a trigram stand in a page of the index."""
    with closing(sqlite3.connect(str(make_url(url).database))) as raw:
        blocks = [*raw.execute(f"SELECT block FROM {NAME}_data"), *raw.execute(f"SELECT term FROM {NAME}_idx")]
    sought = words.encode()
    return any(sought in (one.encode() if isinstance(one, str) else bytes(one)) for (one,) in blocks)


def _holders(url: str, words: str) -> list[int]:
    with closing(sqlite3.connect(str(make_url(url).database))) as raw:
        raw.execute(f"CREATE VIRTUAL TABLE temp.told USING fts5vocab('main', '{NAME}', 'instance')")
        return [doc for (doc,) in raw.execute("SELECT doc FROM temp.told WHERE term = ?", (words,))]
