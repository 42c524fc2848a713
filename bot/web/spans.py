"""Which bytes a Range header asks for (RFC 9110, 14)."""

from __future__ import annotations

import re

RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)


def span(header: str, size: int) -> tuple[int, int] | None:
    """The half-open byte range of a Range header; the whole where there is none; None if it can't be met."""
    found = RANGE.fullmatch(header.strip())
    if found is None or found.groups() == ("", ""):
        return (0, size)
    first, last = found.groups()
    if len(first) > 15 or len(last) > 15:
        return None
    start = int(first) if first else max(0, size - int(last))
    end = min(size, int(last) + 1) if first and last else size
    return (start, end) if start < end else None
