"""P11: however many fall due at once, others get on, and chats are not flooded; one that fails keeps no other back."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import pytest

from bot.clockwork.parts import Forgetting
from handlers import keeping as handlers_forgetting
from handlers.acting import CLOCK, Context, Result
from handlers.sealing import Seal, Written, store_written
from storage.database.store import Store
from storage.records import Matter, Request
from tests.clocks import Seconds
from tests.handlers.builders import AU, Company, seeded
from tests.handlers.forgetting.words import GOES
from tests.moments import NOW


async def _closed(company: Company, number: int) -> list[str]:
    """So many requests that were denied at `NOW`."""
    names = [f"R-{place:04d}" for place in range(number)]

    def work(store: Store) -> None:
        ctx = company.door.context(store, CLOCK)
        for name in names:
            request = Request(
                id=name, key=name, fingerprint=name, requester_id=company.anna.person_id or 0, reason="complaint", crm="",
                asked_at=NOW, state="denied", closed_at=NOW, line=AU,
            )  # fmt: skip
            Seal(ctx).begin(request)
            store_written(ctx, request, Written(purpose="Words."))
            store.session.add(request)
        seeded(store)

    await company.database.write(work)
    return names


async def _counted(company: Company) -> tuple[int, int, int]:
    def work(store: Store) -> tuple[int, int, int]:
        keys = store.session.query(Matter).all()
        return (
            sum(one.wrap is not None for one in keys),
            sum(one.words_erased_at is not None for one in keys),
            sum(one.erasure_shown for one in keys),
        )

    return await company.database.read(work)


async def test_p11_one_that_fails_keeps_no_other_back_and_is_tried_again(
    company: Company, monkeypatch: pytest.MonkeyPatch, logs: list[MutableMapping[str, Any]]
) -> None:
    names, seconds = await _closed(company, 3), Seconds()
    broken = {names[0]}

    sound = handlers_forgetting.erase_words.do

    def erase(ctx: Context, matter_id: str) -> Result[None]:
        if matter_id in broken:
            raise RuntimeError("a fault of ours")
        return sound(ctx, matter_id)

    monkeypatch.setattr(handlers_forgetting.erase_words, "do", erase)
    company.clock.now = GOES
    forgetting = Forgetting(company.door, bool, seconds)
    await forgetting.tick()
    assert (await _counted(company))[:2] == (1, 2)
    assert [(one["event"], one["piece"]) for one in logs if one["event"] == "tick.fault"] == [
        ("tick.fault", f"words.erase:{names[0]}")
    ]
    broken.clear()
    seconds.now += 31
    company.clock.pass_(hours=1)
    await forgetting.tick()
    assert (await _counted(company))[:2] == (0, 3)
