"""The month, counted twice: by the product's queries, and from the exported log and the register by code that shares nothing with them."""

from __future__ import annotations

import random
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text

from handlers import ROOMS
from handlers.acting import COMMAND
from handlers.figures.gathering import Figures
from handlers.figures.room import for_reader, for_the_house
from handlers.rules.figures import month_named
from storage.database.store import Store
from tests.figures_apart import Apart
from tests.handlers.builders import AU, UK, Company, email
from tests.handlers.figures.lively import Lively

pytestmark = pytest.mark.long

MONTH = "2026-12"
HELENA = email("Helena Marsh")
ZONES = {AU: "Australia/Sydney", UK: "Europe/London", "": "Australia/Sydney"}
ROUND_HER = """
SELECT DISTINCT r.request_id FROM requested_recordings r JOIN recordings c ON c.id = r.recording_id WHERE c.operator_key = :her
UNION SELECT k.matter_id FROM keeps k JOIN holds h ON h.id = k.matter_id JOIN recordings c ON c.id = k.recording_id WHERE c.operator_key = :her
UNION SELECT matter_id FROM concerned WHERE email_key = :her
UNION SELECT d.matter_id FROM declined_recordings d JOIN keeps k ON k.recording_id = d.recording_id JOIN holds h ON h.id = k.matter_id
  JOIN concerned o ON o.matter_id = h.id WHERE o.email_key = :her AND k.ended_at IS NULL AND k.ends_at > :now
"""
HAS_IT = "SELECT p.matter_id FROM parties p JOIN people e ON e.id = p.person_id WHERE e.email_key = :her AND p.unreachable = ''"


def _apart(store: Store, company: Company, hidden: set[str]) -> Apart:
    zones = {name: ZONES[line] for name, line in store.session.execute(text("SELECT id, line FROM matters"))}
    month = month_named(company.door.policy, MONTH, company.clock.now)
    return Apart(list(store.audit.rows()), month.since, month.until, company.clock.now, zones, hidden)


def _hidden(store: Store, now: datetime) -> set[str]:
    """Matters that go round Helena: with her on a call, or about her, unless she holds the card of one that is not about her."""
    about = {
        row[0]
        for row in store.session.execute(
            text("SELECT matter_id FROM concerned WHERE email_key = :her"), {"her": HELENA}
        )
    }
    has = {row[0] for row in store.session.execute(text(HAS_IT), {"her": HELENA})}
    round_her = store.session.execute(text(ROUND_HER), {"her": HELENA, "now": f"{now:%Y-%m-%d %H:%M:%S.%f}"})
    return {row[0] for row in round_her} - (has - about)


def _rows(found: Figures, key: str) -> dict[str, tuple[Any, ...]]:
    table = found.table(key)
    assert table is not None
    return {str(row[0]): row[1:] for row in table.rows}


def _held_against(found: Figures, apart: Apart) -> int:
    """Every number of the month; how many of them there were."""
    requests, deadlines = _rows(found, "requests"), _rows(found, "deadlines")
    for what, counted in apart.requests().items():
        assert requests.get(what, (0, 0, 0, 0, 0, 0, None, None)) == counted, what
    *numbers, met, missed = apart.customers()
    assert requests.get("Customers’ requests", (0, 0, 0, 0, None, 0, None, None)) == tuple(numbers)
    assert deadlines["Customers answered within 7 working days (P8)"][:2] == (met, len(missed))  # type: ignore[arg-type]
    table = found.table("missed")
    assert table is not None
    assert sorted(str(row[1]) for row in table.rows if row[0] == "Customer’s request") == missed
    went = apart.erasures()
    each = [row for name, row in _rows(found, "erasures").items()]
    assert [sum(row[place] for row in each) for place in (0, 1)] == [went["in_time"], went["kept"]]
    unclosed = sum(str(row[1]).startswith("call ") for row in table.rows)
    assert sum(row[3] for row in each) - unclosed == went["late"]
    assert sum(sum(row[1:4]) for row in _rows_of(found, "declines")) == apart.declines()
    heard, listened = _rows(found, "listening"), apart.listened()
    assert sum(row[2] for row in heard.values()) == pytest.approx(apart.minutes(), abs=0.05 * max(len(heard), 1))
    assert bool(heard) == bool(listened)
    assert sum(row[1] for row in heard.values()) >= len({call for _, _, call in listened})
    rows = _rows_of(found, "reviews")
    assert (sum(row[4] for row in rows), sum(row[5] for row in rows)) == apart.reviews()
    assert {what: row[0] for what, row in _rows(found, "holds").items()} == apart.holds()
    assert sum(row[1] is not None for row in _rows_of(found, "notices")) == apart.notices()
    return len(listened) + sum(apart.holds().values()) + apart.declines() + sum(went.values())


def _rows_of(found: Figures, key: str) -> list[tuple[Any, ...]]:
    table = found.table(key)
    assert table is not None
    return [row[1:] for row in table.rows]


@pytest.mark.parametrize("seed", [2, *(pytest.param(one, marks=pytest.mark.soak) for one in (1, 3, 4, 5, 6))])
async def test_every_number_of_a_lively_month_is_the_same_counted_apart_for_the_house_and_for_a_reader(
    company: Company, seed: int
) -> None:
    await Lively(company, random.Random(seed)).play()

    def work(store: Store) -> tuple[int, int]:
        act = company.door.act(store, COMMAND)
        month = month_named(act.policy, MONTH, act.now)
        hidden = _hidden(store, act.now)
        whole = _held_against(for_the_house(act, month), _apart(store, company, set()))
        reader = store.people.get(company.helena.person_id or 0)
        hers = _held_against(for_reader(act, ROOMS, reader, MONTH), _apart(store, company, hidden))
        return whole, hers

    whole, hers = await company.database.read(work)
    assert whole > 5, "a month in which nothing happens holds nothing"
    assert hers <= whole
