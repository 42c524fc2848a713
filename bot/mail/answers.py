"""What a mail server said, fit for a log: one short line without an address in it."""

from __future__ import annotations

import re
from collections.abc import Iterable

LONGEST, GONE = 300, "…"
_UNSEEN = re.compile(r"[^\x20-\x7e\xa0-\ud7ff\ue000-\uffff]+")
_ADDRESS = re.compile(r"""(?:"[^"]*"|[^\s<>()\[\],;:"']*)(?:@|%40|=40)[^\s<>()\[\],;"']*""", re.IGNORECASE)


def fit_to_keep(code: int, words: str, addresses: Iterable[str] = ()) -> str:
    """The answer in one line: its code, its words, and nothing that looks like an address or is a part of one of these."""
    line = _ADDRESS.sub(GONE, " ".join(_UNSEEN.sub(" ", words).split()))
    for part in sorted({part for one in addresses for part in one.split("@") if part}, key=len, reverse=True):
        line = re.sub(rf"(?<![A-Za-z0-9]){re.escape(part)}(?![A-Za-z0-9])", GONE, line, flags=re.IGNORECASE)
    whole = f"{code} {line}".rstrip()
    return whole if len(whole) <= LONGEST else f"{whole[: LONGEST - 1]}{GONE}"
