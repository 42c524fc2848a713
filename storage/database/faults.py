"""Says in a word why a database doesn't take work; no word means that the work itself was wrong."""

import sqlite3
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, InternalError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from storage.records import Record
from storage.unreadable import is_invalid_value

# sqlite.org/rescode: the last byte is the kind.
_OF_SQLITE = {
    sqlite3.SQLITE_FULL: "full", sqlite3.SQLITE_IOERR: "disk", sqlite3.SQLITE_CORRUPT: "corrupt",
    sqlite3.SQLITE_NOTADB: "no_database", sqlite3.SQLITE_READONLY: "read_only", sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked", sqlite3.SQLITE_CANTOPEN: "not_there",
}  # fmt: skip
_OF_A_SERVER = {
    "53100": "full", "25006": "read_only", "XX001": "corrupt", "XX002": "corrupt", "3D000": "not_there",
    "28000": "not_let_in", "28P01": "not_let_in", "55P03": "locked", "57014": "slow",
}  # fmt: skip
# Classes of SQLSTATE that say that the server is away, full, starting or handing over, and not that the work is wrong.
_AWAY = frozenset({"08", "25", "28", "3D", "40", "53", "55", "57", "58"})


class DatabaseDown(Exception):
    """The database did not take the work; nothing of it was stored, and it may be tried again. Its words are a `fault_word`."""


class Incomplete(DatabaseDown):
    """`incomplete`: these `tables` were removed from it."""

    def __init__(self, tables: Iterable[str]) -> None:
        super().__init__("incomplete")
        self.tables = tuple(tables)


class OtherPolicy(DatabaseDown):
    """`other_policy`: the policy `in_force` replaced `mine`, by which this bot goes (digests)."""

    def __init__(self, in_force: str, mine: str) -> None:
        super().__init__("other_policy")
        self.in_force, self.mine = in_force, mine


class Unsound(OSError):
    """The database would still take work, and must not: its one argument is the `fault_word`."""


def fault_word(error: BaseException) -> str:
    """Return the word for a fault of the database: `full`, `corrupt`, `read_only`, `silent`, `locked`, `no_tls`, `away`
    …
    Empty if the work itself was wrong.
    """
    if isinstance(error, Unsound):
        return str(error)
    if isinstance(error, PoolExhausted):
        return "busy"
    if isinstance(error, ssl.SSLError) or (isinstance(error, ConnectionError) and "SSL" in str(error)):
        return "no_tls"  # asyncpg has no class of its own for it
    if isinstance(error, PermissionError):
        return "not_readable"
    if isinstance(error, OSError):
        return "silent" if isinstance(error, TimeoutError) else "away"
    if is_invalid_value(error):
        return ""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        word = _OF_SQLITE.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF, "")
        return word or ("away" if isinstance(cause, sqlite3.OperationalError) else "")
    return _of_a_server(error) if isinstance(error, DBAPIError) else ""


def _of_a_server(error: DBAPIError) -> str:
    """Return the word for an error that a server or its driver reported; empty if the work was wrong."""
    state: str = getattr(error.orig, "sqlstate", None) or ""
    away = isinstance(error, OperationalError) or is_cut_off(error) or state[:2] in _AWAY
    return _OF_A_SERVER.get(state) or ("away" if away else "")


def is_cut_off(error: DBAPIError) -> bool:
    """Return True if the connection to a server broke in the middle, even right before the first query.
    The driver then reports an internal error (out of step), without the state that an error of the server has.
    """
    out_of_step = isinstance(error, InternalError) and not getattr(error.orig, "sqlstate", None)
    return error.connection_invalidated or out_of_step


def is_gone(error: Exception) -> bool:
    """Return True if the server didn't answer, so that retrying the pieces of a group one by one would only make all of
    them wait.
    """
    if isinstance(error, DBAPIError) and is_cut_off(error):
        return True
    return isinstance(error, OSError | PoolExhausted) or fault_word(error) == "locked"


@contextmanager
def as_database_down() -> Iterator[None]:
    """Raise faults of the database as `DatabaseDown`; errors of the work itself pass unchanged."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        if why := fault_word(error):
            raise DatabaseDown(why) from error
        raise


_IN_A_FILE = text("SELECT name FROM sqlite_master WHERE type = 'table'")
# As the server itself looks for a name without a schema: along the search_path, and nowhere else.
_ON_A_SERVER = text(
    "SELECT name FROM unnest(CAST(:ours AS text[])) AS name WHERE to_regclass(quote_ident(name)) IS NOT NULL"
)


def lacking_tables(connection: Connection) -> list[str]:
    """Return the names of our tables that are missing, by one quick query."""
    if connection.dialect.name == "postgresql":
        return missing_from(connection.scalars(_ON_A_SERVER, {"ours": list(Record.metadata.tables)}))
    return missing_from(connection.scalars(_IN_A_FILE))


def missing_from(names: Iterable[str]) -> list[str]:
    """Return which of our tables aren't among these."""
    return sorted(set(Record.metadata.tables).difference(names))
