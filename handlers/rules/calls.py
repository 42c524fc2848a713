"""What makes a call this call and no other: a name is not an identity (P7)."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256


def identity(line: str, caller: str, operator: str, started: datetime, audio: str) -> str:
    """The digest of a call: line and number in E.164, the operator's address, the aware start, the SHA-256 of its audio.

    Empty while nobody has read the audio: what was not looked at is nothing that could be known again.
    """
    if not audio:
        return ""
    moment = started.astimezone(UTC).isoformat(timespec="microseconds")
    return sha256(f"{line}\n{caller}\n{operator}\n{moment}\n{audio}".encode()).hexdigest()


def were_on(operator: str, before: str) -> frozenset[str]:
    """The addresses of who is on a call and, one a line in `before`, of who was named of what stood in its place: each may not decide of it (P7, P9)."""
    return frozenset(one for one in (operator, *before.split()) if one)


def mark(stamp: str) -> str:
    """A recording system's stamp as the log keeps it: which file it was when it was read."""
    return sha256(stamp.encode()).hexdigest()


def same(before: str, now: str) -> bool:
    """Whether two digests prove that it is the same call; what can't be proved counts as another one."""
    return before == now != ""
