"""The waveform of a call: worked out once, and loud and silent parts told apart."""

import asyncio
import io
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from bot.ports import Absent
from bot.rehearsal.calls import AUDIO
from bot.web.listening import Waves
from bot.web.waves import audio_peaks
from storage.records import Recording
from tests.bot.web.copy_house import a_sound
from tests.each import each
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
    first, *others = await asyncio.gather(*(waves.peaks_of(recording, audio) for _ in range(5)))
    assert max(first) == 1.0
    assert others == [first] * 4
    assert audio.reads == [(0, len(SOUND))]
    assert (await _call(office)).peaks == {"peaks": first}


async def test_the_waveform_of_another_file_under_the_name_is_not_taken_for_its_own(office: Office) -> None:
    waves, quiet = Waves(office.company.door), Sounds(a_sound(1.0)[:44] + bytes(16_000))
    drawn = await waves.peaks_of(await _call(office), quiet)
    assert max(drawn) == 0.0
    later, other = await _call(office), Sounds()
    later.peaks, later.stamp = None, "2"
    assert max(await waves.peaks_of(later, other)) == 1.0
    assert (await _call(office)).peaks == {"peaks": drawn}


RATE = 16_000
Samples = npt.NDArray[np.float64]


def tone(seconds: float, loudness: float) -> Samples:
    return loudness * np.sin(2 * np.pi * 440 * np.arange(int(seconds * RATE)) / RATE)


def encoded(samples: Samples, kind: str = "WAV", **more: str) -> bytes:
    target = io.BytesIO()
    soundfile.write(target, samples, RATE, format=kind, **more)
    return target.getvalue()


SPEECH = np.concatenate([tone(1, 0.4), tone(1, 0), tone(1, 0.8), tone(1, 0)])


@each("kind", ["WAV", "MP3", "OGG", "FLAC"])
def test_loud_and_silent_parts_are_told_apart(kind: str) -> None:
    found = audio_peaks(encoded(SPEECH, kind), 40)
    assert len(found) == 40
    middles = [found[number] for number in (5, 15, 25, 35)]
    assert middles == pytest.approx([0.5, 0, 1, 0], abs=0.05)


def test_an_mp3_is_decoded_without_a_complaint_in_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    assert len(audio_peaks((AUDIO / "first-test-call.mp3").read_bytes())) == 600
    assert capfd.readouterr().err == ""


@each("audio", [b"", b"no audio at all", b"RIFF\x00\x00\x00\x00WAVE", encoded(tone(0, 1))])
def test_what_cannot_be_decoded_has_no_peaks(audio: bytes) -> None:
    assert audio_peaks(audio) == []
