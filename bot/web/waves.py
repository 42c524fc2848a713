"""The waveform of a call, computed from its audio; loaded only when needed, since numpy takes 16 MB."""

import io
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import soundfile

_STEP = 160
_STEPS_AT_ONCE = 4096
_LONGEST_CALL = 86_400
# Below this loudest sample (-60 dB) there is only noise, which must not be blown up into speech.
_SILENT = 0.001

Levels = npt.NDArray[np.float64]


class _ReadsOn(soundfile.SoundFile):  # type: ignore[misc]  # the library has no types
    """A sound file that is read block after block, without seeking.

    After a seek, an MP3 lacks data of earlier frames: the library would decode noise, and libmpg123 would print an error to
    the terminal.
    """

    def seekable(self) -> bool:
        """Tell the library that it can't seek."""
        return False


def audio_peaks(audio: bytes, buckets: int = 600) -> list[float]:
    """Return how loud each of `buckets` equal parts of the audio is, from 0 to 1, where 1 is its loudest part.

    WAV, MP3, Ogg and FLAC; anything that can't be decoded gives an empty list. Takes about half a second for an hour of
    audio, and a few megabytes.
    """
    try:
        with _ReadsOn(io.BytesIO(audio)) as sound:
            if not 0 < sound.frames <= _LONGEST_CALL * sound.samplerate:
                return []
            levels = np.concatenate([np.zeros(0), *_loudness_levels(sound)])
    except (soundfile.SoundFileError, ValueError):
        return []
    return _scale_levels(_gather_buckets(levels, buckets)) if len(levels) else []


def _loudness_levels(sound: soundfile.SoundFile) -> Iterator[Levels]:
    """Yield the loudness (root of the mean square) of each step of a few milliseconds."""
    at_once = _STEP * max(1, _STEPS_AT_ONCE // sound.channels)
    for block in sound.blocks(blocksize=at_once, frames=sound.frames, dtype="float32", always_2d=True):
        # A decoder may make any number of a damaged file, also one that is none.
        power = np.square(np.clip(np.nan_to_num(block), -1, 1)).mean(axis=1)
        power = np.pad(power, (0, -len(power) % _STEP))
        yield np.sqrt(power.reshape(-1, _STEP).mean(axis=1))


def _gather_buckets(levels: Levels, buckets: int) -> Levels:
    """Return the loudest level in each of `buckets` equal parts."""
    gathered: Levels = np.maximum.reduceat(levels, np.arange(buckets) * len(levels) // buckets)
    return gathered


def _scale_levels(levels: Levels) -> list[float]:
    """Return the levels from 0 to 1, where 1 is the loudest; all 0 if there is only noise."""
    loudest = float(np.max(levels))
    if loudest < _SILENT:
        return [0.0] * len(levels)
    return [round(float(level), 3) for level in levels / loudest]
