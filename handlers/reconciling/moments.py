"""When calls go, as the log tells it: what the last entry says that fixed or changed the moment of one (P12).

Such entries are about many calls at once and about none by its name, so they are taken as the log is walked.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from itertools import repeat
from typing import NamedTuple

from handlers.reconciling.findings import Finding, Gap, Result, differ
from storage.chain import Link

GOES = Gap("when calls go that an earlier version registered")
REGISTERED = "recordings.register"


class Said(NamedTuple):
    """When a call goes (aware; None for never), and by which entry."""

    seq: int
    at: datetime | None


def said(links: Iterable[Link]) -> dict[int, Said]:
    """By recording: what the last of these entries says."""
    found: dict[int, Said] = {}
    for link in links:
        if link[5] == "done" and '"moments"' in link[7]:
            # An entry that can't be read was changed, which the chain tells.
            with suppress(ValueError, TypeError, AttributeError, RecursionError):
                told = json.loads(link[7])["moments"].items()
                found |= {int(call): Said(link[0], datetime.fromisoformat(at) if at else None) for call, at in told}
    return found


def unsaid(links: Iterable[Link]) -> Iterator[Gap]:
    """Calls that were registered by an earlier version, which did not say when they go."""
    for link in links:
        if link[3] == REGISTERED and link[5] == "done" and '"moments"' not in link[7]:
            with suppress(ValueError, TypeError, AttributeError, RecursionError):
                yield from repeat(GOES, json.loads(link[7]).get("new", 0))


def astray(told: Mapping[int, Said], stored: Mapping[int, datetime | None]) -> dict[int, Said]:
    """Those that are stored otherwise, or not at all."""
    return {call: one for call, one in told.items() if call not in stored or stored[call] != one.at}


def moved(told: Mapping[int, Said], stored: Mapping[int, datetime | None]) -> Iterator[Result]:
    """A finding for each of those that are stored otherwise, or not at all."""
    for call, one in sorted(astray(told, stored).items()):
        if call in stored:
            yield from differ(f"recording {call}", one, goes=(stored[call], one.at))
        else:
            yield Finding(
                f"entry {one.seq} says when recording {call} goes, but that is not stored any more, or can't be read"
            )
