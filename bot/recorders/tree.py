"""Walks a folder that others write to and opens files in it, without ever following a link or leaving it."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from bot.ports import Absent, Unavailable

MEDIA_TYPES = {
    "wav": "audio/wav",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "flac": "audio/flac",
    "m4a": "audio/mp4",
}
UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""What no database column and no log line should be given: control characters and broken Unicode."""

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
# Without O_NONBLOCK, opening a named pipe would wait for a writer for ever.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
_NOT_THERE = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.ENXIO}


class Pair(NamedTuple):
    """An audio file and, where it has one, the metadata file beside it, as they are on the disk now."""

    native_id: str
    audio: os.stat_result
    sidecar: os.stat_result | None


class Snag(NamedTuple):
    """A file or a whole `folder` that can't be used; what lies in such a folder is not known."""

    native_id: str
    sentence: str
    folder: bool = False


def walk(root: str) -> Iterator[Pair | Snag]:
    """Everything below `root`, by stat alone, one folder in memory at a time; raises `Unavailable`."""
    waiting = [""]
    while waiting:
        listing = _Listing(waiting.pop())
        try:
            listing.read(root)
        except OSError as why:
            if not (listing.prefix and isinstance(why, FileNotFoundError)):
                yield listing.unreadable(why)
            continue
        waiting.extend(sorted(listing.folders, reverse=True))
        yield from listing.found()


class _Listing:
    """What lies directly in one folder."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.folders: list[str] = []
        self._snags: list[Snag] = []
        self._audio: dict[str, os.stat_result] = {}
        self._sidecars: dict[str, os.stat_result] = {}

    def read(self, root: str) -> None:
        here = _descend(root, self.prefix.split("/") if self.prefix else [], _FOLDER)
        try:
            with os.scandir(here) as entries:
                for entry in entries:
                    self._take(entry)
        finally:
            os.close(here)

    def unreadable(self, why: OSError) -> Snag:
        if not self.prefix:
            raise Unavailable(f"The folder of recordings can't be read: {why.strerror}.") from why
        sentence = f"{self.prefix} can't be read ({why.strerror}): let the bot's account read it."
        return Snag(self.prefix, sentence, folder=True)

    def _take(self, entry: os.DirEntry[str]) -> None:
        name = f"{self.prefix}/{entry.name}".lstrip("/")
        stem, _, ending = entry.name.rpartition(".")
        if entry.name.startswith("."):
            return
        if _is_folder(entry):
            self._take_folder(name, linked=entry.is_symlink())
        elif stem and ending == "json":
            self._look(self._sidecars, name, entry)
        elif stem and ending.lower() in MEDIA_TYPES:
            self._look(self._audio, name, entry)

    def _take_folder(self, name: str, *, linked: bool) -> None:
        if UNSAFE.search(name):
            self._snags.append(Snag(printable(name), _bad_name(name), folder=True))
        elif linked:
            self._snags.append(Snag(name, f"{name} is a link: put the folder itself there.", folder=True))
        else:
            self.folders.append(name)

    def _look(self, kept: dict[str, os.stat_result], name: str, entry: os.DirEntry[str]) -> None:
        try:
            kept[name] = entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            return

    def found(self) -> Iterator[Pair | Snag]:
        yield from self._snags
        beside = {name: sidecar_of(name) for name in sorted(self._audio)}
        times = Counter(beside.values())
        for name, sidecar in beside.items():
            pair = Pair(name, self._audio[name], self._sidecars.get(sidecar))
            objection = _objection(pair, alone=times[sidecar] == 1)
            yield Snag(printable(name), objection) if objection else pair


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads in a circle
        return False


def _objection(pair: Pair, *, alone: bool) -> str:
    name = pair.native_id
    if UNSAFE.search(name):
        return _bad_name(name)
    if not stat.S_ISREG(pair.audio.st_mode):
        return f"{name} is not an ordinary file: put the audio itself there, not a link."
    if pair.audio.st_nlink > 1:
        return f"{name} stands elsewhere too, by a hard link: put a copy of its own there."
    if not alone:
        return f"{name} shares {sidecar_of(name)} with another audio file: keep one of them, or rename it."
    if pair.sidecar and not stat.S_ISREG(pair.sidecar.st_mode):
        return f"{sidecar_of(name)} is not an ordinary file: put the metadata itself there, not a link."
    if pair.sidecar and pair.sidecar.st_nlink > 1:
        return f"{sidecar_of(name)} stands elsewhere too, by a hard link: put a copy of its own there."
    return ""


def _bad_name(name: str) -> str:
    return f"{printable(name)} has characters in its name that can't be kept: rename it with plain letters."


def printable(name: str) -> str:
    """A name that can be stored and shown: what is `UNSAFE` in it is written as a code."""
    return UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", name)


def sidecar_of(native_id: str) -> str:
    """The metadata file that belongs to an audio file."""
    return f"{native_id.rpartition('.')[0]}.json"


def media_type(native_id: str) -> str:
    """The audio's media type by its name; raises `Absent` when the name is no audio file's."""
    stem, _, ending = native_id.rpartition(".")
    if stem and ending.lower() in MEDIA_TYPES:
        return MEDIA_TYPES[ending.lower()]
    raise Absent(native_id)


def open_file(root: str, native_id: str) -> int:
    """A descriptor of an ordinary file below `root`; the caller closes it. Raises `Absent` or `Unavailable`.

    Every step is opened in the one before it, so neither a link nor `..` leads anywhere, whoever writes there
    meanwhile. What has a second name elsewhere (a hard link) is no ordinary file either.
    """
    steps = native_id.split("/")
    if any(not step or step.startswith(".") or UNSAFE.search(step) for step in steps):
        raise Absent(native_id)
    try:
        found = _descend(root, steps, _FILE)
    except OSError as why:
        raise _reading(native_id, why) from why
    seen = os.fstat(found)
    if stat.S_ISREG(seen.st_mode) and seen.st_nlink <= 1:
        return found
    os.close(found)
    raise Absent(native_id)


def _reading(native_id: str, why: OSError) -> Absent | Unavailable:
    if why.errno in _NOT_THERE:
        return Absent(native_id)
    return Unavailable(f"{native_id} can't be read: {why.strerror}.")


def _descend(root: str, steps: list[str], last: int) -> int:
    here = _open_root(root)
    for left, step in zip(range(len(steps) - 1, -1, -1), steps, strict=True):
        try:
            inner = os.open(step, _FOLDER if left else last, dir_fd=here)
        finally:
            os.close(here)
        here = inner
    return here


def _open_root(root: str) -> int:
    try:
        return os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError as why:
        raise Unavailable(f"The folder {root} is not there: make it, or mend RECORDINGS_URL.") from why
    except OSError as why:
        raise Unavailable(f"The folder {root} can't be read: {why.strerror}.") from why
