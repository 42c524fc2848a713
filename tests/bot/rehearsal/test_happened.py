"""What happened while the clock moved is told from log and ledger: who got what, customers too, and nothing else (P7, P8)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.rehearsal.clock import ClockRoutes, MovableClock
from bot.rehearsal.happened import happened
from handlers import delivering
from handlers.access import deciding
from handlers.acting import DELIVERY, Intent
from handlers.delivering import Job, MessageReference
from handlers.effects import Show
from tests.handlers.builders import POLICY, Company, ask
from tests.handlers.customers.acts import a_request
from tests.handlers.passing_time import claimed, delivered, fall, pass_until
from tests.moments import NOW

SYDNEY = ZoneInfo("Australia/Sydney")


@dataclass
class Demo:
    """The company, its clock as the page moves it, and a workspace that takes messages while it is `well`."""

    company: Company
    clock: MovableClock
    well: bool = True

    async def tick(self) -> None:
        self.company.clock.now = self.clock.now()
        await fall(self.company)
        if self.well:
            await reached(self.company)

    async def move(self, to: str) -> dict[str, Any]:
        """What the page is answered; `to` is a moment in Sydney."""
        moment = datetime.fromisoformat(to).replace(tzinfo=SYDNEY)
        app = web.Application()
        moving = ClockRoutes(self.clock, self.company.database, POLICY, self.tick, lambda: None, self.company.door.keys)
        app.add_routes(moving.routes())
        async with TestClient(TestServer(app)) as client:
            async with client.post("/rehearsal/clock", json={"now": moment.isoformat()}) as answer:
                assert answer.status == 200
                found: dict[str, Any] = await answer.json()
                return found

    async def told(self, to: str) -> list[tuple[str, ...]]:
        """The list: the moment in Sydney, what happened, and the note where there is one."""
        answer = await self.move(to)
        assert (answer["zone"], answer["happened_more"]) == ("Australia/Sydney", 0)
        return [
            tuple(part for part in (f"{_sydney(one['at']):%a %H:%M}", one["words"], one["note"]) if part)
            for one in answer["happened"]
        ]


@pytest_asyncio.fixture
async def demo(company: Company) -> Demo:
    clock = MovableClock()
    clock.move(NOW)
    return Demo(company, clock)


def _sydney(at: str) -> datetime:
    return datetime.fromisoformat(at).astimezone(SYDNEY)


async def reached(company: Company) -> None:
    """All that waits comes to people: a card as a new message, or redrawn where there is one."""
    while jobs := await claimed(company):
        for job in jobs:
            assert isinstance(job, Job)
            await company.door.enter(await _done(company, job), DELIVERY)


async def _done(company: Company, job: Job) -> Intent[Any]:
    effect, person = job.effect, job.person.id
    if not isinstance(effect, Show):
        return delivering.note_delivered(job.taken.id, "sent", "slack")
    copy = await company.database.read(lambda store: store.outbox.copy(effect.matter, person))
    message = MessageReference(effect.matter, "slack", f"D{person}", f"{effect.matter}.{person}", effect.revision)
    return delivering.note_delivered(job.taken.id, "updated" if copy else "sent", "slack", effect.matter, message)


async def lines(company: Company, since: int) -> list[str]:
    """What is told of everything after an entry of the log, without its notes."""
    return await company.database.read(
        lambda store: [one.words for one in happened(company.door.context(store, company.tara), since)[0]]
    )


async def entries(company: Company) -> int:
    return (await company.database.read(lambda store: store.audit.head()))[0]


async def test_p7_a_request_is_reminded_of_escalated_and_lapses(demo: Demo) -> None:
    """Asked on Tuesday at 14:00 in Sydney; what falls at 17:00 is told to people in the morning."""
    request = await ask(demo.company, demo.company.anna)
    await reached(demo.company)
    annas = f"Anna Quill’s request {request}"
    assert await demo.told("2026-11-25T18:00") == []
    assert await demo.told("2026-11-26T18:00") == [("Thu 09:00", f"Tara Lindqvist was reminded of {annas}")]
    assert await demo.told("2026-12-08T08:00") == [
        ("Fri 09:00", f"Deven Okafor was asked about {annas}, as deputy"),
        ("Mon 09:00", f"Helena Marsh was asked about {annas}, as the next authority"),
    ]
    [lapsed, told] = await demo.told("2026-12-10T08:00")
    assert lapsed == ("Tue 17:00", f"{annas} lapsed, since no one decided it")
    assert told[0] == "Wed 09:00"
    assert sorted(told[1].replace(" and ", ", ").partition(" were told")[0].split(", ")) == [
        "Anna Quill", "Deven Okafor", "Helena Marsh", "Tara Lindqvist"
    ]  # fmt: skip
    assert told[1].endswith(f" were told that request {request} has lapsed")


async def test_p7_what_was_decided_meanwhile_brings_no_reminder_and_access_ends(demo: Demo) -> None:
    request = await ask(demo.company, demo.company.anna)
    await demo.company.door.enter(deciding.approve_request(request), demo.company.tara)
    await reached(demo.company)
    told = await demo.told("2026-12-05T15:00")
    assert [one[1] for one in told] == [
        f"Anna Quill was told that access by request {request} ends soon",
        f"Access by Anna Quill’s request {request} ended",
    ]


async def test_p8_who_was_reminded_and_that_a_day_was_missed(company: Company) -> None:
    request = await a_request(company)
    await delivered(company)
    since = await entries(company)
    await pass_until(company, datetime(2026, 12, 4, 10, tzinfo=SYDNEY))
    await delivered(company)
    two, three = "Tara Lindqvist and Cora Bellamy", "Tara Lindqvist, Helena Marsh and Cora Bellamy"
    what = f"customer’s request {request}"
    assert await lines(company, since) == [
        *[f"{two} were reminded of {what}"] * 2,
        f"{three} were reminded of {what}",
        *[f"{three} were told that {what} is due today"] * 2,
        f"The day of {what} passed without an answer, which stays on record",
        f"{three} were told that {what} is overdue",
    ]
