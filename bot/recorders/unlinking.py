"""Takes a recording's two files out of the folder: the one place that deletes what others keep."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress

from bot.ports import Absent, Changed, Unavailable
from bot.recorders.listing import identity
from bot.recorders.listing import stamp as stamp_of
from bot.recorders.stamps import changed, parts, refuse_another
from bot.recorders.tree import FOLDER, audio_names, inside, media_type, open_root, sidecar_of


def unlink_recording(root: str, native_id: str, stamp: str) -> bool:
    """Take away the audio, then the metadata beside it; what is not there is fine, and a name that is no audio's, too.

    Answers whether the audio was there.

    Raises `Changed` where one of the two is another file than that of the stamp, and takes nothing then. Raises
    `Unavailable` where one has to stay, and says why: it is no ordinary file any more (a link, a folder), it stands
    elsewhere by a hard link, or the metadata is another audio file's as well. What is left then can be found by its name;
    nothing else is touched. Done twice it is done once.
    """
    if not _names_audio(native_id):
        return False
    above, _, name = native_id.rpartition("/")
    here = _enter(root, above)
    if here is None:
        return False
    try:
        both = name, sidecar_of(name)
        refuse_another(native_id, stamp, *(_identity(here, one) for one in both))
        _refuse_rewritten(here, native_id, stamp)
        audio, sidecar = parts(stamp)
        # The audio first: a crash between the two leaves words without sound, never sound that nothing describes.
        was_there = _unlink(here, above, name, audio)
        others = _beside(here, name) if _seen(here, sidecar_of(name)) else []
        if others:
            raise Unavailable(
                f"{_path(above, sidecar_of(name))} is also that of {others[0]}, so it was left: keep one of them, or rename it."
            )
        with suppress(Changed):  # it came with another recording since it was compared
            _unlink(here, above, sidecar_of(name), sidecar)
        return was_there
    finally:
        os.close(here)


def _names_audio(native_id: str) -> bool:
    try:
        return inside(native_id) and bool(media_type(native_id))
    except Absent:
        return False


def _enter(root: str, folder: str) -> int | None:
    """A descriptor of a folder below the root, None where there is none; raises `Unavailable` behind links and doors."""
    here, passed = open_root(root), ""
    for step in folder.split("/") if folder else ():
        passed = _path(passed, step)
        try:
            inner = os.open(step, FOLDER, dir_fd=here)
        except OSError as why:
            if _surely_none(here, step):
                return None
            raise Unavailable(f"{passed} can't be entered ({why.strerror}), so nothing in it was deleted.") from why
        finally:
            os.close(here)
        here = inner
    return here


def _surely_none(here: int, step: str) -> bool:
    """Whether no folder has this name; not so for a link, behind which anything may lie."""
    seen = _seen(here, step)
    return seen is None or not (stat.S_ISDIR(seen.st_mode) or stat.S_ISLNK(seen.st_mode))


def _seen(here: int, name: str) -> os.stat_result | None:
    try:
        return os.stat(name, dir_fd=here, follow_symlinks=False)
    except OSError as why:
        if why.errno in (errno.ENOENT, errno.ENAMETOOLONG):
            return None
        raise Unavailable(f"{name} can't be looked at: {why.strerror}.") from why


def _identity(here: int, name: str) -> str:
    """Which ordinary file has this name; empty where none has."""
    found = _seen(here, name)
    return identity(found) if found and stat.S_ISREG(found.st_mode) else ""


def _refuse_rewritten(here: int, native_id: str, stamp: str) -> None:
    """Raise `Changed` where something was written in place, at the same length and with the date set back: only the disk's own time tells.

    What a crash left of the two has lost that time; links and what stands elsewhere too are left anyway.
    """
    name = native_id.rpartition("/")[2]
    audio, sidecar = _seen(here, name), _seen(here, sidecar_of(name))
    plain = all(stat.S_ISREG(one.st_mode) and one.st_nlink == 1 for one in (audio, sidecar) if one)
    if (
        audio
        and plain
        and bool(sidecar) == bool(parts(stamp)[1])
        and changed(stamp_of(audio, sidecar)) != changed(stamp)
    ):
        raise Changed(native_id)


def _unlink(here: int, folder: str, name: str, wanted: str) -> bool:
    path = _path(folder, name)
    found = _seen(here, name)
    if found and not stat.S_ISREG(found.st_mode):
        raise Unavailable(f"{path} is not an ordinary file, so it was left: take it away by hand.")
    if found and found.st_nlink > 1:
        raise Unavailable(f"{path} stands elsewhere too, by a hard link, so it was left: take that one away first.")
    if found and identity(found) != wanted:
        raise Changed(path)
    try:
        if found:
            os.unlink(name, dir_fd=here)
        was_there = found is not None
    except FileNotFoundError:
        was_there = False
    except OSError as why:
        raise Unavailable(f"{path} can't be deleted: {why.strerror}.") from why
    _settle(here, path)
    return was_there


def _settle(here: int, path: str) -> None:
    """Have the disk keep that the name has gone, also through a power cut."""
    try:
        os.fsync(here)
    except OSError as why:
        if why.errno != errno.EINVAL:  # some file systems offer none for folders; then their own word has to do
            raise Unavailable(f"The disk doesn't confirm that {path} was deleted: {why.strerror}.") from why


def _beside(here: int, name: str) -> list[str]:
    """Other audio files that share this one's metadata."""
    return [one for one in audio_names(name.rpartition(".")[0]) if one != name and _seen(here, one)]


def _path(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
