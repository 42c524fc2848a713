"""P5: the phone system is asked to stop and looked at another way, and what was recorded goes as all erasures go."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
import pytest_asyncio

from bot.ports import LiveCall, Unavailable
from bot.retention.declining import Declining
from handlers.acting import CLOCK, Actor
from handlers.declined import deciding, saying
from storage.database.store import Database
from storage.tables.calls import Declined
from tests.erasing import Archive
from tests.handlers.builders import AU, Clock, Company, a_company, audit, email
from tests.handlers.declined.acts import newest, say, states
from tests.memory_live import Leg
from tests.memory_recorder import MemoryRecorder
from tests.moments import NOW
from tests.phones import Broken, Elsewhere, Mute, Slow
from tests.reconciled import findings

RINGING = LiveCall("call-7", AU, "incoming", "+61412345678", email("Bram Tolliver"), NOW, ("live/7.wav",))


@dataclass
class Exchange:
    """A company, its phone system, and the worker between them."""

    company: Company
    recorder: MemoryRecorder
    declining: Declining

    async def say(self, who: Actor | None = None) -> Declined:
        await self.company.door.enter(saying.note_declined(), who or self.company.bram)
        await self.declining.look()
        return await newest(self.company, who or self.company.bram)

    async def look(self, **later: float) -> Declined:
        self.company.clock.pass_(**later)
        await self.declining.look()
        return await newest(self.company, self.company.bram)


async def _now(_: float) -> None:
    """Don't wait in a test."""


@pytest_asyncio.fixture
async def exchange(database: Database, request: pytest.FixtureRequest) -> AsyncIterator[Exchange]:
    company = await a_company(database, Clock())
    kind: type[MemoryRecorder] = getattr(request, "param", MemoryRecorder)
    recorder = kind()
    yield Exchange(company, recorder, Declining(company.door, recorder, "memory", _now))
    assert await findings(database) == []


async def test_p5_a_word_switches_the_recording_off_and_says_so_once_it_was_read_back(exchange: Exchange) -> None:
    exchange.recorder.ring(RINGING, Leg("customer"), Leg("agent"))
    found = await exchange.say()
    assert (found.live, found.how, found.stopped_at) == ("off", "midway", NOW)
    assert {leg.state for leg in exchange.recorder.calls["call-7"].legs} == {"stopped"}


@pytest.mark.parametrize("says", [None, "stopped"])
async def test_p5_one_leg_still_recorded_counts_as_recorded_whatever_the_system_answers(
    exchange: Exchange, says: str | None
) -> None:
    exchange.recorder.ring(RINGING, Leg("customer", obeys=False, says=says), Leg("agent"))  # type: ignore[arg-type]
    found = await exchange.say()
    assert (found.live, found.legs) == ("still", ["customer"])
    exchange.recorder.calls["call-7"].legs[0].obeys = True
    exchange.recorder.calls["call-7"].legs[0].says = None
    assert (await exchange.look(seconds=2)).live == "off"


@pytest.mark.parametrize("exchange", [Slow, Broken], indirect=True)
async def test_p5_a_system_that_is_slow_or_fails_is_one_that_still_records(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.retention.declining.ANSWERS", 0.05)
    exchange.recorder.ring(RINGING, Leg("customer"))
    found = await exchange.say()
    assert (found.live, found.trouble) == ("still", "unreachable")


async def test_p5_a_system_that_is_away_is_tried_again_until_it_answers(exchange: Exchange) -> None:
    exchange.recorder.ring(RINGING, Leg("customer"))
    exchange.recorder.outage = Unavailable("It is away.")
    found = await exchange.say()
    assert (found.state, found.trouble) == ("looking", "unreachable")
    exchange.recorder.outage = None
    assert (await exchange.look(seconds=5)).live == "off"


async def test_p5_what_is_recorded_again_is_taken_back_at_once_and_stopped_again(exchange: Exchange) -> None:
    """The recording was started again in the phone system."""
    exchange.recorder.ring(RINGING, Leg("customer"))
    await exchange.say()
    exchange.recorder.calls["call-7"].legs.append(Leg("third party"))
    assert (await exchange.look(seconds=11)).live == "still"
    assert (await exchange.look(seconds=2)).live == "off"
    assert {leg.state for leg in exchange.recorder.calls["call-7"].legs} == {"stopped"}


async def test_p5_a_call_that_ends_is_over_once_it_has_been_away_for_a_while(exchange: Exchange) -> None:
    exchange.recorder.ring(RINGING, Leg("customer"))
    await exchange.say()
    exchange.recorder.hang_up("call-7")
    assert (await exchange.look(seconds=11)).live == "off"
    assert (await exchange.look(seconds=5)).live == "over"


async def test_p5_another_call_of_that_name_is_not_stopped_for_the_first_caller(exchange: Exchange) -> None:
    """The next call is recorded again, also where the phone system calls it the same."""
    exchange.recorder.ring(RINGING, Leg("customer"))
    await exchange.say()
    exchange.recorder.hang_up("call-7")
    exchange.recorder.ring(replace(RINGING, started=NOW + timedelta(seconds=9)), Leg("customer"))
    assert (await exchange.look(seconds=11)).live == "over"
    assert exchange.recorder.calls["call-7"].legs[0].state == "recording"


async def test_p5_of_several_calls_the_chosen_one_is_stopped_and_no_other(exchange: Exchange) -> None:
    for name in ("call-7", "call-8"):
        exchange.recorder.ring(replace(RINGING, call_id=name, recordings=(f"live/{name}.wav",)), Leg("customer"))
    found = await exchange.say()
    await exchange.company.door.enter(saying.choose_call(f"{found.id}:1"), exchange.company.bram)
    await exchange.look()
    assert [one.legs[0].state for one in exchange.recorder.calls.values()] == ["recording", "stopped"]


async def test_p5_two_replicas_do_the_same_once(exchange: Exchange) -> None:
    exchange.recorder.ring(RINGING, Leg("customer"))
    other = Declining(exchange.company.door, exchange.recorder, "memory", _now)
    await exchange.company.door.enter(saying.note_declined(), exchange.company.bram)
    await asyncio.gather(exchange.declining.look(), other.look(), exchange.declining.look())
    entries = [one[1] for one in await audit(exchange.company) if one[1].startswith("declined.")]
    assert sorted(entries) == ["declined.confirm", "declined.find", "declined.say"]


async def _archive(database: Database) -> Archive:
    return Archive(await a_company(database, Clock()))


async def _finished(archive: Archive, name: str = "2026/one.mp3") -> tuple[str, int]:
    """Bram says after a call that its customer had declined."""
    number = await archive.record(name)
    matter = await say(archive.company)
    await archive.company.door.enter(saying.take_calls_found(matter), CLOCK)
    await archive.company.door.enter(saying.choose_call(f"{matter}:0"), archive.company.bram)
    return matter, number


async def test_p12_what_another_call_was_put_over_meanwhile_gets_no_certificate(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = await _archive(database)
    matter, number = await _finished(archive)
    await archive.company.door.enter(deciding.decide_to_erase(matter), archive.company.helena)
    monkeypatch.setattr(archive.recorder, "look", _down)
    await archive.erasing.tick()
    other = await archive.record("2026/one.mp3", NOW + timedelta(minutes=5), audio=b"another call")
    archive.until(archive.company.clock.now, hours=1)
    await archive.tick()
    erasure = await archive.erasure(number)
    assert (other != number, erasure and erasure.state) == (True, "vanished")
    assert (await states(archive.company, number, other), [*archive.recorder._audio]) == (
        ["gone", "present"],
        ["2026/one.mp3"],
    )
    assert await findings(database) == []


async def _down(_: object) -> Mapping[str, tuple[str, ...]]:
    raise Unavailable("away")


@pytest.mark.parametrize(
    ("exchange", "state", "trouble"),
    [(Elsewhere, "choosing", "cannot"), (Mute, "looking", "unread")],
    indirect=["exchange"],
)
async def test_p5_a_system_that_knows_of_no_live_call_says_so_and_one_that_no_one_can_read_may_be_the_one(
    exchange: Exchange, state: str, trouble: str
) -> None:
    found = await exchange.say()
    assert (found.state, found.trouble) == (state, trouble)
