"""Migrations bring any database to what the models say, whoever starts first."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, bindparam, inspect, select, text
from sqlalchemy.exc import IntegrityError

from storage.columns import Moment
from storage.database.store import Database, DatabaseDown, Store
from storage.database.upgrade import MIGRATIONS, _revisions, newest, references_to_nothing, revision, upgrade
from storage.records import ChatAccount, Outgoing
from storage.tables.keys import UnsealedWords
from storage.tables.log import AuditHead
from tests.ledgers import outgoing
from tests.storage.rows import LOST, NOW, effect, left
from tests.storage.upgrading import differences, upgraded_to


@pytest.mark.soak
async def test_an_empty_database_is_brought_to_the_newest_revision(empty_url: str) -> None:
    database = Database(empty_url)
    assert await revision(database) == ""
    assert await upgrade(database) == newest() == await revision(database)
    await database.close()


@pytest.mark.soak
async def test_a_second_time_changes_nothing(empty_url: str) -> None:
    database = Database(empty_url)
    await upgrade(database)
    assert await upgrade(database) == newest()
    heads = await database.read(lambda store: store.session.query(AuditHead).count())
    assert heads == 1
    await database.close()


@pytest.mark.soak
async def test_two_programs_that_start_at_once_both_find_it_done(empty_url: str) -> None:
    databases = [Database(empty_url), Database(empty_url)]
    assert await asyncio.gather(*map(upgrade, databases)) == [newest(), newest()]
    assert await databases[0].read(lambda store: store.session.query(AuditHead).count()) == 1
    for database in databases:
        await database.close()


@pytest.mark.soak
async def test_who_starts_while_somebody_else_writes_to_a_new_file_waits_for_it(tmp_path: Path) -> None:
    """A8: SQLite switches to WAL at once or says “database is locked” at once, whatever its time-out."""
    path = tmp_path / "steward.db"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("PRAGMA user_version = 1")
    other.execute("BEGIN IMMEDIATE")
    soon = threading.Timer(0.3, other.execute, ["COMMIT"])
    soon.start()
    database = Database(f"sqlite:///{path}")
    assert await upgrade(database) == newest()
    soon.join()
    other.close()
    await database.close()


@pytest.mark.soak
async def test_the_migrations_say_what_the_models_say(database: Database) -> None:
    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


def test_the_names_of_the_migrations_are_their_revisions() -> None:
    script = ScriptDirectory(str(MIGRATIONS))
    assert _revisions() == tuple(one.revision for one in script.walk_revisions())


# What revision 0001 knew of people: ids on Slack, and a second account in somebody's way.
OF_BEFORE = (
    (
        "INSERT INTO people (id, email_key, email, name, zone, standing, slack_id, rival, checked_at, home_at) VALUES "
        "(1, 'tara@fernhill.example', 'tara@fernhill.example', 'Tara', 'UTC', 'ambiguous', 'U1', 'U9', :now, :now), "
        "(2, 'anna@fernhill.example', 'anna@fernhill.example', 'Anna', 'UTC', 'deactivated', 'U2', NULL, :now, NULL), "
        "(3, 'ruth@fernhill.example', 'ruth@fernhill.example', 'Ruth', 'UTC', 'member', NULL, NULL, NULL, NULL)"
    ),
    (
        "INSERT INTO requests (id, key, twin, requester_id, reason, crm, purpose, asked_at, matter, basis, audience, state, "
        "revision, decided_as, decision_words) VALUES "
        "('R-1', 'k', 't', 1, 'complaint', 'CS-1', 'x', :now, '', '', '', 'waiting', 1, '', '')"
    ),
    (
        "INSERT INTO outbox (id, key, kind, person_id, payload, queued_at, due_at, state, attempts, code) VALUES "
        "('1', 'k', 'show', 1, '{}', :now, :now, 'queued', 0, '')"
    ),
)


def _as_it_was(connection: Connection) -> None:
    upgraded_to("0001")(connection)
    for statement in OF_BEFORE:
        connection.execute(text(statement).bindparams(bindparam("now", NOW, Moment())))


@pytest.mark.soak
async def test_whoever_was_known_by_a_slack_id_has_an_account_afterwards(empty_url: str) -> None:
    """P7: nobody loses a request, a standing or a home by the upgrade, and who was refused stays refused."""
    database = Database(empty_url)
    async with database.writers.begin() as connection:
        await connection.run_sync(_as_it_was)
    await upgrade(database)

    def told(store: Store) -> list[tuple[object, ...]]:
        rows = store.session.scalars(select(ChatAccount).order_by(ChatAccount.account_id)).all()
        return [(one.platform, one.account_id, one.person_id, one.standing, one.home_at is not None) for one in rows]

    assert await database.read(told) == [
        ("slack", "U1", 1, "member", True),
        ("slack", "U2", 2, "deactivated", False),
        ("slack", "U9", None, "member", False),
    ]
    people = await database.read(lambda store: [one.standing for one in store.people.named([1, 2, 3]).values()])
    assert sorted(people) == ["ambiguous", "deactivated", "member"]
    assert await database.read(lambda store: [one.platform for one in outgoing(store, person_id=1)]) == [""]
    assert len(await database.read(lambda store: store.session.query(UnsealedWords.salt).scalar() or "")) == 32
    await database.close()


APPROVED = (
    (
        "INSERT INTO recordings (id, system, native_id, stamp, line, direction, caller, operator_name, operator_key, department, "
        "started, local_day, seconds, crm, media_type, size, state, found_by) VALUES (5, 'file', 'a.wav', '1', '+61281979000', "
        "'incoming', '', 'Bram', 'bram', 'sales', :now, '2026-11-24', 9, '', 'audio/wav', 9, 'present', '')"
    ),
    "INSERT INTO requested_recordings (request_id, recording_id, place) VALUES ('R-1', 5, 0)",
    "INSERT INTO grants (id, request_id, person_id, starts_at, ends_at) VALUES ('G-1', 'R-1', 1, :now, :end)",
)


def _approved_then(connection: Connection) -> None:
    _as_it_was(connection)
    moments = {"now": NOW, "end": NOW + timedelta(days=7)}
    for statement in APPROVED:
        named = [bindparam(name, at, Moment()) for name, at in moments.items() if f":{name}" in statement]
        connection.execute(text(statement).bindparams(*named))


@pytest.mark.soak
async def test_what_was_approved_before_is_still_approved_and_gets_its_digest_when_it_is_read(empty_url: str) -> None:
    """P7: an upgrade ends no access; what was asked for before counts as the call that is there."""
    database = Database(empty_url)
    async with database.writers.begin() as connection:
        await connection.run_sync(_approved_then)
    await upgrade(database)
    assert await database.read(lambda store: store.requests.of_changed_calls(NOW)) == []
    [unread] = await database.read(lambda store: store.recordings.unidentified("file", NOW, 9))
    assert (unread.id, unread.version, unread.identity) == (5, 1, "")
    grant = await database.read(lambda store: store.grants.get("G-1"))
    assert grant is not None
    assert (grant.ended_at, grant.ended_why) == (None, "")
    await database.close()


NAMES = {"calls/2026/11/a b.wav": "calls/2026/11", "a/a.a.wav": "a", "wav.wav": "", "Zürich/ünï.m4a": "Zürich"}


def _of_0010(connection: Connection) -> None:
    upgraded_to("0010")(connection)


def _in_folders(connection: Connection) -> None:
    columns = [one["name"] for one in inspect(connection).get_columns("recordings")]
    for number, name in enumerate(NAMES, 10):
        told = ", ".join({"id": str(number), "native_id": ":name"}.get(one, one) for one in columns)
        row = f"INSERT INTO recordings ({', '.join(columns)}) SELECT {told} FROM recordings WHERE id = 5"
        connection.execute(text(row), {"name": name})


@pytest.mark.soak
async def test_every_call_of_before_lies_in_its_folder_afterwards(empty_url: str) -> None:
    database = Database(empty_url)
    for step in (_approved_then, _of_0010, _in_folders):
        async with database.writers.execution_options(steward_upgrades=True).begin() as connection:
            await connection.run_sync(step)
    await upgrade(database)
    for name, folder in NAMES.items():
        assert name in await database.read(lambda store, folder=folder: store.recordings.within("file", [folder]))  # type: ignore[misc]
    folders = await database.read(lambda store: store.recordings.folders("file"))
    assert folders == {"": 2, "a": 1, "calls/2026/11": 1, "Zürich": 1}
    await database.close()


@pytest.mark.soak
async def test_rows_of_one_transaction_may_still_come_in_any_order_afterwards(empty_url: str) -> None:
    """A table that SQLite makes anew keeps the foreign keys that are looked at only at the commit."""
    database = Database(empty_url)
    await upgrade(database)
    late = effect(7)
    await database.write(lambda store: _out_of_order(store, late))
    assert await database.read(lambda store: store.people.get(7).name) == "Late"
    with pytest.raises(IntegrityError):
        await database.write(lambda store: store.outbox.leave(left(effect(8, 2))))
    await database.close()


def _tell(path: Path, *statements: str) -> None:
    """Change the file behind everybody's back, as a tool that heeds no references does."""
    with sqlite3.connect(path) as other:
        for statement in statements:
            other.execute(statement)
    other.close()


def _of_0008(connection: Connection) -> None:
    upgraded_to("0008")(connection)


@pytest.fixture
async def one_behind(tmp_path: Path) -> AsyncIterator[Database]:
    """A file of an older revision, in which a row refers to nothing."""
    path = tmp_path / "steward.db"
    database = Database(f"sqlite:///{path}")
    async with database.writers.begin() as connection:
        await connection.run_sync(_of_0008)
    _tell(path, LOST.format("R-LOST"))
    yield database
    await database.close()


async def test_a_row_that_refers_to_nothing_does_not_keep_the_next_start_out(one_behind: Database) -> None:
    """A8: the worker sets such a row aside and goes on; so does each start, with a new revision and without."""
    for _ in range(2):
        assert await upgrade(one_behind) == newest()
        assert await references_to_nothing(one_behind) == {"outbox": 1}


async def test_an_upgrade_that_takes_away_what_rows_refer_to_changes_nothing(
    one_behind: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def loses(config: Config, _: str) -> None:
        connection = config.attributes["connection"]
        connection.exec_driver_sql(LOST.format("R-MORE"))
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{newest()}'")

    monkeypatch.setattr(command, "upgrade", loses)
    with pytest.raises(RuntimeError, match="a row of outbox refers to nothing after the upgrade"):
        await upgrade(one_behind)
    assert (await revision(one_behind), await references_to_nothing(one_behind)) == ("0008", {"outbox": 1})


async def test_a_database_of_two_versions_at_once_is_refused(database: Database) -> None:
    """As a copy leaves it that was put over another without emptying it first."""
    await database.write(
        lambda store: store.session.execute(text("INSERT INTO alembic_version (version_num) VALUES ('0001')"))
    )
    for look in (revision, upgrade):
        with pytest.raises(DatabaseDown, match="several_versions"):
            await look(database)
    await database.write(
        lambda store: store.session.execute(text("DELETE FROM alembic_version WHERE version_num = '0001'"))
    )


async def test_on_a_server_nothing_refers_to_nothing(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    assert await references_to_nothing(database) == {}
    await database.close()


def _out_of_order(store: Store, row: Outgoing) -> None:
    store.outbox.leave(left(row))
    store.session.flush()
    somebody = "INSERT INTO people (id, email_key, email, name, zone, standing, prefers) VALUES (7, 'l', 'l', 'Late', 'UTC', 'member', '')"
    store.session.execute(text(somebody))
