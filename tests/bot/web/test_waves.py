"""A waveform is worked out once for everybody who waits for it, and kept by the door without an entry (P7)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from bot.ports import Absent
from bot.web.waves import LARGEST_DECODED, Waves
from storage.records import Recording
from tests.bot.web.copy_house import a_sound
from tests.offices import Office

SOUND = a_sound(1.0)


@dataclass
class Sounds:
    """Audio of a call, in memory; `gone` makes so many reads fail."""

    sound: bytes = SOUND
    gone: int = 0
    reads: list[tuple[int, int]] = field(default_factory=list)
    stamp: str = "1"
    media_type: str = "audio/wav"
    size: int = len(SOUND)

    async def read(self, start: int, end: int) -> bytes:
        self.reads.append((start, end))
        await asyncio.sleep(0)
        if len(self.reads) <= self.gone:
            raise Absent("call-1")
        return self.sound[start:end]


async def _call(office: Office) -> Recording:
    company = office.company
    [found] = await company.database.read(lambda store: store.recordings.all_of(company.calls[:1]))
    return found


async def test_however_many_wait_for_it_it_is_decoded_once(office: Office) -> None:
    """P7: five who open one player at the same moment cost one look through the audio, and each sees the same."""
    waves, audio, recording = Waves(office.company.door), Sounds(), await _call(office)
    first, *others = await asyncio.gather(*(waves.of(recording, audio) for _ in range(5)))
    assert max(first) == 1.0
    assert others == [first] * 4
    assert audio.reads == [(0, len(SOUND))]
    assert (await _call(office)).peaks == {"peaks": first}


async def test_what_is_too_large_is_not_read_at_all(office: Office) -> None:
    waves, audio = Waves(office.company.door), Sounds(size=LARGEST_DECODED + 1)
    assert await waves.of(await _call(office), audio) == []
    assert audio.reads == []


async def test_the_waveform_of_another_file_under_the_name_is_not_taken_for_its_own(office: Office) -> None:
    waves, quiet = Waves(office.company.door), Sounds(a_sound(1.0)[:44] + bytes(16_000))
    drawn = await waves.of(await _call(office), quiet)
    assert max(drawn) == 0.0
    later, other = await _call(office), Sounds()
    later.peaks, later.stamp = None, "2"
    assert max(await waves.of(later, other)) == 1.0
    assert (await _call(office)).peaks == {"peaks": drawn}
