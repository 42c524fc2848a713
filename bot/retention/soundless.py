"""Recordings with a head and no sound in it: each is like any other, whoever's call it is, so none is known again by its bytes (P12)."""

from __future__ import annotations

from bot.ports import Recorder

LARGEST_HEAD = 80
"""Bytes of the largest head that a WAV file has before its first sample: 44 of PCM, 58 with a fact chunk, 80 of the extensible form."""


async def soundless(recorder: Recorder, native_id: str, size: int) -> bool:
    """Whether a telephone system wrote the head of a WAV file and nothing more; what is larger is not read. Raises `Absent` and `Unavailable`."""
    if size > LARGEST_HEAD or not native_id.lower().endswith(".wav"):
        return False
    head = await (await recorder.audio(native_id)).read(0, size)
    return head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE"
