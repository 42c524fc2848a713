"""P5: the phone system is asked to stop and looked at another way, by a worker that outlives whatever goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
import pytest_asyncio

from bot.ports import LiveCall, Unavailable
from bot.recorders.asterisk.opening import WATCHED as IN_ASTERISK
from bot.recorders.folder_live import WATCHED
from bot.retention.declining import ANSWERS, OBEYS, Declining
from handlers.acting import CLOCK, Visitor
from handlers.declined.intents import Choose, Go, Say
from storage.database.store import Database
from storage.tables.declined import Declined
from tests.handlers.builders import AU, Clock, Company, a_company, audit, email, words_for
from tests.handlers.declined.acts import newest
from tests.memory_live import Leg
from tests.memory_recorder import MemoryRecorder
from tests.moments import NOW
from tests.phones import Broken, Deaf, Elsewhere, Mute, Slow
from tests.reconciled import findings

RINGING = LiveCall("call-7", AU, "incoming", "+61412345678", email("Bram Tolliver"), NOW, ("live/7.wav",))


@dataclass
class Exchange:
    """A company, its phone system, and the worker that stands between them."""

    company: Company
    recorder: MemoryRecorder
    declining: Declining

    async def say(self, who: Visitor | None = None) -> Declined:
        await self.company.door.enter(Say(), who or self.company.bram)
        await self.declining.look()
        return await newest(self.company, who or self.company.bram)

    async def look(self, **later: float) -> Declined:
        self.company.clock.pass_(**later)
        await self.declining.look()
        return await newest(self.company, self.company.bram)


async def _now(_: float) -> None:
    """Nobody waits in a test."""


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


async def test_p5_another_person_s_call_is_neither_stopped_nor_offered(exchange: Exchange) -> None:
    exchange.recorder.ring(replace(RINGING, operator_email=email("Anna Quill")), Leg("customer"))
    found = await exchange.say()
    assert [one for one in found.choices if "call_id" in one] == []
    assert exchange.recorder.calls["call-7"].legs[0].state == "recording"


@pytest.mark.parametrize("says", [None, "stopped"])
async def test_p5_one_leg_that_goes_on_is_still_recorded_whatever_the_system_answers(
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


async def test_p5_a_system_that_goes_away_in_between_makes_it_uncertain_and_not_off(exchange: Exchange) -> None:
    exchange.recorder.ring(RINGING, Leg("customer"))
    assert (await exchange.say()).live == "off"
    exchange.recorder.outage = Unavailable("It is away.")
    assert (await exchange.look(seconds=11)).live == "still"
    exchange.recorder.outage = None
    assert (await exchange.look(seconds=2)).live == "off"


async def test_p5_what_is_recorded_again_is_taken_back_at_once_and_stopped_again(exchange: Exchange) -> None:
    """Somebody began it anew in the phone system."""
    exchange.recorder.ring(RINGING, Leg("customer"))
    await exchange.say()
    exchange.recorder.calls["call-7"].legs.append(Leg("third party"))
    assert (await exchange.look(seconds=11)).live == "still"
    assert (await exchange.look(seconds=2)).live == "off"
    assert {leg.state for leg in exchange.recorder.calls["call-7"].legs} == {"stopped"}


async def test_p5_what_begins_again_and_does_not_stop_is_told_as_still_recorded(exchange: Exchange) -> None:
    exchange.recorder.ring(RINGING, Leg("customer"))
    await exchange.say()
    exchange.recorder.calls["call-7"].legs.append(Leg("third party", obeys=False))
    assert (await exchange.look(seconds=11)).legs == ["third party"]
    assert [one for one in await words_for(exchange.company, exchange.company.bram) if "STILL" in one]


async def test_p5_what_is_off_is_looked_at_every_ten_seconds_and_not_with_each_turn(exchange: Exchange) -> None:
    exchange.recorder.ring(RINGING, Leg("customer"))
    await exchange.say()
    exchange.recorder.calls["call-7"].legs.append(Leg("third party", obeys=False))
    assert (await exchange.look(seconds=5)).live == "off"
    assert (await exchange.look(seconds=5)).live == "still"


async def test_p5_a_clock_that_was_stepped_back_keeps_nobody_from_looking(exchange: Exchange) -> None:
    exchange.recorder.ring(RINGING, Leg("customer"))
    await exchange.say()
    exchange.recorder.calls["call-7"].legs.append(Leg("third party", obeys=False))
    assert (await exchange.look(hours=-1)).live == "still"


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


async def test_p5_a_call_that_is_away_for_a_moment_is_watched_all_the_time(exchange: Exchange) -> None:
    exchange.recorder.ring(RINGING, Leg("customer"))
    await exchange.say()
    ringing = exchange.recorder.calls.pop("call-7")
    await exchange.look(seconds=11)
    exchange.recorder.calls["call-7"] = ringing
    ringing.legs.append(Leg("third party", obeys=False))
    assert (await exchange.look(seconds=2)).live == "still"


async def test_p5_one_that_comes_back_after_it_had_counted_as_over_is_watched_with_the_next_word(
    exchange: Exchange,
) -> None:
    exchange.recorder.ring(RINGING, Leg("customer"))
    first = await exchange.say()
    ringing = exchange.recorder.calls.pop("call-7")
    assert (await exchange.look(seconds=20)).live == "over"
    exchange.recorder.calls["call-7"] = ringing
    await exchange.say()
    found = await exchange.company.database.read(lambda store: store.declines.get(first.id))
    assert found is not None
    assert found.live == "off"


async def test_p5_of_several_calls_the_chosen_one_is_stopped_and_no_other(exchange: Exchange) -> None:
    for name in ("call-7", "call-8"):
        exchange.recorder.ring(replace(RINGING, call_id=name, recordings=(f"live/{name}.wav",)), Leg("customer"))
    found = await exchange.say()
    await exchange.company.door.enter(Choose(f"{found.id}:1"), exchange.company.bram)
    await exchange.look()
    assert [one.legs[0].state for one in exchange.recorder.calls.values()] == ["recording", "stopped"]


async def test_p5_two_replicas_do_the_same_once(exchange: Exchange) -> None:
    exchange.recorder.ring(RINGING, Leg("customer"))
    other = Declining(exchange.company.door, exchange.recorder, "memory", _now)
    await exchange.company.door.enter(Say(), exchange.company.bram)
    await asyncio.gather(exchange.declining.look(), other.look(), exchange.declining.look())
    entries = [one[1] for one in await audit(exchange.company) if one[1].startswith("declined.")]
    assert sorted(entries) == ["declined.confirm", "declined.find", "declined.say"]


@pytest.mark.parametrize("exchange", [Elsewhere], indirect=True)
async def test_p5_a_system_that_knows_of_no_live_call_says_so(exchange: Exchange) -> None:
    assert (await exchange.say()).trouble == "cannot"


@pytest.mark.parametrize("exchange", [Deaf], indirect=True)
async def test_p5_a_system_that_fails_in_any_way_is_one_that_still_records(exchange: Exchange) -> None:
    found = await exchange.say()
    assert (found.state, found.trouble) == ("looking", "unreachable")


@pytest.mark.parametrize("exchange", [Mute], indirect=True)
async def test_p5_a_call_that_nobody_can_read_may_be_the_one(exchange: Exchange) -> None:
    found = await exchange.say()
    assert (found.state, found.trouble) == ("looking", "unread")


async def test_p5_whatever_goes_wrong_the_worker_goes_on(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = asyncio.Event()
    real, turns = exchange.declining.look, 0

    async def look() -> bool:
        nonlocal turns
        turns += 1
        if turns == 1:
            raise RuntimeError("whatever it is")
        seen.set()
        return await real()

    monkeypatch.setattr(exchange.declining, "look", look)
    running = asyncio.create_task(exchange.declining.run())
    exchange.declining.wake()
    await asyncio.sleep(0)
    exchange.declining.wake()
    await asyncio.wait_for(seen.wait(), 10)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_p5_names_that_were_never_registered_are_looked_for_another_way(exchange: Exchange) -> None:
    exchange.recorder.ring(RINGING, Leg("customer"))
    found = await exchange.say()
    exchange.recorder.hang_up("call-7")
    await exchange.look(seconds=20)
    exchange.company.clock.pass_(days=3)
    await exchange.company.door.enter(Go(found.id), CLOCK)
    exchange.recorder.spoil("live/7.wav", "no metadata", b"audio")
    await exchange.declining.tick()
    assert await exchange.company.database.read(lambda store: store.declines.unmet()) == {found.id: ["live/7.wav"]}
    exchange.recorder.lose("live/7.wav")
    await exchange.declining.tick()
    assert await exchange.company.database.read(lambda store: store.declines.unmet()) == {}


def test_p5_there_is_time_to_read_back_as_often_as_it_is_done() -> None:
    for watched in (WATCHED, 2 * IN_ASTERISK):
        assert timedelta(seconds=2 * (watched + OBEYS)) < timedelta(seconds=ANSWERS)
