"""Opens files and folders below one that others write to, without ever following a link or leaving it."""

import errno
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from typing import IO

from bot.ports import Absent, Unavailable

MEDIA_TYPES = {"wav": "audio/wav", "mp3": "audio/mpeg", "ogg": "audio/ogg", "flac": "audio/flac", "m4a": "audio/mp4"}
UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters and broken Unicode, which belong in no database column and no log line."""

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
# Without O_NONBLOCK, opening a named pipe would wait for a writer for ever.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
_NOT_THERE = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.ENXIO}


def printable_name(name: str) -> str:
    """Return a name that can be stored and shown: each `UNSAFE` character is written as a code."""
    return UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", name)


def sidecar_of(native_id: str) -> str:
    """Return the metadata file that belongs to an audio file."""
    return f"{native_id.rpartition('.')[0]}.json"


def audio_names(stem: str) -> Iterator[str]:
    """Yield all names that audio of this stem may have; asking for each is quicker than listing a million files."""
    for plain in MEDIA_TYPES:
        for ending in {"".join(signs) for signs in product(*((sign, sign.upper()) for sign in plain))}:
            yield f"{stem}.{ending}"


def media_type(native_id: str) -> str:
    """Return the audio's media type by its name; raises `Absent` if it isn't the name of an audio file."""
    stem, _, ending = native_id.rpartition(".")
    if stem and ending.lower() in MEDIA_TYPES:
        return MEDIA_TYPES[ending.lower()]
    raise Absent(native_id)


def open_file(root: str, native_id: str) -> int:
    """Return a descriptor of an ordinary file below `root`; the caller closes it. Raises `Absent` or `Unavailable`.

    Every step is opened from the one before it, so neither a link nor `..` leads elsewhere, whatever others write there
    meanwhile. A file with a second name elsewhere (a hard link) isn't an ordinary file either.
    """
    if not is_inside(native_id):
        raise Absent(native_id)
    try:
        found = descend_to(root, native_id.split("/"), _FILE)
    except OSError as why:
        raise _read_error(native_id, why) from why
    seen = os.fstat(found)
    if stat.S_ISREG(seen.st_mode) and seen.st_nlink <= 1:
        return found
    os.close(found)
    raise Absent(native_id)


@contextmanager
def open_for_reading(root: str, native_id: str) -> Iterator[IO[bytes]]:
    """Open a file below `root` for reading and close it afterwards; a disk that fails meanwhile raises `Unavailable`."""
    with os.fdopen(open_file(root, native_id), "rb") as file:
        try:
            yield file
        except OSError as why:
            raise _unreadable(native_id, why) from why


def _read_error(native_id: str, why: OSError) -> Absent | Unavailable:
    """Return `Absent` if the error says that there is no such file, else `Unavailable`."""
    return Absent(native_id) if why.errno in _NOT_THERE else _unreadable(native_id, why)


def _unreadable(native_id: str, why: OSError) -> Unavailable:
    return Unavailable(f"{native_id} can't be read: {why.strerror}.")


def is_inside(name: str) -> bool:
    """Return True if a name, from any source, can be a visible name below the root."""
    return not any(not step or step.startswith(".") or UNSAFE.search(step) for step in name.split("/"))


def names_audio(name: str) -> bool:
    """Return True if audio below the root may have this name."""
    try:
        return is_inside(name) and bool(media_type(name))
    except Absent:
        return False


def name_is_taken(root: str, native_id: str) -> bool | None:
    """Return True if anything but a folder has this name; None if that is unknown, behind a link or a closed folder."""
    above, _, last = native_id.rpartition("/")
    if not is_inside(native_id):
        return False
    try:
        here = enter_folder(root, above)
        if here is None:
            return False
        try:
            seen = stat_name(here, last)
        finally:
            os.close(here)
    except Unavailable:
        return None
    return seen is not None and not stat.S_ISDIR(seen.st_mode)


def enter_folder(root: str, folder: str) -> int | None:
    """Return a descriptor of a folder below the root; None if there is none.

    Raises `Unavailable` if the way there leads through a link or a closed folder.
    """
    here, passed = open_root(root), ""
    for step in folder.split("/") if folder else ():
        passed = f"{passed}/{step}".lstrip("/")
        try:
            inner = os.open(step, FOLDER, dir_fd=here)
        except OSError as why:
            if _is_certainly_absent(here, step):
                return None
            raise Unavailable(f"I can't enter {passed} ({why.strerror}), so I deleted nothing in it.") from why
        finally:
            os.close(here)
        here = inner
    return here


def _is_certainly_absent(here: int, step: str) -> bool:
    """Return True if it's certain that no folder has this name; behind a link there may be one."""
    seen = stat_name(here, step)
    return seen is None or not (stat.S_ISDIR(seen.st_mode) or stat.S_ISLNK(seen.st_mode))


def stat_name(here: int, name: str) -> os.stat_result | None:
    """Return the facts of a file in an open folder; None if there is none. Raises `Unavailable`."""
    try:
        return os.stat(name, dir_fd=here, follow_symlinks=False)
    except OSError as why:
        if why.errno in (errno.ENOENT, errno.ENAMETOOLONG):
            return None
        raise Unavailable(f"I can't look at {name}: {why.strerror}.") from why


def descend_to(root: str, steps: list[str], last: int = FOLDER) -> int:
    """Return a descriptor of the file or folder at this path, opened with the flags `last`; raises OSError."""
    here = open_root(root)
    for left, step in zip(range(len(steps) - 1, -1, -1), steps, strict=True):
        try:
            inner = os.open(step, FOLDER if left else last, dir_fd=here)
        finally:
            os.close(here)
        here = inner
    return here


def open_root(root: str) -> int:
    """Return a descriptor of the root; the caller closes it. Raises `Unavailable`."""
    try:
        return os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError as why:
        raise Unavailable(f"The folder {root} doesn't exist: create it, or correct RECORDINGS_URL.") from why
    except OSError as why:
        raise Unavailable(f"The folder {root} can't be read: {why.strerror}.") from why
