"""P5 while Asterisk is away, ill, or told otherwise: never “off” unless it is certain."""

import asyncio
import time

import pytest

from bot.ports import Absent, Unavailable
from bot.recorders.asterisk.recorder import AsteriskRecorder
from tests.pbx.exchange import Call, Exchange

pytestmark = [pytest.mark.pbx, pytest.mark.machine_clock]  # Asterisk has the machine's clock


async def refused(recorder: AsteriskRecorder, call: Call) -> None:
    """Nothing is answered but that it is not known."""
    with pytest.raises(Unavailable):
        await recorder.live()
    for ask in (recorder.stop, recorder.still):
        begun = time.monotonic()
        with pytest.raises(Unavailable):
            await ask(call.call_id)
        assert time.monotonic() - begun < 10


async def test_p5_an_asterisk_that_is_killed_is_away_and_its_calls_are_over_once_it_is_back(
    pbx: Exchange, recorder: AsteriskRecorder
) -> None:
    call = pbx.call()
    assert await recorder.still(call.call_id) == ("customer",)
    pbx.stop()
    await refused(recorder, call)
    pbx.start()
    with pytest.raises(Absent):
        await recorder.still(call.call_id)
    again = pbx.call()
    assert await recorder.still(again.call_id) == ("customer",)


@pytest.mark.parametrize("after", [0.0, 0.002, 0.005, 0.01, 0.02])
async def test_p5_an_asterisk_that_is_killed_in_the_middle_of_a_stop_is_never_said_to_be_off(
    pbx: Exchange, recorder: AsteriskRecorder, after: float
) -> None:
    call = pbx.call(number="both")
    asked = asyncio.create_task(recorder.stop(call.call_id))
    await asyncio.sleep(after)
    pbx.stop()
    (told,) = await asyncio.gather(asked, return_exceptions=True)
    assert told is None or isinstance(told, Unavailable)
    with pytest.raises(Unavailable):
        await recorder.still(call.call_id)


async def test_p5_a_declined_call_is_not_recorded_after_a_transfer(pbx: Exchange, recorder: AsteriskRecorder) -> None:
    """The customer is passed on to a number that records: its dialplan heeds the variable."""
    call = pbx.call()
    await recorder.stop(call.call_id)
    [trunk] = [one for one in pbx.channels(call) if "trunk" in one]
    pbx.cli(f"channel redirect {trunk} from-trunk,second,1")
    pbx.until(lambda: len(pbx.channels(call)) == 2)
    assert await recorder.still(call.call_id) == ()
