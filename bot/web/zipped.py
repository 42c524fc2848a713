"""Several calls as one ZIP, made while it is sent: its length is known beforehand, and never is more of it held than a piece."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from bot.ports import Audio, Changed

PIECE = 64 * 1024  # bytes that are read at once
DIGEST = 64  # letters of a SHA-256
# PKWARE's APPNOTE, 4.3: a local header, what follows data of which it was not known, an entry of the list of contents, the end
_HEADER, _AFTER, _AFTER_LARGE, _LISTED, _END, _END_LARGE = 30, 16, 24, 46, 22, 76
_LARGE_HEADER, _EACH = 20, 8


@dataclass(frozen=True, slots=True)
class Packed:
    """A file in a ZIP: its name there (ASCII), its audio, and when the call began, as the clock on the wall told it."""

    name: str
    audio: Audio
    at: datetime


class Zip:
    """A ZIP as an `Audio` that is read once, from its start to its end; after the files comes what `note` says of them.

    `note` is given the SHA-256 of each file, by name, and always takes the same room. Reading raises as the files' audio does.
    """

    media_type = "application/zip"

    def __init__(
        self, files: Sequence[Packed], note: tuple[str, Callable[[Mapping[str, str]], bytes]], now: datetime
    ) -> None:
        self.files, self.note, self.now = files, note, now
        sizes = [(one.name, one.audio.size) for one in files]
        self.size = length([*sizes, (note[0], len(note[1]({one.name: "0" * DIGEST for one in files})))])
        self.stamp = ""
        self._pieces, self._rest, self._at = self._made(), bytearray(), 0

    async def read(self, start: int, end: int) -> bytes:
        """The next bytes, from where the last ones ended; ValueError for any others."""
        if start != self._at:
            raise ValueError(f"{start} is not where the last part ended")
        while len(self._rest) < end - start:
            piece = await anext(self._pieces, None)
            if piece is None:
                break
            self._rest += piece
        found = bytes(self._rest[: end - start])
        del self._rest[: end - start]
        self._at += len(found)
        return found

    async def close(self) -> None:
        """Nothing more is read."""
        await self._pieces.aclose()
        self._rest.clear()

    async def _made(self) -> AsyncGenerator[bytes, None]:
        sink, digests = _Sink(), dict[str, str]()
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as made:
            for one in self.files:
                digest = sha256()
                with made.open(_told(one.name, one.at), "w", force_zip64=_large(one.audio.size)) as entry:
                    for start in range(0, one.audio.size, PIECE):
                        data = await one.audio.read(start, min(start + PIECE, one.audio.size))
                        digest.update(data)
                        entry.write(data)
                        yield sink.taken()
                digests[one.name] = digest.hexdigest()
            note = self.note[1](digests)
            with made.open(_told(self.note[0], self.now), "w", force_zip64=_large(len(note))) as entry:
                entry.write(note)
        if sink.passed != self.size:
            raise Changed(self.note[0])
        yield sink.taken()


def length(files: Sequence[tuple[str, int]]) -> int:
    """How many bytes a ZIP takes of files of these names and sizes that are stored as they come (APPNOTE, 4.3 and 4.5.3)."""
    at = listed = 0
    for name, size in files:
        large = _large(size)
        wide = 2 * large + _large(at)
        listed += _LISTED + len(name) + (4 + _EACH * wide if wide else 0)
        at += _HEADER + len(name) + size + (_LARGE_HEADER + _AFTER_LARGE if large else _AFTER)
    return at + listed + _END + (_END_LARGE if _large(at) or _large(listed) else 0)


def _large(size: int) -> bool:
    return size > zipfile.ZIP64_LIMIT


def _told(name: str, at: datetime) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, at.timetuple()[:6])
    info.external_attr = 0o644 << 16
    return info


class _Sink(io.RawIOBase):
    """Takes what is written, until it is taken away."""

    def __init__(self) -> None:
        super().__init__()
        self._kept, self.passed = bytearray(), 0

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        some = bytes(data)  # type: ignore[call-overload]  # anything that holds bytes
        self._kept += some
        self.passed += len(some)
        return len(some)

    def taken(self) -> bytes:
        found = bytes(self._kept)
        self._kept.clear()
        return found
