"""P7: whatever is typed, a search asks the database for little: in steps of SQLite's machine, so that no clock is asked."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.settings.config import policy
from handlers.acting import Act
from handlers.cards import HINT
from handlers.finding import MOST_OPTIONS, find
from storage import searches
from storage.database.store import Database, Store
from storage.records import Recording
from tests.searching.hostile import hostile
from tests.searching.register import NOW, calls, lay
from tests.searching.walking import asker
from tests.storage.counting import counted
from tests.stories.house import ROOT

pytestmark = pytest.mark.soak

CALLS = 12_000


async def test_p7_whatever_is_typed_costs_little(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Less than a third of one look through all calls, as each search was before, already among these few."""
    monkeypatch.setattr(searches, "LOOKED", 200)
    monkeypatch.setattr(searches, "EXACTLY", 20)
    database, rules = Database(sqlite_url), policy(ROOT / "policy.yaml")
    await lay(database, calls(CALLS))
    who = await asker(database)
    _, through_all = await database.read(lambda store: counted(store, lambda: _read_all(store)))
    dear = {}
    for typed in hostile(200):
        found, cost = await database.read(
            lambda store, typed=typed: counted(store, lambda: find(Act(store, rules, NOW, who), typed))  # type: ignore[misc]
        )
        assert len(found) <= MOST_OPTIONS
        assert all(one.value == HINT or one.value.isdigit() for one in found)
        dear[typed[:40]] = cost
    assert {typed: cost for typed, cost in dear.items() if cost > through_all / 3} == {}
    await database.close()


def _read_all(store: Store) -> None:
    store.session.execute(select(Recording.id).where(Recording.found_by.contains("nobody"))).all()
