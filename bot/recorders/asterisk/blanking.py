"""Takes what a CDR line says of a recording out of the file: the one place that writes there, and only over what stands there."""

from __future__ import annotations

import os
import re
from pathlib import Path

from bot.ports import Unavailable
from bot.recorders.asterisk.rows import Place, columns, files
from bot.recorders.asterisk.spool import Spool


def blank(path: Path, place: Place, native_ids: frozenset[str], spool: Spool) -> None:
    """Overwrite the names of a recording in one line, and all of the line where it names no other; on the disk when it returns.

    In place and as long as before, since Asterisk appends meanwhile. Raises `Unavailable`.
    """
    try:
        file = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as why:
        raise Unavailable(f"{path} can't be written ({why.strerror}), and a line in it names what was erased.") from why
    try:
        line = os.pread(file, place.length, place.start)
        os.pwrite(file, _without(line, native_ids, spool), place.start)
        os.fsync(file)
    except OSError as why:
        raise Unavailable(f"{path} can't be written: {why.strerror}.") from why
    finally:
        os.close(file)


def _without(line: bytes, native_ids: frozenset[str], spool: Spool) -> bytes:
    named = files(columns(line), spool.below)
    if not set(named) & native_ids:
        return line
    if set(named) <= native_ids:
        return re.sub(rb"[^\r\n]", b"-", line)
    for name in native_ids:
        for told in (f"{spool.there.rstrip('/')}/{name}".encode(), name.encode()):
            line = re.sub(rb'(?<=["|])' + re.escape(told) + rb'(?=["|])', b" " * len(told), line)
    return line
