"""What every storage, handler and story test starts from: a fresh database of each kind."""

import gc
import os
import re
import sys
from collections.abc import AsyncIterator, Generator, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from shutil import copyfile

import pytest
import pytest_asyncio
import structlog
import time_machine
from aiohttp.web_app import _cached_build_middleware
from hypothesis import settings

from bot.retention import recording_sync
from storage.database.store import Database
from tests import stand_ins
from tests.databases import Server, a_server, migrate, migrated_file, migrated_on, patiently, run
from tests.distribution import a_distributions_server, programs
from tests.moments import NOW
from tests.s3_server import OURS, Storage, a_storage
from tests.unlasting import let_go

KINDS = ("sqlite", "postgresql")
RECURSION = sys.getrecursionlimit()
HERE = Path(__file__).parent
ROOT = HERE.parent
ON_POSTGRESQL = (
    "storage/", "bot/delivery/test_delivery.py", "bot/delivery/test_rounds.py", "bot/test_restoring.py",
    "handlers/test_door.py", "handlers/test_inbox.py",
)  # fmt: skip
"""What `make test` also tries on PostgreSQL: only storage/ has SQL, so the other tests can't find more there."""
NO_BEACON = "http://127.0.0.1:9"
"""No server answers there, so that no test asks a beacon on the internet."""
WHOLE_FILE = re.compile(r"^pytestmark = .*\bpytest\.mark\.(soak|long)\b", re.MULTILINE)
# Benchmarks measure how long something takes, never a test on a busy machine.
settings.register_profile("test", deadline=None, max_examples=40)
settings.register_profile("soak", deadline=None, max_examples=300)
let_go()
# A traceback that is drawn in frames, with every variable, takes a second.
structlog.configure(
    [structlog.stdlib.add_log_level, structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
)


@pytest.fixture
def written_when_they_began(monkeypatch: pytest.MonkeyPatch) -> None:
    """Date files by the test's clock: disk and bucket would use the machine's. Each counts as written when its call
    began.
    """
    told = recording_sync.row_of
    monkeypatch.setattr(recording_sync, "row_of", lambda policy, one: {**told(policy, one), "modified": one.started})


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--at", default=NOW.isoformat(), help="the moment at which every test starts that names no other")
    parser.addoption("--stand-ins", action="store_true", help="try the chats' stand-ins even if they haven't changed")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    os.environ["BEACON_URL"] = NO_BEACON
    settings.load_profile("soak" if _soaking(config) else "test")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Don't even import a file that `-m` leaves out, nor the tests of stand-ins that haven't changed since they passed."""
    if _soaking(config):
        return None
    if str(collection_path.relative_to(ROOT)) in stand_ins.TESTS:
        return not (config.getoption("--stand-ins") or stand_ins.have_changed()) or None
    if collection_path.suffix == ".py":
        mark = WHOLE_FILE.search(collection_path.read_text(encoding="utf-8"))
        return bool(mark and _left_out(config, mark[1])) or None
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave to `make soak` what `make test` need not repeat, and the machine's clock to the server that checks it."""
    _leave_postgresql_to_soak(items)
    _leave_rows_to_soak(items)
    for one in items:
        if "_storage" in getattr(one, "fixturenames", ()):
            one.add_marker("machine_clock")


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Keep imported and collected objects out of garbage collections, which stopped a busy machine for seconds. A test
    imports py-ecc, which raises the recursion limit; our programs put it back too.
    """
    sys.setrecursionlimit(RECURSION)
    gc.collect()
    gc.freeze()


def _leave_postgresql_to_soak(items: list[pytest.Item]) -> None:
    for one in items:
        told = getattr(one, "callspec", None)
        on_postgresql = told is not None and told.params.get("database_url") == "postgresql"
        if on_postgresql and not str(one.path.relative_to(HERE)).startswith(ON_POSTGRESQL):
            one.add_marker("soak")


def _leave_rows_to_soak(items: list[pytest.Item]) -> None:
    """Of a table whose rows each need fresh fixtures, try only the first and the last row in `make test`."""
    tables: dict[tuple[str, str], list[pytest.Item]] = {}
    for one in items:
        names = {name for mark in one.iter_markers("parametrize") for name in _names(mark.args[0])}
        if names:
            others = {name: value for name, value in one.callspec.params.items() if name not in names}  # type: ignore[attr-defined]
            tables.setdefault((one.nodeid.partition("[")[0], str(others)), []).append(one)
    for rows in tables.values():
        for one in rows[1:-1]:
            one.add_marker("soak")


def _names(told: str | Sequence[str]) -> list[str]:
    return [name.strip() for name in told.split(",")] if isinstance(told, str) else list(told)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Start each test at the moment it names with `@pytest.mark.at(moment)`, or else at `--at`; from there time passes.
    Tests of servers with their own clock say `@pytest.mark.machine_clock`.
    """
    named = item.get_closest_marker("at")
    if item.get_closest_marker("machine_clock"):
        return (yield)
    with time_machine.travel(named.args[0] if named else datetime.fromisoformat(item.config.getoption("--at"))):
        return (yield)


def _soaking(config: pytest.Config) -> bool:
    return not _left_out(config, "soak")


def _left_out(config: pytest.Config, mark: str) -> bool:
    return f"not {mark}" in str(config.getoption("-m"))


@pytest.fixture(scope="session", autouse=True)
def _patiently() -> Iterator[None]:
    """Don't let a busy machine decide about work; a test of a database's patience sets its own."""
    with patiently():
        yield


@pytest.fixture(scope="module", autouse=True)
def _applications_are_over() -> Iterator[None]:
    """Drop the programs of earlier tests: aiohttp remembers a thousand routes, and each leads to a whole program."""
    yield
    _cached_build_middleware.cache_clear()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """One server for all tests, started when the first one needs it."""
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
    """A database of each kind that searches calls: one whose index finds every part, and one that finds beginnings and
    endings.
    """
    url: str = request.getfixturevalue(request.param)
    return url


@pytest.fixture(scope="session")
def _storage() -> Iterator[Storage]:
    """One S3 server for all tests, started when the first one needs it."""
    with a_storage() as storage:
        yield storage


@pytest.fixture(scope="session")
def locked_bucket(_storage: Storage) -> str:
    """A bucket with Object Lock, in which each test has its own prefix."""
    return _storage.bucket(locks=True)


@pytest.fixture
def storage(_storage: Storage, monkeypatch: pytest.MonkeyPatch) -> Storage:
    """The S3 server, with only its own credentials in the environment."""
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
    """A fresh, migrated SQLite file, always at the same place; see `database`."""
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
    """An empty database, once of each kind."""
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
    """An open database on `database_url`. One at the same address as an earlier test's reuses its engine, which has
    already compiled its statements.
    """
    opened = Database(database_url)
    before = _known.setdefault(database_url, opened)
    opened.engine, opened.writers, opened.sessions = before.engine, before.writers, before.sessions
    yield opened
    await opened.close()
