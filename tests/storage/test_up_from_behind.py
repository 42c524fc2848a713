"""A5: what stood behind somebody's message under way comes up like a new one, unless much more waits for that person."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.database.store import Database, Store
from storage.outbox import FEW
from storage.sessions import append_record
from tests.storage.rows import NOW, effect, person

pytestmark = pytest.mark.soak


@pytest.mark.parametrize(("waiting", "turn"), [(1, "next"), (FEW, "next"), (FEW + 1, "again")])
async def test_a_long_lane_keeps_nobody_back_who_has_a_message_or_two(
    database: Database, waiting: int, turn: str
) -> None:
    """A card that was filed while another was under way waited behind all that waited for everybody: 3.5 s beside 50,000."""

    def queue(store: Store) -> None:
        store.session.add(person("tara"))
        store.session.flush()
        for number in range(1, waiting + 2):
            append_record(store.session, effect(1, number))

    def sent(store: Store) -> str:
        [taken] = store.outbox.claim(NOW, timedelta(minutes=1), 8)
        store.outbox.settle(store.outbox.get(taken.id), "sent", "", NOW)
        after = store.outbox.get(effect(1, 2).id)
        store.session.refresh(after)
        return after.turn

    await database.write(queue)
    assert await database.write(sent) == turn
