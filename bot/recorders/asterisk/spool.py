"""The folder in which Asterisk records, as it is seen from here: which file is meant, whether it grows, and with what."""

from __future__ import annotations

import os
from dataclasses import dataclass

from bot.ports import Absent
from bot.recorders.tree import audio_names, inside, reading

WATCHED = 2.3
"""Seconds. Asterisk writes 32,768 bytes at a time: of a .wav, 16,000 bytes a second, that is every 2.05 seconds."""
CLOCKED = "wav"
"""What a watch of that length can be relied on for; a .gsm is written every twenty seconds."""
UNHEARD = ("gsm", "ulaw", "ul", "pcm", "alaw", "al", "sln", "sln16", "raw", "wav16", "wav49", "g722", "opus")
"""Other endings that Asterisk records under; no browser plays them."""


@dataclass(frozen=True, slots=True)
class Spool:
    """`root` is the folder from here, `there` what Asterisk calls it."""

    root: str
    there: str

    def below(self, path: str) -> str:
        """A file's name below the folder, empty where it lies elsewhere; `path` may have no ending."""
        name = path.removeprefix(f"{self.there.rstrip('/')}/") if path.startswith("/") else path
        return name if inside(name) else ""

    def files(self, stem: str) -> tuple[str, ...]:
        """The files of a MixMonitor, of which Asterisk tells all but the ending."""
        name = self.below(stem)
        if not name:
            return ()
        candidates = (*audio_names(name), *(f"{name}.{one}" for one in UNHEARD))
        return tuple(one for one in candidates if self.size(one) is not None)

    def size(self, name: str) -> int | None:
        """Bytes of a file below the folder; None where there is none. Raises `Unavailable`."""
        try:
            with reading(self.root, name) as file:
                return os.fstat(file.fileno()).st_size
        except Absent:
            return None

    def sounds(self, name: str, start: int, end: int) -> bool:
        """Whether anything but exact silence was written there in between. Raises `Unavailable`."""
        try:
            with reading(self.root, name) as file:
                return any(os.pread(file.fileno(), end - start, start))
        except Absent:
            return False
