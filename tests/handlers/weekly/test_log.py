"""C1: weekly cards and what is wrong with routes are held against the log: whatever somebody changes by hand is found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from handlers.acting import CLOCK
from handlers.reach.intents import Attempt, Tried
from handlers.rules.reach import everybody
from storage.database.store import Store
from tests.handlers.builders import Company
from tests.handlers.weekly.acts import MONDAY, card_of_the_week, see
from tests.reconciled import findings

pytestmark = [pytest.mark.soak, pytest.mark.by_hand]
DEVEN = "deven.okafor@fernhill.example"

CHANGED: dict[str, tuple[str, str]] = {
    "what it froze": ("UPDATE weekly_cards SET facts = '{}'", "“facts” is stored as"),
    "its digest": ("UPDATE weekly_cards SET digest = 'x'", "“digest” is stored as x"),
    "who has seen it": ("UPDATE weekly_cards SET seen_by = 1 + seen_by", "“seen by” is stored as"),
    "that it was seen": ("UPDATE matters SET state = 'waiting' WHERE id LIKE 'WK-%'", "“state” is stored as open"),
    "its week": ("UPDATE weekly_cards SET week = '2026-12-07'", "“week” is stored as 2026-12-07"),
    "whom it was asked of": ("UPDATE parties SET part = 'copy' WHERE matter_id LIKE 'WK-%'", "is stored as copy"),
    "its entry of making": ("UPDATE audit SET action = 'home.open' WHERE action = 'weekly.make'", "the log knows nothing of it"),
    "what its entries say": ("UPDATE audit SET detail = '{}' WHERE action = 'weekly.make'", "can't be read"),
    "what was attested": ("UPDATE audit SET detail = '{\"digest\": \"x\"}' WHERE action = 'weekly.see'", "attests to something else"),
    "what is wrong with somebody": ("UPDATE reach_problems SET kind = 'removed'", "“kind” is stored as removed"),
    "that it is mended": ("UPDATE reach_problems SET mended_at = found_at", "can't be reached, but that is no longer stored"),
    "that it was found": ("UPDATE audit SET detail = '{}' WHERE action = 'reach.tried'", "the log knows nothing of it"),
    "a log that nobody can read": ("UPDATE audit SET detail = '{\"new\": 7}' WHERE action = 'reach.tried'", "can't be read"),
    "the card itself": ("DELETE FROM weekly_cards", "which is not stored"),
}  # fmt: skip


async def _a_week(company: Company) -> None:
    """Deven is out of reach, and Helena has seen the card."""
    company.clock.now = MONDAY - timedelta(days=3) + timedelta(hours=1)
    policy = company.door.policy
    tried = tuple(Attempt(one, "gone" if one == DEVEN else "there") for one in everybody(policy))
    await company.door.enter(Tried(tried), CLOCK)
    await see(company, company.helena, await card_of_the_week(company))


def _by_hand(query: str) -> Callable[[Store], None]:
    def change(store: Store) -> None:
        store.session.execute(text(query))

    return change


async def test_what_nobody_changed_fits(company: Company) -> None:
    await _a_week(company)
    assert await findings(company.database) == []
    company.clock.pass_(hours=2)
    await company.door.enter(Tried(tuple(Attempt(one, "there") for one in everybody(company.door.policy))), CLOCK)
    assert await findings(company.database) == []
    assert await company.database.read(lambda store: store.reach.open()) == []


@pytest.mark.parametrize("what", CHANGED)
async def test_c1_whatever_is_changed_by_hand_is_found(company: Company, what: str) -> None:
    await _a_week(company)
    query, words = CHANGED[what]
    await company.database.write(_by_hand(query))
    found = await findings(company.database)
    assert any(words in one for one in found), found
