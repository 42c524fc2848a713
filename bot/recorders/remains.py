"""Finds what is left of recordings in a folder: by their names, by what writers make of them, and by what is in a file."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

from bot.ports import Sought, Unavailable
from bot.recorders.passage import Entry, Passage, Place
from bot.recorders.tree import MEDIA_TYPES, audio_names, printable, sidecar_of

_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
_NO_LONGER = {errno.ENOENT, errno.ELOOP, errno.ENXIO}
Ids = dict[str, set[str]]


def remains(root: str, sought: Collection[Sought], ours: Place = ()) -> Mapping[str, tuple[str, ...]]:
    """Names below `root`, by native id, of what is left of each recording; one way through the folder for all of them.

    Left is whatever has the name of the audio or of its metadata; what a writer makes of these names for a while
    (`.one.mp3.new`, `one.mp3.part`, `.partial/one.mp3`); every file of the same size and SHA-256; and a link on the way to
    it, behind which it may lie. A root with nothing in it is believed where it is the folder `ours` (device, inode). Raises `Unavailable` where anything could not be looked at.
    """
    if not sought:
        return {}
    traces = _Traces(sought)
    for entry in Passage(root, ours).entries():
        traces.look_at(entry)
    return traces.left()


class _Traces:
    def __init__(self, sought: Collection[Sought]) -> None:
        self._found: Ids = {one.native_id: set() for one in sought}
        self._named: dict[str, Ids] = defaultdict(lambda: defaultdict(set))
        self._heard: dict[int, Ids] = defaultdict(lambda: defaultdict(set))
        self._below: Ids = defaultdict(set)
        for one in sought:
            self._seek(one)

    def _seek(self, one: Sought) -> None:
        above, _, name = one.native_id.rpartition("/")
        for its in (name, sidecar_of(name)):
            self._named[above][its].add(one.native_id)
        if one.size and one.audio:
            self._heard[one.size][one.audio.lower()].add(one.native_id)
        while above:
            self._below[above].add(one.native_id)
            above = above.rpartition("/")[0]

    def left(self) -> Mapping[str, tuple[str, ...]]:
        """What was found of each, in names that can be shown."""
        return {native_id: tuple(sorted(map(printable, names))) for native_id, names in self._found.items()}

    def look_at(self, entry: Entry) -> None:
        """Whether this belongs to one of them."""
        whose = self._by_name(entry) | self._by_content(entry)
        if stat.S_ISLNK(entry.seen.st_mode):
            whose |= self._below.get(entry.path, set())
        for native_id in whose:
            self._found[native_id].add(entry.path)

    def _by_name(self, entry: Entry) -> set[str]:
        visible, hidden = _visible(entry.folder)
        named = self._named.get(visible)
        if not named:
            return set()
        found = {native_id for bare in _bare(entry.name) for native_id in named.get(bare, ())}
        return named.get(entry.name, set()) if found and not hidden and _another(entry) else found

    def _by_content(self, entry: Entry) -> set[str]:
        heard = self._heard.get(entry.seen.st_size)
        return heard.get(_digest(entry), set()) if heard and stat.S_ISREG(entry.seen.st_mode) else set()


def _visible(folder: str) -> tuple[str, bool]:
    """The folder that a hidden one stands in, since `calls/.partial` is for what `calls` is to hold; whether it is one."""
    steps = folder.split("/")
    hidden = next((number for number, step in enumerate(steps) if step.startswith(".")), None)
    return (folder, False) if hidden is None else ("/".join(steps[:hidden]), True)


def _bare(name: str) -> Iterator[str]:
    """All that a name may have been made of, by signs before it and whatever after a sign: `.one.mp3.7aQ` of `one.mp3`."""
    signs = next((number for number, sign in enumerate(name) if sign.isalnum()), len(name))
    ends = [number for number, sign in enumerate(name) if not sign.isalnum()]
    for start in range(signs + 1):
        yield from (name[start:end] for end in (*ends, len(name)) if end > start)


def _another(entry: Entry) -> bool:
    """Whether it is a recording of its own, or the metadata of one: `one.mp3.wav` is nothing of `one.mp3`."""
    stem, _, ending = entry.name.rpartition(".")
    if entry.name.startswith("."):
        return False
    return ending.lower() in MEDIA_TYPES or (
        ending == "json" and any(_stands(entry.here, n) for n in audio_names(stem))
    )


def _stands(here: int, name: str) -> bool:
    try:
        os.stat(name, dir_fd=here, follow_symlinks=False)
    except OSError:
        return False
    return True


def _digest(entry: Entry) -> str:
    """The SHA-256 in hex, empty where the file has gone meanwhile; raises `Unavailable`."""
    try:
        with os.fdopen(os.open(entry.name, _FILE, dir_fd=entry.here), "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as why:
        if why.errno in _NO_LONGER:
            return ""
        raise Unavailable(f"{printable(entry.path)} can't be read: {why.strerror}.") from why
