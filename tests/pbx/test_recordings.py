"""Recordings of real calls: registered when they are over, held, erased, and looked for by another way."""

import shutil
from hashlib import sha256

import pytest

from bot.ports import Absent, Gone, LookFinished, Problem, Sighting, Sought
from bot.recorders.asterisk.recorder import AsteriskRecorder
from bot.retention.recording_sync import CallsInMemory
from tests.pbx.exchange import CALLER, Exchange

pytestmark = [pytest.mark.pbx, pytest.mark.machine_clock]  # Asterisk has the machine's clock
Found = Sighting | Problem | Gone


async def look(recorder: AsteriskRecorder, known: dict[str, str] | None = None, since: object = None) -> list[Found]:
    found = [one async for one in recorder.changes(CallsInMemory(known or {}), since)]
    assert isinstance(found[-1], LookFinished)
    return [one for one in found if not isinstance(one, LookFinished)]


def of(found: list[Found], call_id: str) -> list[Found]:
    return [one for one in found if call_id in one.native_id]


async def test_p4_a_call_is_registered_once_it_is_over(pbx: Exchange, recorder: AsteriskRecorder) -> None:
    call = pbx.call()
    assert of(await look(recorder), call.call_id) == []
    await recorder.stop(call.call_id)
    assert of(await look(recorder), call.call_id) == []
    pbx.hang_up(call)
    [found] = of(await look(recorder), call.call_id)
    assert isinstance(found, Sighting)
    assert (found.line, found.direction, found.caller, found.department, found.crm) == (
        "+61281979000", "incoming", CALLER, "customer_success", "CS-10442",
    )  # fmt: skip
    assert (found.operator_name, found.operator_email) == ("Anna Quill", "anna.quill@fernhill.example")
    assert abs(found.started.timestamp() - float(call.call_id)) < 2
    assert 0 < found.duration < 60


async def test_p12_what_is_held_is_kept_by_the_register_and_an_erased_one_is_found_nowhere(
    pbx: Exchange, recorder: AsteriskRecorder
) -> None:
    call = pbx.call()
    pbx.until(lambda: any(call.call_id in name and size > 40_000 for name, size in pbx.files().items()))
    pbx.hang_up(call)
    [one] = of(await look(recorder), call.call_id)
    assert isinstance(one, Sighting)
    await recorder.hold(one.native_id, "case 1")
    await recorder.release(one.native_id, "case 1")
    audio = await recorder.audio(one.native_id)
    wanted = Sought(one.native_id, one.size, sha256(await audio.read(0, audio.size)).hexdigest())
    copy = pbx.spool / "elsewhere.bin"
    shutil.copy(pbx.spool / one.native_id, copy)
    found = await recorder.look([wanted])
    assert set(found[one.native_id]) == {one.native_id, "elsewhere.bin", f"a line of {pbx.cdr}"}
    await recorder.delete(one.native_id, one.stamp)
    assert await recorder.look([wanted]) == {one.native_id: ("elsewhere.bin",)}
    copy.unlink()
    assert await recorder.look([wanted]) == {one.native_id: ()}
    assert one.native_id not in pbx.cdr.read_text()
    with pytest.raises(Absent):
        await recorder.audio(one.native_id)
    assert of(await look(recorder, {one.native_id: one.stamp}), one.native_id) == [Gone(one.native_id)]
