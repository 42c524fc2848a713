"""P12: a call of which nothing but the metadata file was deleted is erased at its moment all the same."""

from pathlib import Path

import pytest

from bot.journal import Marks
from bot.recorders import open_recorder
from bot.retention.erasing import Erasing
from bot.retention.recording_sync import RecordingSync
from tests.erasing import newest_erasure
from tests.handlers.builders import Company
from tests.moments import NOW
from tests.stories.house import sample_calls

pytestmark = pytest.mark.usefixtures("written_when_they_began")


@pytest.mark.parametrize(("other", "state"), [(b"", "erased"), (b"another call's audio", "closed")])
async def test_p12_at_its_moment_unless_the_audio_is_another(
    company: Company, tmp_path: Path, other: bytes, state: str
) -> None:
    calls = tmp_path / "calls"
    sample_calls(calls, NOW, 2)
    recorder = open_recorder(f"file://{calls}")
    sync = RecordingSync(company.door, recorder, "folder")
    await sync.sync()
    one = (await company.database.read(lambda store: store.recordings.known("folder", ["call-0.wav"])))["call-0.wav"]
    assert one.erase_at is not None
    company.clock.now = one.erase_at
    (calls / "call-0.json").unlink()
    if other:
        (calls / "call-0.wav").write_bytes(other)
    await Erasing(company.door, recorder, "folder", Marks(bytes(range(32)))).tick()
    erasure = await company.database.read(lambda store: newest_erasure(store, one.id))
    assert erasure is not None
    assert erasure.state == state
    assert (calls / "call-0.wav").exists() == bool(other)
