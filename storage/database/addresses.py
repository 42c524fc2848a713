"""Where a database is, as somebody writes it and as SQLAlchemy wants it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

LAST_PORT = 65535
ANY, A_NUMBER = "(?s:.+)", "[0-9]{1,9}"
# What may stand behind the ?, and as what: else it would end in a fault of the driver's, or be taken and not kept.
OF_A_SERVER: Mapping[str, str] = MappingProxyType({
    "application_name": ANY, "connect_timeout": A_NUMBER, "host": ANY, "passfile": ANY, "port": A_NUMBER,
    "prepared_statement_cache_size": A_NUMBER, "sslcert": ANY, "sslcrl": ANY, "sslkey": ANY,
    "sslmode": "disable|allow|prefer|require|verify-ca|verify-full", "sslrootcert": ANY,
    "target_session_attrs": "any|primary|read-write",
})  # fmt: skip
OF_A_FILE: Mapping[str, str] = MappingProxyType({
    "cache": "shared|private", "immutable": "0|1", "mode": "ro|rw|rwc|memory", "nolock": "0|1", "psow": "0|1",
    "uri": "true|1", "vfs": ANY,
})  # fmt: skip
SEVERAL = ("host", "port")
FILES = ("sslcert", "sslcrl", "sslkey", "sslrootcert")
ROOTS = "~/.postgresql/root.crt"  # where asyncpg looks, as libpq does, when nobody names another file
_OF_SQLALCHEMY = ("host", "port", "prepared_statement_cache_size")
_KEPT_ANYWAY = "connect_timeout"  # we wait 4 seconds at most, whatever it says (servers.Patience)


class NotTaken(ValueError):
    """Something behind the ? of an address is not taken; its words are a sentence with the remedy, and hold no value."""


def async_url(url: str) -> URL:
    """The SQLAlchemy address for a plain `sqlite:///…` or `postgresql://…` one, with the asynchronous driver.

    What stands behind the ? is libpq's own, or SQLite's with `uri=true`; `NotTaken` where it is not.
    """
    try:
        parsed = make_url(url)
    except ValueError:
        raise ArgumentError("the port is no number") from None
    if parsed.port is not None and not 0 < parsed.port <= LAST_PORT:
        raise ArgumentError("there is no such port")
    drivers = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
    if parsed.drivername not in drivers:
        raise ValueError(f"DATABASE_URL begins with {parsed.drivername!r}; it takes sqlite:///… or postgresql://…")
    if empty := re.search(r"[?&]([a-z_]{2,40})=(?:&|$)", url):
        raise NotTaken(f"{empty[1]} behind the ? has no value. Write one, or leave it out.")
    address = parsed.set(drivername=drivers[parsed.drivername])
    return _checked(_in_words_of_libpq(address))


def _in_words_of_libpq(address: URL) -> URL:
    """What SQLAlchemy hands on calls it `ssl`, as asyncpg does."""
    if address.get_backend_name() == "sqlite" or "ssl" not in address.query:
        return address
    return address.set(query={"sslmode": address.query["ssl"], **address.difference_update_query(["ssl"]).query})


def _checked(address: URL) -> URL:
    is_file = address.get_backend_name() == "sqlite"
    taken = OF_A_SERVER if not is_file else OF_A_FILE if "uri" in address.query else {}
    for name, values in address.normalized_query.items():
        if name not in taken:
            raise NotTaken(_unknown(name, is_file=is_file))
        if any(re.fullmatch(taken[name], one) is None for one in values):
            words = "a whole number" if taken[name] == A_NUMBER else taken[name].replace("|", ", ")
            raise NotTaken(f"{name} behind the ? takes nothing but: {words}.")
        if len(values) > 1 and name not in SEVERAL:
            raise NotTaken(f"{name} comes after the ? more than once. Leave one of them.")
    if not is_file:
        # Several hosts and ports have to fit together: ArgumentError, as for all that can't be read.
        address.get_dialect()().create_connect_args(address)
    return address


def _unknown(name: str, *, is_file: bool) -> str:
    told = f"{name!r} behind the ?" if re.fullmatch("[a-z_]{2,40}", name) else "something behind the ?"
    if is_file:
        return f"it has {told}, which SQLite would not keep to. Leave it out."
    return f"it has {told}, which I can't keep to. Leave it out. I take: {', '.join(OF_A_SERVER)}."


def lacks(address: URL) -> str:
    """Which file for TLS is not there, as a sentence with the remedy; empty where none is missing."""
    for name in FILES:
        if any(not os.access(one, os.R_OK) for one in address.normalized_query.get(name, ())):
            return f"{name} behind the ? names a file that isn't there, or that I may not read. Write its whole path."
    mode = str(address.query.get("sslmode", ""))
    if not mode.startswith("verify") or "sslrootcert" in address.query or "PGSSLROOTCERT" in os.environ:
        return ""
    if not os.access(os.path.expanduser(ROOTS), os.R_OK):  # noqa: PTH111  a path object raises where there is no home
        return f"sslmode={mode} needs the certificate of the authority that vouches for the server. Name its file: sslrootcert=/…/root.crt."
    return ""


def for_the_driver(address: URL) -> tuple[URL, str]:
    """An address as SQLAlchemy reads it, and the rest as a DSN, which asyncpg reads as libpq does; "" where nothing is left."""
    rest = {name: value for name, value in address.query.items() if name not in (*_OF_SQLALCHEMY, _KEPT_ANYWAY)}
    plain = address.difference_update_query([*rest, _KEPT_ANYWAY])
    return plain, URL.create("postgresql", query=rest).render_as_string() if rest else ""


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite database; None for a server's, or for one that keeps nothing."""
    address = async_url(url)
    if address.get_backend_name() != "sqlite" or is_in_memory(address):
        return None
    return Path(address.database or "")


def server_address(url: str) -> tuple[str, str]:
    """A server's address as its own tools take it, without the password, and the password."""
    address = async_url(url).set(drivername="postgresql")
    address = address.difference_update_query(["prepared_statement_cache_size"])
    return address._replace(password=None).render_as_string(hide_password=False), str(address.password or "")


def is_in_memory(address: URL) -> bool:
    """Whether this is SQLite's way of keeping nothing."""
    names_a_file = address.database and ":memory:" not in address.database and address.query.get("mode") != "memory"
    return address.get_backend_name() == "sqlite" and not names_a_file
