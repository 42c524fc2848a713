"""P5 on a real Asterisk with a real call: what is asked is done on every leg, and read back by what the file does."""

import pytest

from bot.ports import Absent, LiveCall
from bot.recorders import open_recorder
from bot.recorders.asterisk.recorder import AsteriskRecorder
from tests.pbx.exchange import CALLER, Exchange
from tests.pbx.sound import loudness

pytestmark = [pytest.mark.pbx, pytest.mark.machine_clock]  # Asterisk has the machine's clock

LEGS = {
    "one": (("customer",), ("",)),
    "both": (("customer", "Anna Quill"), ("", "-agent")),
    "twice": (("customer",), ("-more", "")),
    "halves": (("customer",), ("-in", "-out")),
}


@pytest.mark.parametrize("number", LEGS)
async def test_p5_a_real_call_is_stopped_on_every_leg_and_continues(
    pbx: Exchange, recorder: AsteriskRecorder, number: str
) -> None:
    call = pbx.call(number=number)
    names, files = LEGS[number]
    [told] = await recorder.live()
    assert isinstance(told, LiveCall)
    assert (told.call_id, told.line, told.direction, told.caller) == (call.call_id, "+61281979000", "incoming", CALLER)
    assert told.operator_email == "anna.quill@fernhill.example"
    assert {one.rpartition("/")[2] for one in told.recordings} >= {f"{call.call_id}{one}.wav" for one in files}
    assert await recorder.still(call.call_id) == names
    before = pbx.channels(call)
    await recorder.stop(call.call_id)
    assert await recorder.still(call.call_id) == ()
    stopped = pbx.files()
    assert all(loudness(pbx.spool / one) > 1000 for one in told.recordings if stopped[one] > 44)
    assert await open_recorder(pbx.url).still(call.call_id) == ()
    assert pbx.files() == stopped
    assert pbx.channels(call) == before
    assert len(before) == 2
    [after] = await recorder.live()
    assert isinstance(after, LiveCall)
    assert set(after.recordings) >= set(told.recordings)
    pbx.hang_up(call)
    with pytest.raises(Absent):
        await recorder.still(call.call_id)


async def test_p5_a_recording_that_begins_after_the_stop_is_named_and_stopped_too(
    pbx: Exchange, recorder: AsteriskRecorder
) -> None:
    """An administrator, or another dialplan, begins to record again on the other leg."""
    call = pbx.call()
    await recorder.stop(call.call_id)
    [agent] = [one for one in pbx.channels(call) if "agent" in one]
    pbx.cli(f"mixmonitor start {agent} {call.call_id}-again.wav")
    assert await recorder.still(call.call_id) == ("Anna Quill",)
    await recorder.stop(call.call_id)
    assert await recorder.still(call.call_id) == ()


async def test_p5_a_growing_file_is_believed_over_asterisk(pbx: Exchange, recorder: AsteriskRecorder) -> None:
    """No channel of the call has a recording any more, and yet its file grows: here by the channel of another call."""
    call, other = pbx.call(), pbx.call(number="second")
    await recorder.stop(call.call_id)
    assert await recorder.still(call.call_id) == ()
    [file] = [name for name in pbx.files() if call.call_id in name]
    [trunk] = [one for one in pbx.channels(other) if "trunk" in one]
    pbx.cli(f"mixmonitor start {trunk} {file},a")
    assert all("0x" not in pbx.cli(f"mixmonitor list {one}") for one in pbx.channels(call))
    assert await recorder.still(call.call_id) == ("customer",)
