"""Several calls as one ZIP, made while it is sent, of a length that is known beforehand (P8)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from bot.ports import Absent, Changed
from bot.web.zipped import PIECE, Packed, Zip
from tests.each import each
from tests.moments import NOW

AT = datetime(2026, 11, 24, 14, 0, 7, tzinfo=UTC)


@dataclass
class Sound:
    """Audio in memory; `told` is the size that it says it has."""

    data: bytes
    told: int = -1
    media_type: str = "audio/wav"
    stamp: str = ""

    @property
    def size(self) -> int:
        return self.told if self.told >= 0 else len(self.data)

    async def read(self, start: int, end: int) -> bytes:
        if not self.data:
            raise Absent("gone")
        return self.data[start:end]


def note(digests: Mapping[str, str]) -> bytes:
    return "".join(f"{digest} {name}\n" for name, digest in digests.items()).encode()


def packed(*sounds: Sound) -> Zip:
    files = [Packed(f"call-{number}.wav", sound, AT) for number, sound in enumerate(sounds, 1)]
    return Zip(files, ("calls.txt", note), NOW)


async def whole(made: Zip, step: int) -> bytes:
    """As a stream reads it, so many bytes at once."""
    found = bytearray()
    for start in range(0, made.size, step):
        found += await made.read(start, min(start + step, made.size))
    return bytes(found)


SOUNDS = (Sound(b"RIFF" + bytes(3 * PIECE)), Sound(b"x"), Sound(bytes(range(256)) * 300))


@each("step", [1000, PIECE, 10**9])
@each("limit", [zipfile.ZIP64_LIMIT, 200_000, 1000, 0])
async def test_p8_it_is_whole_and_as_long_as_was_told(monkeypatch: pytest.MonkeyPatch, limit: int, step: int) -> None:
    """With a limit of some bytes for what a plain ZIP can hold, as two gigabytes are for real."""
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", limit)
    made = packed(*SOUNDS)
    body = await whole(made, step)
    assert len(body) == made.size
    with zipfile.ZipFile(io.BytesIO(body)) as read:
        assert read.testzip() is None
        assert [read.read(f"call-{number}.wav") for number in (1, 2, 3)] == [one.data for one in SOUNDS]
        assert {one.compress_type for one in read.infolist()} == {zipfile.ZIP_STORED}
        assert read.getinfo("call-1.wav").date_time == (2026, 11, 24, 14, 0, 6)  # a ZIP counts in steps of two seconds
        assert read.getinfo("call-1.wav").external_attr >> 16 == 0o644
        told = read.read("calls.txt").decode()
    assert told == "".join(
        f"{sha256(one.data).hexdigest()} call-{number}.wav\n" for number, one in enumerate(SOUNDS, 1)
    )


async def test_p8_never_more_of_it_is_held_than_a_piece() -> None:
    made = packed(Sound(bytes(40 * PIECE)), Sound(bytes(40 * PIECE)))
    for start in range(0, made.size, PIECE):
        await made.read(start, min(start + PIECE, made.size))
        assert len(made._rest) <= 2 * PIECE


@each("told", [PIECE, 10 * PIECE])
async def test_p8_a_file_of_another_size_than_was_told_spoils_it(told: int) -> None:
    made = packed(Sound(bytes(3 * PIECE), told), Sound(b"x"))
    if told > 3 * PIECE:
        with pytest.raises(Changed):
            await whole(made, PIECE)
    else:
        assert len(await whole(made, PIECE)) == made.size  # only what was told of it is read
