"""The sample company's clock: it stops where a call's time is over, and tells what happened on the way (P7, P12)."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.rehearsal.clock import ClockRoutes, MovableClock
from bot.rehearsal.happened import ANNOUNCED, UNTOLD, known
from handlers import DUE, delivering
from handlers.acting import DELIVERY, Intent, Show
from handlers.delivering import Job, MessageReference
from storage.database.store import Database
from tests.erasing import Archive
from tests.handlers.builders import POLICY, Clock, Company, a_company, ask
from tests.handlers.passing_time import claimed, fall
from tests.handlers.reading import labels, seen
from tests.handlers.retention.pausing import EVENING, MOMENT, paused, small, three
from tests.moments import NOW

SYDNEY = ZoneInfo("Australia/Sydney")
Client = TestClient[web.Request, web.Application]


async def moved(archive: Archive, to: datetime) -> list[datetime]:
    """Move the clock to a moment; the minutes at which it stops on the way, where what is due is erased."""
    clock, visited, company = MovableClock(), list[datetime](), archive.company
    clock.move(NOW)  # long before what is to come, whatever the day of the machine is

    async def tick() -> None:
        visited.append(clock.now().replace(second=0, microsecond=0))
        company.clock.now = clock.now()
        await archive.tick()

    await ClockRoutes(clock, company.database, POLICY, tick, lambda: None).move_to(to)
    return visited


async def test_p12_the_clock_stops_at_the_moment_at_which_a_call_s_time_is_over(database: Database) -> None:
    """Its certificate must say that it was closed then, not when the clock was moved."""
    archive = Archive(await a_company(database, Clock()))
    await archive.record("one")
    assert MOMENT in await moved(archive, MOMENT + timedelta(days=1))
    erasure = await archive.erasure(4)
    assert erasure is not None
    assert erasure.closed_at - MOMENT < timedelta(minutes=1)


async def test_p12_on_a_day_with_too_many_erasures_the_clock_brings_the_head_a_card(database: Database) -> None:
    """Each call has a moment of its own that day; the first of them waits already, since the next one is to come."""
    archive = Archive(await a_company(database, Clock(), small()))
    await three(archive)
    await moved(archive, EVENING)
    pause = await paused(archive)
    assert labels(await seen(archive.company, pause.id, archive.company.helena)) == ["Continue", "Keep", "Hold"]


def test_each_step_of_the_clock_is_told_in_words_of_its_own() -> None:
    steps = {wanted("policy").action for wanted in DUE.values()}
    assert {one for one in steps - ANNOUNCED - {*UNTOLD, "matters.remind"} if not known(one)} == set()


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


async def told(client: Client, to: str) -> list[tuple[str, ...]]:
    """What the page is told when it moves the clock to a moment in Sydney: when what happened there, and the note where there is one."""
    moment = datetime.fromisoformat(to).replace(tzinfo=SYDNEY)
    async with client.post("/rehearsal/clock", json={"now": moment.isoformat()}) as answer:
        found = await answer.json()
    assert (found["zone"], found["happened_more"]) == ("Australia/Sydney", 0)
    things = (
        (f"{datetime.fromisoformat(one['at']).astimezone(SYDNEY):%a %H:%M}", one["words"], one["note"])
        for one in found["happened"]
    )
    return [tuple(part for part in one if part) for one in things]


async def test_p7_a_request_is_reminded_of_escalated_and_lapses(company: Company) -> None:
    """Asked on Tuesday at 14:00 in Sydney; what falls at 17:00 is told to people in the morning."""
    request, clock = await ask(company, company.anna), MovableClock()
    await reached(company)
    clock.move(NOW)

    async def tick() -> None:
        company.clock.now = clock.now()
        await fall(company)
        await reached(company)

    app = web.Application()
    app.add_routes(ClockRoutes(clock, company.database, POLICY, tick, lambda: None, company.door.keys).routes())
    async with TestClient(TestServer(app)) as client:
        reminded = (
            "Wed 17:00",
            f"Tara Lindqvist will be reminded of Anna Quill’s request {request}",
            "in working hours",
        )
        assert await told(client, "2026-11-25T18:00") == [reminded]
        await _moved_through_two_weeks(client, request)


async def _moved_through_two_weeks(client: Client, request: str) -> None:
    annas = f"Anna Quill’s request {request}"
    assert await told(client, "2026-11-26T18:00") == [
        ("Thu 09:00", f"Tara Lindqvist was reminded of {annas}"),
        ("Thu 17:00", f"Deven Okafor will be asked about {annas}, as deputy", "in working hours"),
    ]
    assert await told(client, "2026-12-08T08:00") == [
        ("Fri 09:00", f"Deven Okafor was asked about {annas}, as deputy"),
        ("Mon 09:00", f"Deven Okafor was reminded of {annas}"),
        ("Mon 09:00", f"Helena Marsh was asked about {annas}, as the next authority"),
        ("Tue 09:00", f"Helena Marsh was reminded of {annas}"),
    ]
    [lapsed, heard] = await told(client, "2026-12-10T08:00")
    assert lapsed == ("Tue 17:00", f"{annas} lapsed because no one decided in time")
    assert heard[0] == "Wed 09:00"
    assert sorted(heard[1].replace(" and ", ", ").partition(" were told")[0].split(", ")) == [
        "Anna Quill", "Deven Okafor", "Helena Marsh", "Tara Lindqvist"
    ]  # fmt: skip
    assert heard[1].endswith(f" were told that request {request} has lapsed")
