"""Where a database is, as somebody writes it and as SQLAlchemy wants it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

LAST_PORT = 65535


def async_url(url: str) -> URL:
    """The SQLAlchemy address for a plain `sqlite:///…` or `postgresql://…` one, with the asynchronous driver."""
    try:
        parsed = make_url(url)
    except ValueError:
        raise ArgumentError("the port is no number") from None
    if parsed.port is not None and not 0 < parsed.port <= LAST_PORT:
        raise ArgumentError("there is no such port")
    drivers = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
    if parsed.drivername not in drivers:
        raise ValueError(f"DATABASE_URL begins with {parsed.drivername!r}; it takes sqlite:///… or postgresql://…")
    return parsed.set(drivername=drivers[parsed.drivername])


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite database; None for a server's, or for one that keeps nothing."""
    address = async_url(url)
    if address.get_backend_name() != "sqlite" or is_in_memory(address):
        return None
    return Path(address.database or "")


def server_address(url: str) -> tuple[str, str]:
    """A server's address as its own tools take it, without the password, and the password."""
    address = async_url(url).set(drivername="postgresql")
    if (ssl := address.query.get("ssl")) is not None:
        address = address.difference_update_query(["ssl"]).update_query_dict({"sslmode": ssl})
    return address._replace(password=None).render_as_string(hide_password=False), str(address.password or "")


def is_in_memory(address: URL) -> bool:
    """Whether this is SQLite's way of keeping nothing."""
    names_a_file = address.database and ":memory:" not in address.database and address.query.get("mode") != "memory"
    return address.get_backend_name() == "sqlite" and not names_a_file
