"""What `recording-steward check` finds: one line for each thing that was tried."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import NamedTuple

from bot.ports import Unavailable, Unreachable
from bot.settings.config import Misconfigured
from storage.database.store import DatabaseDown

MOST_NOTES = 20


class Finding(NamedTuple):
    """One line: what was tried, whether it works, and a sentence. A note is nothing that stops the program."""

    what: str
    works: bool
    sentence: str
    note: bool = False


async def tried(what: str, attempt: Awaitable[str]) -> Finding:
    """The sentence that an attempt returns, or the one that it raises."""
    try:
        return Finding(what, True, await attempt)
    except (Misconfigured, Unavailable, Unreachable, DatabaseDown, ValueError, OSError) as error:
        return Finding(what, False, str(error) or type(error).__name__)
