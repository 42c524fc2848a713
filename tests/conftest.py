"""What every storage, handler and story test starts from: a fresh database of each kind."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from shutil import copyfile
from zlib import crc32

import pytest
import pytest_asyncio
import structlog
from hypothesis import settings

from storage.database.store import Database
from tests.databases import Server, a_server, migrate, migrated_file, migrated_on, patiently, run
from tests.distribution import a_distributions_server, programs
from tests.s3_server import OURS, Storage, a_storage
from tests.unlasting import let_go

KINDS = ("sqlite", "postgresql")
EVERY = 4
STORES = Path(__file__).parent / "storage"
# How long something takes is told by the benchmarks, beside a peer, and never by a test on a busy machine.
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")
let_go()
# A traceback that is drawn in frames, with every variable, takes a second.
structlog.configure(
    [structlog.stdlib.add_log_level, structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What holds on both databases is tried on PostgreSQL for one test of four, chosen by its name; for the others by `make soak`.

    All of storage is, since that alone knows which database it is.
    """
    for one in items:
        told = getattr(one, "callspec", None)
        twice = told is not None and told.params.get("database_url") == "postgresql" and STORES not in one.path.parents
        if twice and crc32(one.nodeid.encode()) % EVERY:
            one.add_marker("soak")


@pytest.fixture(scope="session", autouse=True)
def _patiently() -> Iterator[None]:
    """How busy the machine is decides over no work; a test of a database's patience says itself how long that is."""
    with patiently():
        yield


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """One server for all tests, started when the first of them needs it."""
    with a_server() as server:
        yield server


@pytest.fixture(scope="session")
def trigrams() -> Iterator[Server]:
    """The distribution's server, which has pg_trgm; for what only that can show."""
    found = programs()
    if found is None:
        pytest.skip("no PostgreSQL of the distribution is installed here")
    with a_distributions_server(found) as server:
        yield server


@pytest.fixture
def trigrams_url(trigrams: Server) -> Iterator[str]:
    """A fresh, migrated database on it."""
    url = trigrams.create()
    run(migrate(url))
    yield url
    trigrams.drop(url)


@pytest.fixture(params=["sqlite_url", "postgresql_url", "trigrams_url"])
def searched_url(request: pytest.FixtureRequest) -> str:
    """A database of each kind that calls are looked for in: what finds every part by an index, and what finds beginnings and endings."""
    url: str = request.getfixturevalue(request.param)
    return url


@pytest.fixture(scope="session")
def _storage() -> Iterator[Storage]:
    """One S3 server for all tests, started when the first of them needs it."""
    with a_storage() as storage:
        yield storage


@pytest.fixture(scope="session")
def locked_bucket(_storage: Storage) -> str:
    """A bucket with Object Lock, in which each test has a prefix of its own."""
    return _storage.bucket(locks=True)


@pytest.fixture
def storage(_storage: Storage, monkeypatch: pytest.MonkeyPatch) -> Storage:
    """The S3 server, with its credentials in the environment and nobody else's."""
    for name, value in OURS.items():
        monkeypatch.setenv(name, value)
    return _storage


@pytest.fixture(scope="session")
def _postgresql_template(postgresql: Server) -> Iterator[str]:
    with migrated_on(postgresql) as name:
        yield name


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return migrated_file(tmp_path_factory.mktemp("template"))


@pytest.fixture
def postgresql_url(postgresql: Server, _postgresql_template: str) -> Iterator[str]:
    """A fresh, migrated PostgreSQL database, for what only it can show."""
    url = postgresql.fresh(_postgresql_template)
    yield url
    postgresql.give_back(url)


@pytest.fixture
def sqlite_url(_sqlite_template: Path) -> str:
    """A fresh, migrated SQLite file; always at the same place, see `database`."""
    path = _sqlite_template.with_name("steward.db")
    for old in (path, path.with_name("steward.db-wal"), path.with_name("steward.db-shm")):
        old.unlink(missing_ok=True)
    copyfile(_sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh, migrated database, once of each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(params=KINDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with nothing in it, once of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: Server = request.getfixturevalue("postgresql")
    url = server.create()
    yield url
    server.drop(url)


@pytest.fixture(scope="session")
def _known() -> dict[str, Database]:
    return {}


@pytest_asyncio.fixture
async def database(database_url: str, _known: dict[str, Database]) -> AsyncIterator[Database]:
    """An open database on `database_url`.

    One at the same address as an earlier test's goes on with its engine, which has compiled its statements already.
    """
    opened = Database(database_url)
    before = _known.setdefault(database_url, opened)
    opened.engine, opened.writers, opened.sessions = before.engine, before.writers, before.sessions
    yield opened
    await opened.close()
