"""P13: the sample company's clock bar says the same with and without a report, what happened on the way included."""

from typing import Any

import pytest

from bot.rehearsal.clock import ClockRoutes, MovableClock
from bot.rehearsal.happened import happened
from handlers.acting import CLOCK, Actor, Context, seated
from handlers.breach import filing
from handlers.breach.state import Told
from storage.database.store import Database, Store
from tests.breaching import KEYS, Drawer, furnished
from tests.handlers.builders import POLICY, Clock, Company, a_company


@pytest.fixture
def drawer(monkeypatch: pytest.MonkeyPatch) -> Drawer:
    return furnished(monkeypatch)


async def _told(company: Company, routes: ClockRoutes) -> tuple[Any, Any, Any]:
    def look(store: Store) -> object:
        return happened(Context(store, seated(store, POLICY), company.clock.now, CLOCK), 0)

    state = await routes._state()
    return await company.database.read(look), state["next"], state["next_label"]


async def test_p13_the_clock_bar_is_the_same_with_and_without_a_report(drawer: Drawer, database: Database) -> None:
    company = await a_company(database, Clock())
    company.door.keys = KEYS

    async def tick() -> None:
        """Nothing is due."""

    routes = ClockRoutes(MovableClock(), database, POLICY, tick, lambda: None)
    before = await _told(company, routes)
    await company.door.enter(filing.file_report(Told("chat", "Something."), once="V1"), Actor("slack:UANNA"))
    assert await _told(company, routes) == before
