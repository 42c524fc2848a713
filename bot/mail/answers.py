"""What a mail server said, fit for a log: one short line that names nobody."""

from __future__ import annotations

import re

LONGEST, GONE = 300, "…"
_UNSEEN = re.compile(r"[^\x20-\x7e\xa0-\ud7ff\ue000-\uffff]+")
_ADDRESS = re.compile(r"""(?:"[^"]*"|[^\s<>()\[\],;:"']*)(?:@|%40|=40)[^\s<>()\[\],;"']*""", re.IGNORECASE)
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b", re.ASCII)
_QUEUED = re.compile(
    r"\bqueued as [0-9A-Za-z.-]{4,40}\b|\bid=[0-9A-Za-z.-]{4,40}\b|\b\d{9,12} [0-9a-z.-]{6,60} - gsmtp\b|\bInternalId=\d+",
    re.ASCII,
)


def fit_to_keep(code: int, words: str) -> str:
    """The answer to what concerns the server and us alone, in one line: its code, its words, and nothing that looks like an address."""
    line = _ADDRESS.sub(GONE, " ".join(_UNSEEN.sub(" ", words).split()))
    whole = f"{code} {line}".rstrip()
    return whole if len(whole) <= LONGEST else f"{whole[: LONGEST - 1]}{GONE}"


def of_letter(code: int, words: str, addresses: tuple[str, ...]) -> str:
    """The answer to a letter: its code, its status (RFC 3463), and by what a server that took it knows it; none of its words.

    A server may name in any way whom it was for, and the log keeps what it is told for good.
    """
    status = _STATUS.match(words.strip())
    queued = _QUEUED.search(words) if code // 100 == 2 else None
    named = queued is not None and any(part in queued[0].casefold() for part in _parts(addresses))
    told = (f"{code}", status and status[0], queued[0] if queued and not named else "")
    return " ".join(filter(None, told))


def _parts(addresses: tuple[str, ...]) -> set[str]:
    return {part for one in addresses for part in re.findall(r"[^\W\d_]{3,}", one.casefold())}
