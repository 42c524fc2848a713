"""P5: what every call recording system does with calls that go on now, whatever it is."""

import asyncio

import pytest

from bot.ports import Absent, Unavailable
from tests.each import each

from .live_benches import LEGS, ONGOING, LiveBench, another


def test_p5_a_system_with_live_calls_says_so(live: LiveBench) -> None:
    assert live.recorder.capabilities().live == "native"


async def test_p5_calls_that_go_on_are_told_and_those_that_ended_are_not(live: LiveBench) -> None:
    live.ring(ONGOING)
    live.ring(another("call-8"))
    assert list(await live.recorder.live()) == [ONGOING, another("call-8")]
    live.hang_up("call-8")
    assert list(await live.recorder.live()) == [ONGOING]


async def test_p5_all_legs_are_recorded_until_it_is_stopped(live: LiveBench) -> None:
    live.ring(ONGOING)
    assert await live.recorder.still(ONGOING.call_id) == LEGS


async def test_p5_after_stop_a_look_of_another_kind_finds_no_leg_recorded(live: LiveBench) -> None:
    live.ring(ONGOING)
    await live.recorder.stop(ONGOING.call_id)
    await settled(live)
    assert await live.recorder.still(ONGOING.call_id) == ()


async def test_p5_to_stop_twice_is_to_stop_once(live: LiveBench) -> None:
    live.ring(ONGOING)
    for _ in range(2):
        await live.recorder.stop(ONGOING.call_id)
        await settled(live)
    assert await live.recorder.still(ONGOING.call_id) == ()


async def test_p5_two_stops_at_once_are_one(live: LiveBench) -> None:
    live.ring(ONGOING)
    await asyncio.gather(*(live.recorder.stop(ONGOING.call_id) for _ in range(5)))
    await settled(live)
    assert await live.recorder.still(ONGOING.call_id) == ()


async def test_p5_a_stop_ends_no_other_call_s_recording(live: LiveBench) -> None:
    live.ring(ONGOING)
    live.ring(another("call-8"))
    await live.recorder.stop(ONGOING.call_id)
    await settled(live)
    assert await live.recorder.still("call-8") == LEGS


async def test_p5_the_next_call_is_recorded_again(live: LiveBench) -> None:
    live.ring(ONGOING)
    await live.recorder.stop(ONGOING.call_id)
    await settled(live)
    live.hang_up(ONGOING.call_id)
    live.ring(another("call-8"))
    assert await live.recorder.still("call-8") == LEGS


@pytest.mark.parametrize("lying", [False, True])
@pytest.mark.parametrize("leg", LEGS)
async def test_p5_one_leg_that_goes_on_is_named_whatever_the_system_says(
    live: LiveBench, leg: str, *, lying: bool
) -> None:
    """Never “off” on a mere OK: the answer is fine, the state says stopped, and the audio grows."""
    live.ring(ONGOING)
    live.disobey(ONGOING.call_id, leg, lying=lying)
    await live.recorder.stop(ONGOING.call_id)
    await settled(live)
    assert await live.recorder.still(ONGOING.call_id) == (leg,)


async def test_p5_of_a_call_that_is_over_nothing_is_asked(live: LiveBench) -> None:
    live.ring(ONGOING)
    live.hang_up(ONGOING.call_id)
    for ask in (live.recorder.stop, live.recorder.still):
        with pytest.raises(Absent):
            await ask(ONGOING.call_id)


@each("name", ["", ".", "..", "../call-7", "a/b", "call\n7", "no such call"])
async def test_p5_a_name_from_elsewhere_reaches_no_call(live: LiveBench, name: str) -> None:
    live.ring(ONGOING)
    for ask in (live.recorder.stop, live.recorder.still):
        with pytest.raises(Absent):
            await ask(name)
    assert await live.recorder.still(ONGOING.call_id) == LEGS


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
