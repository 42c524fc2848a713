"""The call recording system that is a folder: audio files, each with a metadata file beside it."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

from bot.ports import Absent, Changed, Gone, Problem, Sighting, Unavailable
from bot.recorders import sidecar
from bot.recorders.tree import Pair, Snag, media_type, open_file, sidecar_of, walk
from storage.private import open_to_everybody

Finding = Sighting | Problem | Gone

_BATCH = 256
# An unmounted disk shows as an empty folder; that many recordings don't vanish by themselves.
_TOO_MANY_GONE = 10


class FolderRecorder:
    """Reads `x.mp3` (or .wav, .ogg, .flac, .m4a) with `x.json` beside it, in a folder and those below it.

    A recording's native id is its audio file's path below the folder, with slashes. Links are not followed.
    Names that begin with a dot are passed over, so a file is best written under one and then renamed.
    A `Problem` is told at each look until it is mended; its file is read again only when it has changed.
    """

    def __init__(self, root: str | os.PathLike[str], departments: Collection[str] = sidecar.DEPARTMENTS) -> None:
        self._root = str(Path(root).absolute())
        self._departments = departments
        self._flawed: dict[str, tuple[str, str]] = {}

    @classmethod
    def at(cls, url: str) -> Self:
        """The folder at `file:///srv/calls` or, from the working directory, `file:calls`; else ValueError."""
        parts = urlsplit(url)
        if parts.netloc not in ("", "localhost"):
            raise ValueError(f"{url} names another machine. Write three slashes, as in file:///srv/calls.")
        if parts.query or parts.fragment:
            raise ValueError(f"{url} has a ? or # in it. Write %3F for ? and %23 for #.")
        if not parts.path:
            raise ValueError(f"{url} names no folder. Write one, as in file:///srv/calls.")
        return cls(unquote(parts.path))

    async def changes(self, known: Mapping[str, str]) -> AsyncIterator[Finding]:
        """What is new, changed or gone; raises `Unavailable`. Unchanged files are looked at, not opened."""
        findings = self._findings(dict(known))
        while batch := await asyncio.to_thread(_some, findings):
            for finding in batch:
                yield finding

    async def audio(self, native_id: str) -> FolderAudio:
        return await asyncio.to_thread(FolderAudio.open, self._root, native_id)

    async def check(self) -> str:
        return await asyncio.to_thread(self._counted)

    def _findings(self, known: dict[str, str]) -> Iterator[Finding]:
        unseen = dict(known)
        unread: list[str] = []
        flawed: dict[str, tuple[str, str]] = {}
        empty = True
        for found in walk(self._root):
            empty = False
            unseen.pop(found.native_id, None)
            if isinstance(found, Pair):
                yield from self._judged(found, known, flawed)
            else:
                yield Problem(found.native_id, found.sentence)
                unread += [f"{found.native_id}/"] if found.folder else []
        self._flawed = flawed
        if empty and len(known) >= _TOO_MANY_GONE:
            raise Unavailable(f"{self._root} is empty but held {len(known):,} recordings: is its disk mounted?")
        yield from (Gone(native_id) for native_id in unseen if not native_id.startswith(tuple(unread)))

    def _judged(
        self, pair: Pair, known: Mapping[str, str], flawed: dict[str, tuple[str, str]]
    ) -> Iterator[Sighting | Problem]:
        name, stamp = pair.native_id, _stamp(pair)
        if known.get(name) == stamp:
            return
        before, sentence = self._flawed.get(name, ("", ""))
        try:
            found = Problem(name, sentence) if before == stamp else self._read(pair, stamp)
        except (Absent, Unavailable):
            # Not remembered: it may open next time though nothing has changed on the disk.
            yield Problem(name, f"{sidecar_of(name)} can't be read by the bot's account.")
            return
        if isinstance(found, Problem):
            flawed[name] = stamp, found.sentence
        yield found

    def _read(self, pair: Pair, stamp: str) -> Sighting | Problem:
        name = pair.native_id
        if pair.sidecar is None:
            return Problem(name, f"{name} has no metadata file beside it: add {sidecar_of(name)}.")
        if not pair.audio.st_size:
            return Problem(name, f"{name} is empty: put the whole audio there.")
        file = sidecar.AudioFile(name, media_type(name), pair.audio.st_size, stamp)
        try:
            return sidecar.sighting(file, _content(self._root, sidecar_of(name)), self._departments)
        except sidecar.MetadataError as flaw:
            return Problem(name, str(flaw))

    def _counted(self) -> str:
        if Path(self._root).is_dir() and open_to_everybody(Path(self._root)):
            told = f"everybody on this machine can read the recordings in {self._root}"
            raise Unavailable(f"{told}. Mend that with: chmod o-rwx {self._root}")
        audio = beside = odd = 0
        for found in walk(self._root):
            audio += isinstance(found, Pair)
            beside += isinstance(found, Pair) and found.sidecar is not None
            odd += isinstance(found, Snag)
        more = f", and {odd:,} that can't be used" if odd else ""
        return f"The folder {self._root} holds {audio:,} audio files, {beside:,} of them with metadata{more}."


@dataclass(slots=True)
class FolderAudio:
    """One audio file, opened anew for each read, so that neither an erased one nor another one is heard in its place."""

    root: str
    native_id: str
    media_type: str
    size: int
    stamp: str
    seen: tuple[int, ...]

    @classmethod
    def open(cls, root: str, native_id: str) -> Self:
        kind = media_type(native_id)
        audio = _stat(root, native_id)
        stamp = _stamp(Pair(native_id, audio, _beside(root, native_id)))
        return cls(root, native_id, kind, audio.st_size, stamp, _seen(audio))

    async def read(self, start: int, end: int) -> bytes:
        """Bytes from `start` up to `end`, which may lie past the last; ValueError when it is no range.

        Raises `Absent` once the file has gone, `Changed` once anything was written there.
        """
        if not 0 <= start <= end:
            raise ValueError(f"{start} to {end} is no range of bytes")
        return await asyncio.to_thread(self._read, start, min(end, self.size))

    def _read(self, start: int, end: int) -> bytes:
        with os.fdopen(open_file(self.root, self.native_id), "rb") as file:
            file.seek(start)
            found = file.read(max(0, end - start))
            # After the read, so that what was written during it counts.
            if _seen(os.fstat(file.fileno())) != self.seen:
                raise Changed(self.native_id)
        return found


def _some(findings: Iterator[Finding]) -> list[Finding]:
    return list(islice(findings, _BATCH))


def _content(root: str, native_id: str) -> bytes:
    with os.fdopen(open_file(root, native_id), "rb") as file:
        return file.read(sidecar.MOST_BYTES + 1)


def _stat(root: str, native_id: str) -> os.stat_result:
    file = open_file(root, native_id)
    try:
        return os.fstat(file)
    finally:
        os.close(file)


def _beside(root: str, native_id: str) -> os.stat_result | None:
    try:
        return _stat(root, sidecar_of(native_id))
    except Absent:
        return None


def _seen(file: os.stat_result) -> tuple[int, ...]:
    # The inode betrays a file renamed over another, the change time one whose mtime was set back.
    return file.st_size, file.st_mtime_ns, file.st_ctime_ns, file.st_ino


def _stamp(pair: Pair) -> str:
    seen = [_seen(one) for one in (pair.audio, pair.sidecar) if one]
    return hashlib.blake2b(repr(seen).encode(), digest_size=16).hexdigest()
