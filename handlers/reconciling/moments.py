"""When calls go and how they stand, as the log tells it: what the last entry says that fixed or changed that of one (P5, P12).

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
STANDS = Gap("how calls stand that an earlier version registered")
REGISTERED = "recordings.register"
MOMENT, STATE = "goes", "state"
STATING = frozenset({
    REGISTERED, "declined.choose", "declined.meet", "declined.keep", "declined.go", "declined.erase",
    "retention.close", "retention.reopen", "retention.forget", "retention.again", "retention.reappeared", "retention.recognised", "retention.came_back",
    "retention.certify", "retention.vanish",
})  # fmt: skip
"""These may give calls another state, and say which; one that says nothing of it is an earlier version's."""
_UNREADABLE = (ValueError, TypeError, AttributeError, RecursionError)

Of = tuple[int, str]
"""A recording, and what is said of it: `MOMENT` or `STATE`."""
Stored = datetime | str | None


class Said(NamedTuple):
    """What stands there, and by which entry: a moment (aware; None for never), or a state."""

    seq: int
    told: Stored


def said(links: Iterable[Link]) -> dict[Of, Said]:
    """By recording: what the last of these entries says; of its state nothing that an earlier version may have changed since."""
    found: dict[Of, Said] = {}
    for link in links:
        done = link[5] == "done"
        # An entry that can't be read was changed, which the chain tells.
        if done and ('"moments"' in link[7] or '"states"' in link[7]):
            with suppress(*_UNREADABLE):
                found |= {one: Said(link[0], told) for one, told in _told(json.loads(link[7]))}
        elif done and link[3] in STATING:
            found = later(found, link[0])
    return found


def _told(detail: Mapping[str, Mapping[str, object]]) -> Iterator[tuple[Of, Stored]]:
    for call, at in detail.get("moments", {}).items():
        yield (int(call), MOMENT), datetime.fromisoformat(str(at)) if at else None
    for state, calls in detail.get("states", {}).items():
        yield from (((int(call), STATE), state) for call in (calls if isinstance(calls, list) else ()))


def early(links: Iterable[Link]) -> int:
    """The last of these entries by which an earlier version may have changed how calls stand; 0 for none."""
    return max(
        (one[0] for one in links if one[3] in STATING and one[5] == "done" and '"states"' not in one[7]), default=0
    )


def later(told: Mapping[Of, Said], seq: int) -> dict[Of, Said]:
    """What still holds after entry `seq`, by which an earlier version may have changed how calls stand; all of it for 0."""
    return {one: said for one, said in told.items() if one[1] != STATE or said.seq > seq}


def standing(calls: Mapping[int, tuple[datetime | None, str]]) -> dict[Of, Stored]:
    """What is stored of these calls, as it is compared."""
    return {
        (call, what): told for call, both in calls.items() for what, told in zip((MOMENT, STATE), both, strict=True)
    }


def unsaid(links: Iterable[Link]) -> Iterator[Gap]:
    """Calls that were registered by an earlier version, which did not say when they go, or how they stand."""
    for link in links:
        if link[3] == REGISTERED and link[5] == "done":
            for gap in (one for one, said in ((GOES, '"moments"'), (STANDS, '"states"')) if said not in link[7]):
                with suppress(*_UNREADABLE):
                    yield from repeat(gap, json.loads(link[7]).get("new", 0))


def astray(told: Mapping[Of, Said], stored: Mapping[Of, Stored]) -> dict[Of, Said]:
    """Those that are stored otherwise, or not at all."""
    return {one: said for one, said in told.items() if one not in stored or stored[one] != said.told}


def moved(told: Mapping[Of, Said], stored: Mapping[Of, Stored]) -> Iterator[Result]:
    """A finding for each of those that are stored otherwise, or not at all; of a call that is not there at all one will do."""
    for (call, what), one in sorted(astray(told, stored).items(), key=lambda pair: pair[0]):
        if (call, what) in stored:
            yield from differ(f"recording {call}", one, **{what: (stored[call, what], one.told)})
        elif what == MOMENT or (call, MOMENT) not in told:
            says = f"says when recording {call} goes" if what == MOMENT else f"says how recording {call} stands"
            yield Finding(f"entry {one.seq} {says}, but that is not stored any more, or can't be read")
