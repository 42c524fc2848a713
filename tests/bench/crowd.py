"""How soon a card is there while fifty thousand effects wait and the platform refuses half of the people."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import update

from bot.ports import Profile, Unavailable
from bot.rehearsal.fake_chat import FakeChat
from handlers.delivering import LEASE
from storage.database.store import Database, Store
from storage.database.upgrade import upgrade
from storage.outbox import NEW_AT_ONCE
from storage.records import Outgoing
from storage.sessions import append_record
from tests.handlers.builders import NAMES, Clock, Company, a_company, account, ask, meet
from tests.offices import profile, worker
from tests.storage.rows import NOW, effect

PEOPLE, EACH, FILED = 500, 100, 20
LIMIT = 1.0  # seconds
BEGAN = time.monotonic()
REFUSED = 60.0  # seconds for which the platform asks us to leave somebody alone


class Running(Clock):
    """The company's moment goes on by itself."""

    def __call__(self) -> datetime:
        return NOW + timedelta(seconds=time.monotonic() - BEGAN)


def crowd_lines(folder: Path) -> list[tuple[bool, str]]:
    """Whether the limit holds, and a line that says so."""
    times = asyncio.run(_measured(folder / "crowd.db"))
    line = (
        f"a card beside {PEOPLE * EACH:,} waiting effects, half of them refused: "
        f"{1000 * median(times):.0f} ms, at most {1000 * max(times):.0f} (limit {1000 * LIMIT:.0f})"
    )
    return [(max(times) < LIMIT, line)]


async def _measured(path: Path) -> list[float]:
    """Seconds from each request until its card is in its approver's conversation, one request after the other."""
    database = Database(f"sqlite:///{path}")
    await upgrade(database)
    company = await a_company(database, Running())
    crowd = [(await meet(company.door, account(f"UX{one}", f"Person {one}"))).person_id or 0 for one in range(PEOPLE)]
    chat = FakeChat([*map(profile, NAMES), *(_anybody(one) for one in range(PEOPLE))])
    chat.before = _refuses_half
    delivery = worker(company, chat)
    await database.write(lambda store: _queue(store, crowd))
    for _ in range(PEOPLE * EACH // NEW_AT_ONCE + 1):
        await database.write(lambda store: store.outbox.claim(NOW, LEASE, 0))
    await database.write(_tried)
    working = asyncio.create_task(delivery.run())
    times = [await _shown(company, chat, number) for number in range(FILED)]
    await delivery.stop()
    await working
    await database.close()
    return times


def _anybody(number: int) -> Profile:
    told = account(f"UX{number}", f"Person {number}")
    return Profile(told.account_id, told.email, told.name, told.zone, "member")


async def _refuses_half(method: str, whom: str) -> None:
    if whom.startswith("UX") and int(whom.removeprefix("UX")) % 2:
        raise Unavailable("ratelimited", retry_after=REFUSED)


def _queue(store: Store, crowd: list[int]) -> None:
    for number in range(PEOPLE * EACH):
        append_record(store.session, _word(crowd[number % PEOPLE], number))


def _tried(store: Store) -> None:
    """Everybody of the crowd has had a try by now."""
    store.session.execute(update(Outgoing).where(Outgoing.turn == "next").values(turn="again"))


def _word(person: int, number: int) -> Outgoing:
    return effect(person, number, NOW, "tell", words=f"Word {number}.", once=f"w{number}")


async def _shown(company: Company, chat: FakeChat, number: int) -> float:
    """Seconds until Tara has one card more."""
    before, began = len(chat.cards("UTARA")), time.perf_counter()
    await ask(company, company.anna, crm=f"CS-{number}", purpose=f"Case {number}.")
    while len(chat.cards("UTARA")) == before:
        await asyncio.sleep(0.005)
        if time.perf_counter() - began > 10 * LIMIT:
            raise RuntimeError("the card never came")
    return time.perf_counter() - began
