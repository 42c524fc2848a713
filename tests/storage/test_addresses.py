"""Where a database is, as hosts of PostgreSQL write it: what is taken is kept to, and the rest is a sentence."""

from pathlib import Path

import pytest

from storage.database.servers import NotTaken, async_url, for_the_driver, missing_tls_file, sqlite_file
from storage.database.store import Database, DatabaseDown, Store
from tests.each import each
from tests.silence import a_line

HOSTED = "postgresql://steward:s3cret@db.example:5432/calls"


def _named(store: Store) -> str:
    return str(store.session.connection().exec_driver_sql("SHOW application_name").scalar_one())


async def test_a_server_is_told_what_its_host_wrote_into_the_address(postgresql_url: str) -> None:
    """`TypeError: connect() got an unexpected keyword argument` was the end of `people`, `audit verify` and `check`."""
    async with a_line(postgresql_url) as (_, address):
        database = Database(f"{address}?sslmode=prefer&connect_timeout=10&application_name=the+steward")
        assert await database.read(_named) == "the steward"
        await database.close()


async def test_where_tls_is_required_nothing_is_said_in_the_clear(postgresql_url: str) -> None:
    async with a_line(postgresql_url) as (_, address):
        for required in ("sslmode=require", "ssl=require"):
            database = Database(f"{address}?{required}")
            with pytest.raises(DatabaseDown, match="no_tls"):
                await database.read(_named)
            await database.close()


@each(
    ("sent", "plain", "dsn"),
    [
        ("host=/run/pg&port=5433&prepared_statement_cache_size=0", 3, ""),
        ("connect_timeout=10", 0, ""),
        ("ssl=require", 0, "postgresql://?sslmode=require"),
        ("sslmode=verify-full&sslrootcert=/a b/root.crt", 0, "postgresql://?sslmode=verify-full&sslrootcert=%2Fa+b%2Froot.crt"),
    ],
)  # fmt: skip
def test_what_sqlalchemy_does_not_read_asyncpg_does(sent: str, plain: int, dsn: str) -> None:
    address, rest = for_the_driver(async_url(f"{HOSTED}?{sent}"))
    assert (len(address.query), rest) == (plain, dsn)


@each(
    ("sent", "told"),
    [
        ("channel_binding=require", "it has 'channel_binding' after the ?, which I don't support. Leave it out. I support: application_name, "),
        ("password=hush", "it has 'password' after the ?"),
        ("Hush~1=hush", "it has something after the ?"),
        ("sslmode=hush", "sslmode after the ? can only be: disable, allow, prefer, require, verify-ca, verify-full."),
        ("sslmode=require&sslmode=hush", "sslmode after the ? can only be: "),
        ("sslmode=require&sslmode=disable", "sslmode is after the ? more than once. Keep one of them."),
        ("sslmode=", "sslmode after the ? has no value. Write one, or leave it out."),
        ("application_name=x&sslmode=&host=a", "sslmode after the ? has no value."),
        ("connect_timeout=hush", "connect_timeout after the ? can only be: a whole number."),
    ],
)  # fmt: skip
def test_what_a_server_would_fail_at_is_a_sentence_that_repeats_no_value(sent: str, told: str) -> None:
    with pytest.raises(NotTaken) as caught:
        async_url(f"{HOSTED}?{sent}")
    assert str(caught.value).startswith(told)
    assert "hush" not in str(caught.value).lower()


@each("sent", ["mode=ro", "timeout=5", "mode=often&uri=true", "journal=off&uri=true", "uri=perhaps"])
def test_what_sqlite_would_not_keep_to_is_refused(sent: str) -> None:
    """It was a warning of SQLAlchemy's, and a file that was asked for to be read only was written to."""
    with pytest.raises(NotTaken, match=r"^it has '[a-z]+' after the \?, which SQLite|can only be"):
        async_url(f"sqlite:///steward.db?{sent}")


@each(("url", "file"), [("sqlite:///data/steward.db", Path("data/steward.db")), ("sqlite://", None), (HOSTED, None)])
def test_the_file_of_a_database_is_known_where_it_has_one(url: str, file: Path | None) -> None:
    assert sqlite_file(url) == file


def test_a_file_for_tls_has_to_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else asyncpg says so with each connection, as a fault."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("PGSSLROOTCERT", raising=False)
    root = tmp_path / "root.crt"
    named = async_url(f"{HOSTED}?sslmode=verify-full&sslrootcert={root}")
    assert missing_tls_file(named).startswith("sslrootcert after the ? names a file")
    root.touch()
    assert missing_tls_file(named) == ""
    by_itself = async_url(f"{HOSTED}?sslmode=verify-ca")
    assert missing_tls_file(by_itself).startswith(
        "sslmode=verify-ca needs the certificate of the authority that issued the server's."
    )
    monkeypatch.setenv("PGSSLROOTCERT", str(root))
    assert missing_tls_file(by_itself) == missing_tls_file(async_url(HOSTED)) == ""
