"""P11: however many fall due at once, others get on, and chats are not flooded; one that fails keeps no other back."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import pytest

from bot.clockwork import parts as module
from bot.clockwork.parts import SHOWN_AT_ONCE, Forgetting
from handlers import forgetting as handlers_forgetting
from handlers.acting import CLOCK, Act, Done
from handlers.sealing import Seal, Written, write
from storage.database.store import Store
from storage.records import Request
from storage.tables.log import EndedKey, MatterKey
from tests.clocks import Seconds
from tests.handlers.builders import AU, Company, ask, seeded
from tests.handlers.forgetting.words import GOES
from tests.moments import NOW

MANY = 1000


async def _closed(company: Company, number: int) -> list[str]:
    """So many requests that were denied at `NOW`."""
    names = [f"R-{place:04d}" for place in range(number)]

    def work(store: Store) -> None:
        act = company.door.act(store, CLOCK)
        for name in names:
            request = Request(
                id=name, key=name, fingerprint=name, requester_id=company.anna.person_id or 0, reason="complaint", crm="",
                asked_at=NOW, state="denied", closed_at=NOW, line=AU,
            )  # fmt: skip
            Seal(act).begin(name)
            write(act, request, Written(purpose="Words."))
            store.session.add(request)
        seeded(store)

    await company.database.write(work)
    return names


async def _counted(company: Company) -> tuple[int, int, int]:
    def work(store: Store) -> tuple[int, int, int]:
        shown = store.session.query(EndedKey).filter(EndedKey.shown).count()
        return store.session.query(MatterKey).count(), store.session.query(EndedKey).count(), shown

    return await company.database.read(work)


@pytest.mark.soak
async def test_p11_a_thousand_go_at_once_in_transactions_that_stay_small(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _closed(company, MANY)
    open_one = await ask(company, company.anna)
    overwritten: list[str] = []
    company.clock.now = GOES
    sizes: list[int] = []
    transact = company.database._transact

    async def counted(group: list[Any]) -> list[Any]:
        sizes.append(len(group))
        return await transact(group)

    monkeypatch.setattr(company.database, "_transact", counted)
    forgetting = Forgetting(company.door, lambda: overwritten.append("again"))
    await forgetting.tick()
    assert await _counted(company) == (1, MANY, SHOWN_AT_ONCE)
    assert (max(sizes) <= 64, len(overwritten)) == (True, MANY // module.AT_ONCE)
    assert await company.database.read(lambda store: store.matter_keys.get(open_one)) is not None


async def test_p11_one_that_fails_keeps_no_other_back_and_is_tried_again(
    company: Company, monkeypatch: pytest.MonkeyPatch, logs: list[MutableMapping[str, Any]]
) -> None:
    names, seconds = await _closed(company, 3), Seconds()
    broken = {names[0]}

    sound = handlers_forgetting.erase_words.do

    def erase(act: Act, matter_id: str) -> Done[None]:
        if matter_id in broken:
            raise RuntimeError("a fault of ours")
        return sound(act, matter_id)

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
