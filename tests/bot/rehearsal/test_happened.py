"""What happened while the clock moved is told from the log and the ledger: who got what, and nothing that did not happen (P7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.rehearsal.clock import ClockRoutes, MovableClock
from bot.rehearsal.happened import MOST, happened
from bot.rehearsal.recounting import UNTOLD, Event, Recounting
from handlers import HANDLERS
from handlers.access.intents import Approve, Deny
from handlers.acting import CLOCK, DELIVERY, Act
from handlers.delivering import Claim, Delivered, Job, MessageReference
from handlers.door import leave
from handlers.effects import Effect, Show, Tell
from storage.audit import Entry
from storage.database.store import Database, Store
from tests.handlers.builders import POLICY, Clock, Company, a_company, ask, refusal
from tests.handlers.passing_time import fall
from tests.moments import NOW

SYDNEY = ZoneInfo("Australia/Sydney")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind is enough at this edge."""
    return sqlite_url


@pytest.fixture
async def company(database: Database) -> Company:
    return await a_company(database, Clock())


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
    """All that waits comes to people: a card as a new message, or drawn anew where there is one."""
    while jobs := await company.door.enter(Claim(50), DELIVERY):
        for job in jobs:
            assert isinstance(job, Job)
            await company.door.enter(await _done(company, job), DELIVERY)


async def _done(company: Company, job: Job) -> Delivered:
    effect, person = job.effect, job.person.id
    if not isinstance(effect, Show):
        return Delivered(job.taken.id, "sent", "slack")
    copy = await company.database.read(lambda store: store.outbox.copy(effect.matter, person))
    message = MessageReference(effect.matter, "slack", f"D{person}", f"{effect.matter}.{person}", effect.revision)
    return Delivered(job.taken.id, "updated" if copy else "sent", "slack", effect.matter, message)


async def entered(company: Company, entry: Entry, *effects: Effect) -> None:
    """Something that a feature of later leaves, as the door writes it."""

    def work(store: Store) -> None:
        store.audit.append(entry, company.clock.now)
        leave(store, effects, company.clock.now)

    await company.database.write(work)


async def lines(company: Company, since: int = 0, most: int = MOST) -> tuple[list[str], int]:
    """What is told of everything after an entry, each with its note behind a bar."""

    def look(store: Store) -> tuple[list[str], int]:
        things, more = happened(Act(store, POLICY, company.clock.now, CLOCK, company.door.keys), since, most)
        return [" | ".join(part for part in (one.words, one.note) if part) for one in things], more

    return await company.database.read(look)


async def entries(company: Company) -> int:
    return (await company.database.read(lambda store: store.audit.head()))[0]


async def test_p7_a_request_is_reminded_of_escalated_and_lapses(demo: Demo) -> None:
    """Asked on Tuesday at 14:00 in Sydney; what falls at 17:00 is told to people in the morning."""
    request = await ask(demo.company, demo.company.anna)
    await reached(demo.company)
    annas = f"Anna Quill’s request {request}"
    assert await demo.told("2026-11-25T18:00") == [
        ("Wed 17:00", f"A reminder of {annas} fell due", "Tara Lindqvist hears of it on Thu 26 Nov, 09:00 Sydney")
    ]
    assert await demo.told("2026-11-26T18:00") == [
        ("Thu 09:00", f"Tara Lindqvist was reminded of {annas}"),
        ("Thu 17:00", f"The deputy’s turn to decide {annas} has come", "Deven Okafor hears of it on Fri 27 Nov, 09:00 Sydney"),
    ]  # fmt: skip
    assert await demo.told("2026-12-08T08:00") == [
        ("Fri 09:00", f"Deven Okafor was asked about {annas}, as deputy"),
        ("Mon 09:00", f"Helena Marsh was asked about {annas}, as the next authority"),
    ]
    [lapsed, told] = await demo.told("2026-12-10T08:00")
    assert lapsed == ("Tue 17:00", f"{annas} lapsed, since nobody decided it")
    assert told[0] == "Wed 09:00"
    assert sorted(told[1].replace(" and ", ", ").partition(" were told")[0].split(", ")) == [
        "Anna Quill", "Deven Okafor", "Helena Marsh", "Tara Lindqvist"
    ]  # fmt: skip
    assert told[1].endswith(f" were told that request {request} has lapsed")


async def test_where_nothing_fell_nothing_is_told_and_the_answer_keeps_its_shape(demo: Demo) -> None:
    answer = await demo.move("2026-11-24T15:00")
    assert {*answer} == {"now", "next", "next_label", "ran", "happened", "happened_more", "zone"}
    assert (answer["ran"], answer["happened"], answer["happened_more"]) == (1, [], 0)


async def test_p7_what_was_decided_meanwhile_brings_no_reminder_and_access_ends(demo: Demo) -> None:
    request = await ask(demo.company, demo.company.anna)
    await demo.company.door.enter(Approve(request), demo.company.tara)
    await reached(demo.company)
    told = await demo.told("2026-12-05T15:00")
    assert [one[1] for one in told] == [
        f"Anna Quill was told that access by request {request} ends soon",
        f"Access by Anna Quill’s request {request} ended",
    ]


async def test_what_does_not_arrive_is_told_as_being_on_its_way_and_later_as_come(demo: Demo) -> None:
    request = await ask(demo.company, demo.company.anna)
    await reached(demo.company)
    demo.well = False
    told = await demo.told("2026-11-26T12:00")
    on_its_way = f"Tara Lindqvist is being reminded of Anna Quill’s request {request}"
    assert told == [("Thu 09:00", on_its_way, "still on its way to Tara Lindqvist")]
    demo.well = True
    assert await demo.told("2026-11-26T13:00") == [("Thu 13:00", "Tara Lindqvist got what had been on its way")]


async def test_a_kind_that_is_not_known_here_is_told_with_what_people_read(company: Company) -> None:
    """A later feature shows up without a change here; one that people have met already says it by its intent."""
    since, ruth = await entries(company), company.ruth.person_id or 0
    words = "Two calls of 2025 were erased. " + "They can’t be heard any more. " * 10
    await entered(company, Entry("clock", "erasure.carry_out", "recording:12"), Tell(ruth, words, "erased:12"))
    await reached(company)
    await entered(company, Entry("clock", "erasure.hold", f"person:{ruth}", detail={"asked": [ruth]}))
    await entered(company, Entry("clock", "access.expire_all", ""))
    first, *others = (await lines(company, since))[0]
    assert first.startswith("Erasure: carry out: recording 12 | Ruth Adeyemi got “Two calls of 2025 were erased.")
    assert first.endswith("…”")
    assert len(first) < 300
    assert others == ["Erasure: hold: Ruth Adeyemi | Ruth Adeyemi was asked", "Access: expire all"]


async def test_a_kind_without_a_sentence_here_is_told_by_the_first_one_about_its_intent(company: Company) -> None:
    since = await entries(company)
    await entered(company, Entry("clock", "records.tidy", ""))
    assert await lines(company, since) == (["Throw away what has served its time"], 0)


async def test_whatever_the_clock_may_do_is_told_in_a_sentence_for_people(company: Company) -> None:
    """No names of the program, and no more than a sentence, whether it has words of its own or is told by its intent."""
    actions = {one.action for one in HANDLERS if not one.private} - {*UNTOLD}

    def look(store: Store) -> list[str]:
        recounting = Recounting(Act(store, POLICY, company.clock.now, CLOCK))
        return [recounting.told(Event(company.clock.now, one, "system")).words for one in actions]

    told = await company.database.read(look)
    assert [one for one in told if set(one) & set("`\n") or not one[:1].isupper() or ". " in one] == []


async def test_p12_that_the_recording_system_is_about_to_be_asked_is_not_told_twice(company: Company) -> None:
    since = await entries(company)
    await entered(company, Entry("clock", "retention.ask", "", detail={"erasures": ["E1"], "judged": 1}))
    await entered(company, Entry("clock", "retention.send", "E1"))
    assert await lines(company, since) == (["The recording system was asked to delete audio"], 0)


async def test_p7_who_decides_now_and_who_no_longer_does_is_told(company: Company) -> None:
    since, request = await entries(company), await ask(company, company.anna)
    deven, tara = company.deven.person_id, company.tara.person_id
    await entered(company, Entry("clock", "access.recheck", request, detail={"asked": [deven], "over": [tara]}))
    unreachable = Entry(
        "delivery", "access.reroute", request, detail={"asked": [deven], "person": tara, "code": "gone"}
    )
    await entered(company, unreachable)
    whose = f"Anna Quill’s request {request}"
    assert (await lines(company, since))[0] == [
        f"Who decides {whose} has changed | Deven Okafor was asked; Tara Lindqvist no longer decides",
        f"Tara Lindqvist can’t be reached about {whose} | Deven Okafor was asked",
    ]


async def test_what_people_did_and_what_was_refused_is_not_told(company: Company) -> None:
    since = await entries(company)
    request = await ask(company, company.anna)
    await refusal(company, Deny(request, "No."), company.bram)
    await entered(company, Entry("clock", "access.lapse", request, "refused"))
    await entered(company, Entry("delivery", "people.meet", "person:1"))
    assert await lines(company, since) == ([], 0)


async def test_a_list_has_an_end_and_says_how_much_more_there_is(company: Company) -> None:
    since = await entries(company)
    for number in range(7):
        await entered(company, Entry("clock", "log.checkpoint", f"2026-11-{10 + number}"))
    told, more = await lines(company, since, most=5)
    assert (len(told), more) == (5, 2)


async def test_the_clock_of_the_rates_goes_on_with_the_companys_and_never_back() -> None:
    clock = MovableClock()
    before = clock.seconds()
    clock.move(clock.now() + timedelta(days=1))
    day = clock.seconds() - before
    clock.move(clock.now() - timedelta(days=3))
    assert 86_400 <= day <= clock.seconds() - before < 86_500
