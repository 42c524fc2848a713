"""The registry of call recording systems: one line each, from an address's scheme to what opens it."""

from __future__ import annotations

from collections.abc import Callable

from bot.ports import Recorder
from bot.recorders.asterisk.recorder import AsteriskRecorder
from bot.recorders.folder import FolderRecorder

RECORDERS: dict[str, Callable[[str], Recorder]] = {"asterisk": AsteriskRecorder.at, "file": FolderRecorder.at}


def open_recorder(url: str) -> Recorder:
    """The call recording system at an address such as `file:///srv/calls`; ValueError says what to mend."""
    scheme, colon, _ = url.partition(":")
    if not colon:
        raise ValueError(f"RECORDINGS_URL has no scheme. Write it like file:///srv/calls, not {url!r}.")
    if scheme.lower() not in RECORDERS:
        raise ValueError(f"RECORDINGS_URL begins with {scheme!r}. Known are: {', '.join(sorted(RECORDERS))}.")
    return RECORDERS[scheme.lower()](url)
