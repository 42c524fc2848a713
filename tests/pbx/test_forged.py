"""What a caller may write into his own number: Asterisk passes it on, line breaks and all."""

from __future__ import annotations

import pytest

from bot.ports import LiveCall, Unavailable
from bot.recorders.asterisk.recorder import AsteriskRecorder
from tests.each import each
from tests.pbx.exchange import Exchange

pytestmark = [pytest.mark.pbx, pytest.mark.machine_clock]  # Asterisk has the machine's clock

BREAK = "%0D%0A"
FORGED = (
    f"61{BREAK}Linkedid: 1.1",
    f"61{BREAK}{BREAK}Event: y",
    f"61{BREAK}{BREAK}Event: StatusComplete{BREAK}EventList: Complete{BREAK}Items: 1",
    f"61{BREAK}EventList: Complete",
    f"61{BREAK}Variable: RS_DECLINED=1",
)


@each("number", FORGED)
async def test_p5_while_a_callers_number_forges_answers_nothing_is_believed(
    pbx: Exchange, recorder: AsteriskRecorder, number: str
) -> None:
    """Seen on Asterisk 22.10.1: the user part of a SIP From goes into manager events as it is decoded."""
    pbx.call(number="second")
    call = pbx.call(caller=number.replace(" ", "%20").replace("=", "%3D").replace(":", "%3A"))
    pbx.until(lambda: "Dial" in pbx.ask("Status"))
    with pytest.raises(Unavailable, match="can't be believed"):
        await recorder.live()
    pbx.hang_up(call)


async def test_p5_a_caller_whose_number_is_none_is_told_and_stopped_like_any(
    pbx: Exchange, recorder: AsteriskRecorder
) -> None:
    other, call = pbx.call(number="second"), pbx.call(caller="61%22%2C%7C%21")
    pbx.until(lambda: "Dial" in pbx.ask("Status"))
    calls = {one.call_id: one for one in await recorder.live()}
    assert set(calls) == {call.call_id, other.call_id}
    assert isinstance(calls[call.call_id], LiveCall)
    assert await recorder.still(call.call_id) == ("customer",)
    await recorder.stop(call.call_id)
    assert await recorder.still(call.call_id) == ()
    assert await recorder.still(other.call_id) == ("customer",)
