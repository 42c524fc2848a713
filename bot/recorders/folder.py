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

from bot.ports import Absent, Gone, Problem, Sighting, Unavailable
from bot.recorders import sidecar
from bot.recorders.tree import Pair, Snag, media_type, open_file, sidecar_of, walk

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
        audio = beside = odd = 0
        for found in walk(self._root):
            audio += isinstance(found, Pair)
            beside += isinstance(found, Pair) and found.sidecar is not None
            odd += isinstance(found, Snag)
        more = f", and {odd:,} that can't be used" if odd else ""
        return f"The folder {self._root} holds {audio:,} audio files, {beside:,} of them with metadata{more}."


@dataclass(slots=True)
class FolderAudio:
    """One audio file, opened anew for each read, so that an erased one can't be heard any longer."""

    root: str
    native_id: str
    media_type: str
    size: int

    @classmethod
    def open(cls, root: str, native_id: str) -> Self:
        kind = media_type(native_id)
        file = open_file(root, native_id)
        try:
            return cls(root, native_id, kind, os.fstat(file).st_size)
        finally:
            os.close(file)

    async def read(self, start: int, end: int) -> bytes:
        """Bytes from `start` up to `end`, which may lie past the last; ValueError when it is no range.

        Raises `Absent` once the file has gone, `Unavailable` when it is cut short.
        """
        if not 0 <= start <= end:
            raise ValueError(f"{start} to {end} is no range of bytes")
        wanted = min(end, self.size)
        found = await asyncio.to_thread(_content, self.root, self.native_id, start, wanted)
        if len(found) < wanted - start:
            raise Unavailable(f"{self.native_id} has become shorter since it was opened.")
        return found


def _some(findings: Iterator[Finding]) -> list[Finding]:
    return list(islice(findings, _BATCH))


def _content(root: str, native_id: str, start: int = 0, end: int = sidecar.MOST_BYTES + 1) -> bytes:
    with os.fdopen(open_file(root, native_id), "rb") as file:
        file.seek(start)
        return file.read(max(0, end - start))


def _stamp(pair: Pair) -> str:
    # The inode betrays a file renamed over another, the change time one whose mtime was set back.
    seen = [(s.st_size, s.st_mtime_ns, s.st_ctime_ns, s.st_ino) for s in (pair.audio, pair.sidecar) if s]
    return hashlib.blake2b(repr(seen).encode(), digest_size=16).hexdigest()
