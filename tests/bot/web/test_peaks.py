"""The waveform: right where it is loud, honest where it is silent, and empty for what is no audio."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.web.peaks import peaks
from tests.each import each

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
    found = peaks(encoded(SPEECH, kind), 40)
    assert len(found) == 40
    middles = [found[number] for number in (5, 15, 25, 35)]
    assert middles == pytest.approx([0.5, 0, 1, 0], abs=0.05)


def test_a_sound_in_one_channel_only_counts() -> None:
    both = np.stack([tone(1, 0), tone(1, 0.5)], axis=1)
    assert min(peaks(encoded(both), 10)) > 0.9


@each("audio", [b"", b"no audio at all", b"RIFF\x00\x00\x00\x00WAVE", encoded(tone(0, 1))])
def test_what_cannot_be_decoded_has_no_peaks(audio: bytes) -> None:
    assert peaks(audio) == []


@given(cut=st.integers(0, 4000), kind=st.sampled_from(["WAV", "MP3", "OGG", "FLAC"]), junk=st.binary(max_size=64))
@settings(deadline=None)
def test_broken_audio_never_raises(cut: int, kind: str, junk: bytes) -> None:
    found = peaks(encoded(tone(0.5, 0.5), kind)[:cut] + junk, 50)
    assert len(found) in (0, 50)
    assert all(0 <= level <= 1 for level in found)
