"""A3: ready means ready: what waits, for how long, and why no work may be taken, at no cost however often it is asked."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot import readiness as module
from bot.readiness import BETWEEN_READS, BETWEEN_WRITES
from bot.trouble import SENTENCES
from bot.web.health import Health, Metrics
from storage.database.store import Database, DatabaseDown
from tests.bot.web.ready import Parts, readiness
from tests.each import each
from tests.handlers.builders import a_company, ask

Client = TestClient[web.Request, web.Application]


class Sick(Database):
    """A database that counts how often it was examined, and answers as a test says."""

    examined = 0
    fault = ""

    async def examine(self, *, whole: bool = False) -> None:
        self.examined += 1
        if self.fault:
            raise DatabaseDown(self.fault)
        await super().examine(whole=whole)


@pytest.fixture
async def database(sqlite_url: str) -> AsyncIterator[Sick]:
    """One kind is enough at this edge."""
    opened = Sick(sqlite_url)
    yield opened
    await opened.close()


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a look finds is told by the same answer, however busy the machine is; `tests/bot/test_readiness.py` tries how long it takes."""
    monkeypatch.setattr(module, "MOST_WAIT", 10.0)


@pytest.fixture
def parts() -> Parts:
    return Parts()


@asynccontextmanager
async def served(database: Database, parts: Parts) -> AsyncIterator[Client]:
    app, state = web.Application(), readiness(database, parts)
    app.add_routes([*Health(state).routes(), *Metrics(database, state).routes()])
    async with TestClient(TestServer(app)) as client:
        yield client


async def answer(client: Client, status: int) -> dict[str, Any]:
    async with client.get("/readyz") as told:
        assert told.status == status, await told.text()
        assert told.content_type == "application/json"
        body: dict[str, Any] = await told.json()
        assert body["ready"] is (status == 200)
        return body


async def test_who_is_ready_tells_how_old_everything_is(database: Sick, parts: Parts) -> None:
    company = await a_company(database, parts.now)
    await ask(company, company.anna)
    parts.now.pass_(seconds=7)
    parts.tick, parts.delivery, parts.reading = 12.3456, 0.5, True
    async with served(database, parts) as client:
        await answer(client, 200)
        assert await answer(client, 200) == {
            "ready": True, "reasons": {}, "waits": {}, "last_tick": 12.346, "oldest_due_effect": 7.0, "oldest_waiting_write": 0.0,
            "last_delivery": 0.5, "chat_unheard": None, "recordings": "being read",
        }  # fmt: skip
        parts.reading = False
        assert (await answer(client, 200))["recordings"] == "read"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"state": "starting"}, "starting"), ({"state": "stopping"}, "stopping"),
        ({"tick": 121.0}, "clock"), ({"delivery": 61.0}, "worker"), ({"unheard": 61.0}, "chat_unheard"),
        ({"presses": 61.0}, "presses"),
    ],
)  # fmt: skip
async def test_a_part_that_has_stalled_makes_it_unready(
    database: Sick, parts: Parts, changed: dict[str, Any], reason: str
) -> None:
    for name, value in changed.items():
        setattr(parts, name, value)
    async with served(database, parts) as client:
        told = await answer(client, 503)
        assert list(told["reasons"]) == [reason]
        assert told["reasons"][reason].endswith(".")


@each("fault", [*SENTENCES, "away"])
async def test_a_broken_database_makes_it_unready_and_is_named(database: Sick, parts: Parts, fault: str) -> None:
    database.fault = fault
    parts.tick = parts.delivery = 999.0  # which only follows from it
    async with served(database, parts) as client:
        told = await answer(client, 503)
        assert list(told["reasons"]) == [f"database_{fault}"]
        assert told["reasons"][f"database_{fault}"].endswith(".")
        database.fault = ""
        parts.tick = parts.delivery = 0.0
        await answer(client, 503)
        parts.seconds.now += BETWEEN_READS
        await answer(client, 200)


async def test_a3_what_could_not_be_stored_is_told_at_once(database: Sick, parts: Parts) -> None:
    async with served(database, parts) as client:
        await answer(client, 200)
        database.refused = DatabaseDown("full")
        assert (await answer(client, 503))["reasons"] == {"database_full": SENTENCES["full"]}
        parts.seconds.now += BETWEEN_READS
        await answer(client, 200)


async def test_p14_a_bot_whose_policy_is_not_in_force_says_which_is(database: Sick, parts: Parts) -> None:
    async with served(database, parts) as client:
        await database.write(lambda store: store.audit.declare("a" * 64))
        database.policy = "a" * 64
        await answer(client, 200)
        other = Database(str(database.engine.url.set(drivername="sqlite")))
        await other.write(lambda store: store.audit.declare("b" * 64))
        await other.close()
        parts.seconds.now += BETWEEN_WRITES
        told = (await answer(client, 503))["reasons"]["database_other_policy"]
        assert f"(digest {'b' * 12}; mine is {'a' * 12})" in told
