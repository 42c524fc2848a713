"""A4: dead connections are found out, and the program is back, within 15 seconds; by reckoning, with the bounds that are shipped.

`test_silence.py` tries with hastier ones that each of them is kept to.
"""

from __future__ import annotations

import re
import socket

import pytest

import storage.database.store
from bot.readiness import EXAMINED
from storage.database.brief_connections import LEAVING
from storage.database.servers import LIMITS, OnTheLoop, Patience, _settings, _watch
from storage.database.store import Database

BACK = 15.0  # seconds
SHIPPED = Patience()


class Line:
    """A line of asyncpg's, as far as it is told how to look after itself."""

    family = socket.AF_INET

    def __init__(self) -> None:
        self.told: dict[tuple[int, int], int] = {}

    @property
    def _transport(self) -> Line:
        return self

    def get_extra_info(self, _: str) -> Line:
        return self

    def setsockopt(self, level: int, name: int, value: int) -> None:
        self.told[level, name] = value


async def test_a_database_without_another_word_is_waited_for_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage.database.store, "Patience", Patience)  # the tests of this process are given more
    database = Database("postgresql://steward@db.example/calls")
    assert isinstance(database.sessions, OnTheLoop)
    assert (database._patience, database.sessions._patience) == (SHIPPED, SHIPPED)
    assert database.engine.sync_engine.pool._timeout == SHIPPED.work  # type: ignore[attr-defined]  # a pool that has one
    await database.close()


def test_whoever_met_a_dead_connection_has_a_new_one_in_time() -> None:
    """Its work is given up, the connection let go of with all others, and another one made."""
    assert SHIPPED.work + LEAVING + SHIPPED.connect <= BACK


def test_whoever_waits_for_the_lock_of_a_dead_program_has_it_in_time() -> None:
    """The server ends what is idle in the midst of a transaction, and each transaction after all that work may take."""
    ends = {name: getattr(SHIPPED, which) for name, which in LIMITS.items()}
    assert ends["idle_in_transaction_session_timeout"] + SHIPPED.connect <= BACK
    assert ends["transaction_timeout"] + SHIPPED.connect <= BACK
    assert all(f"set_config('{name}', '{one * 1000:.0f}ms', false)" in _settings(SHIPPED) for name, one in ends.items())


def test_whatever_ends_first_says_why() -> None:
    assert 0 < SHIPPED.connect < SHIPPED.lock < SHIPPED.statement < SHIPPED.work


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="this system can't be told all of it")
def test_both_systems_find_out_before_the_program_gives_up() -> None:
    line = Line()
    _watch(line)
    ours = {
        name: line.told[socket.IPPROTO_TCP, getattr(socket, f"TCP_{name}")]
        for name in ("KEEPIDLE", "KEEPINTVL", "KEEPCNT", "USER_TIMEOUT")
    }
    theirs = dict(
        re.findall(r"set_config\('tcp_(?:keepalives_)?(\w+)', '([0-9]+)(?:ms)?', false\)", _settings(SHIPPED))
    )
    assert line.told[socket.SOL_SOCKET, socket.SO_KEEPALIVE] == 1
    assert ours["KEEPIDLE"] + ours["KEEPINTVL"] * ours["KEEPCNT"] <= SHIPPED.work
    assert int(theirs["idle"]) + int(theirs["interval"]) * int(theirs["count"]) <= SHIPPED.work
    assert max(ours["USER_TIMEOUT"], int(theirs["user_timeout"])) <= SHIPPED.work * 1000


def test_readyz_says_so_in_time() -> None:
    """A look that met silence is over, the next one begins, and it has to connect."""
    assert max(EXAMINED, SHIPPED.work + LEAVING) + SHIPPED.connect <= BACK
