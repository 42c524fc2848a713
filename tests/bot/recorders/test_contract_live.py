"""P5: what every call recording system does with calls that go on now, whatever it is."""

import asyncio

import pytest

from bot.ports import Absent, Unavailable
from tests.each import each

from .live_benches import LEGS, ONGOING, LiveBench, another


async def test_p5_calls_that_go_on_are_told_and_those_that_ended_are_not(live: LiveBench) -> None:
    live.ring(ONGOING)
    live.ring(another("call-8"))
    assert list(await live.recorder.live()) == [ONGOING, another("call-8")]
    live.hang_up("call-8")
    assert list(await live.recorder.live()) == [ONGOING]


@pytest.mark.parametrize("lying", [False, True])
@pytest.mark.parametrize("leg", LEGS)
async def test_p5_a_leg_still_recorded_is_named_in_any_case(live: LiveBench, leg: str, *, lying: bool) -> None:
    """Never “off” on a mere OK: the answer is fine, the state says stopped, and the audio grows."""
    live.ring(ONGOING)
    live.disobey(ONGOING.call_id, leg, lying=lying)
    await live.recorder.stop(ONGOING.call_id)
    await settled(live)
    assert await live.recorder.still(ONGOING.call_id) == (leg,)


async def test_p5_a_system_that_is_away_is_never_one_that_records_nothing(live: LiveBench) -> None:
    live.ring(ONGOING)
    live.cut_off()
    with pytest.raises(Unavailable):
        await live.recorder.live()
    for ask in (live.recorder.stop, live.recorder.still):
        with pytest.raises(Unavailable):
            await ask(ONGOING.call_id)
    live.reconnect()
    assert await live.recorder.still(ONGOING.call_id) == LEGS


async def settled(live: LiveBench) -> None:
    """What was asked for is done, where the system does anything."""
    await live.recorder.still(ONGOING.call_id)


async def test_p5_a_stop_ends_the_recording_of_all_legs_of_this_call_alone(live: LiveBench) -> None:
    """By a look of another kind than the answer to the stop."""
    assert live.recorder.capabilities().live == "native"
    live.ring(ONGOING)
    live.ring(another("call-8"))
    assert await live.recorder.still(ONGOING.call_id) == LEGS
    await live.recorder.stop(ONGOING.call_id)
    await settled(live)
    assert (await live.recorder.still(ONGOING.call_id), await live.recorder.still("call-8")) == ((), LEGS)
    live.hang_up(ONGOING.call_id)
    live.ring(another("call-9"))
    assert await live.recorder.still("call-9") == LEGS


async def test_p5_several_stops_at_once_and_one_later_are_one(live: LiveBench) -> None:
    live.ring(ONGOING)
    await asyncio.gather(*(live.recorder.stop(ONGOING.call_id) for _ in range(5)))
    await settled(live)
    await live.recorder.stop(ONGOING.call_id)
    await settled(live)
    assert await live.recorder.still(ONGOING.call_id) == ()


@each("name", ["", ".", "..", "../call-7", "a/b", "call\n7", "no such call", "call-8"])
async def test_p5_a_name_from_elsewhere_or_of_a_call_that_is_over_reaches_no_call(live: LiveBench, name: str) -> None:
    live.ring(ONGOING)
    live.ring(another("call-8"))
    live.hang_up("call-8")
    for ask in (live.recorder.stop, live.recorder.still):
        with pytest.raises(Absent):
            await ask(name)
    assert await live.recorder.still(ONGOING.call_id) == LEGS
