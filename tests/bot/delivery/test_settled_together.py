"""Cards that are drawn at once are settled at once: their outcomes share a commit, and none waits for long for a slow one."""

from __future__ import annotations

import asyncio
from collections import Counter
from itertools import count

import pytest

from bot.delivery.outcomes import Outcome
from handlers.acting import Act, Done
from handlers.delivering import Delivered, delivered
from tests.handlers.builders import ask
from tests.offices import Office, states

"""What a new card may cost: read, claimed and settled. Each is some 0.1 ms."""


@pytest.fixture
def settled(office: Office) -> Counter[int]:
    """How many outcomes were written in each transaction."""
    together: Counter[int] = Counter()
    kept = []  # else another one may get its id

    def counted(act: Act, intent: Delivered) -> Done[None]:
        kept.append(act.store.session)
        together[id(act.store.session)] += 1
        return delivered(act, intent)

    office.company.door.handlers = {**office.company.door.handlers, Delivered: counted}
    return together


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may take its time between two turns."""
    monkeypatch.setattr("bot.delivery.worker.TOGETHER", 20.0)


async def _asked_by_three(office: Office) -> None:
    company = office.company
    for who in (company.anna, company.miles, company.quinn):
        await ask(company, who)
    for account in ("UANNA", "UMILES", "UQUINN", "UTARA"):  # whoever was about a moment ago
        await office.delivery.to_people.reach.directories["slack"].visitor(account)


@pytest.mark.usefixtures("patient")
async def test_outcomes_of_cards_under_way_share_a_commit(office: Office, settled: Counter[int]) -> None:
    await _asked_by_three(office)
    pauses = count(5, 5)

    async def later(*_: str) -> None:
        for _turn in range(next(pauses)):
            await asyncio.sleep(0)

    office.chat.before = later
    assert await office.delivery.drain() == 6
    assert sorted(settled.values()) == [1, 1, 4], "four people's first cards; the others wait behind their approver's"


async def test_none_waits_for_one_that_hangs(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    await _asked_by_three(office)
    answer, written = asyncio.Event(), asyncio.Semaphore(0)
    write = office.delivery._write

    async def told(outcome: Outcome) -> None:
        await write(outcome)
        written.release()

    async def hanging(_: str, account: str) -> None:
        if account == "UANNA":
            await answer.wait()

    monkeypatch.setattr(office.delivery, "_write", told)
    office.chat.before = hanging
    under_way = asyncio.create_task(office.delivery.drain())
    async with asyncio.timeout(20):
        for _ in range(3):
            await written.acquire()
    assert sorted(state for _, state, _, _ in await states(office.company)) == ["queued"] * 3 + ["sent"] * 3
    answer.set()
    await under_way
    assert {state for _, state, _, _ in await states(office.company)} == {"sent"}
