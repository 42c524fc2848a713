"""Erasures on their way as the log tells them: when each was begun, whether the recorder was asked, and when that is tried again (P12)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from handlers.reconciling.findings import Finding, Result, differ
from storage.chain import Link
from storage.evidence.erasures import Proved
from storage.evidence.requests import Logged
from storage.tables.erasures import Erasure

CLOSED, REOPENED, ASKED, SENT, STAYED, FAILED = (
    "retention.close", "retention.reopen", "retention.ask", "retention.send", "retention.stay", "retention.fail",
)  # fmt: skip
RETURNED = frozenset({
    "retention.came_back", "retention.again", "retention.reappeared", "retention.recognised",
})  # fmt: skip
"""By these one begins of what had been erased before, or is known as such from now on."""
BEGINNING = RETURNED | {
    CLOSED, "declined.go", "declined.erase", "declined.meet",
}  # fmt: skip
ACTIONS = BEGINNING | {SENT, STAYED, FAILED}
LONGEST = timedelta(days=1)
"""No try is put off by more."""


def begun(one: Proved) -> Iterator[Result]:
    """Its moment, and when it was closed: as the entry says by which it began, or by which the call's own moment came later."""
    row, naming = one.erasure, sorted((entry for entry in one.entries if names(entry, one.erasure.id)), key=_place)
    closing = [entry for entry in naming if entry.action == CLOSED]
    entry = closing[-1] if closing else next(iter(naming), None)
    if entry is not None:
        moment = _moment(row, entry) if closing else entry.at
        yield from differ(f"erasure {row.id}", entry, moment=(row.moment, moment), closed=(row.closed_at, entry.at))


def going_on(one: Proved) -> Iterator[Result]:
    """How it stands, since when the recorder was asked, what stood in the way of the last try, and when the next one is."""
    row, thing = one.erasure, f"erasure {one.erasure.id}"
    sent, failed = last(one, SENT, STAYED, ASKED), last(one, FAILED)
    asked = sent if sent is not None and sent.action != STAYED else None
    state = "vanished" if row.vanished_at else "asked" if asked else "closed"
    yield from differ(
        thing, sent, state=(row.state, state), recorder_asked=(row.asked_at, asked.at if asked else None)
    )  # fmt: skip
    yield from differ(
        thing, failed, tries=(row.tries, failed.detail["tries"] if failed else 0),
        trouble=(row.trouble, failed.detail["trouble"] if failed else ""),
    )  # fmt: skip
    if row.vanished_at is None and row.next_at > max((one.until, *(entry.at for entry in one.entries))) + LONGEST:
        yield Finding(f"{thing} is tried again on {row.next_at:%Y-%m-%d}, which is further off than any try is put off")


def told(links: Iterable[Link]) -> set[str]:
    """Erasures that these entries say were begun, whatever became of them."""
    found = set[str]()
    for link in links:
        if link[5] == "done" and link[3] in BEGINNING:
            # An entry that can't be read was changed, which the chain tells.
            with suppress(ValueError, TypeError, AttributeError, RecursionError):
                found.update(_named(json.loads(link[7])))
    return found


def last(one: Proved, *actions: str) -> Logged | None:
    """The newest entry about this erasure by one of these actions."""
    mine = (entry for entry in one.entries if entry.action in actions)
    return max(
        (entry for entry in mine if entry.subject == one.erasure.id or names(entry, one.erasure.id)),
        key=_place,
        default=None,
    )


def names(entry: Logged, erasure: str) -> bool:
    """Whether an entry about something else names this erasure, alone or among others."""
    return erasure in _named(entry.detail)


def _named(detail: Mapping[str, Any]) -> list[str]:
    several = detail.get("erasures", ())
    return [
        *([detail["erasure"]] if "erasure" in detail else ()),
        *(several.values() if isinstance(several, dict) else several),
    ]


def _moment(row: Erasure, entry: Logged) -> datetime:
    """Of an entry by which a call was closed: to the second, since it says how late that was."""
    late = entry.detail["late_seconds"]
    return row.moment if int((entry.at - row.moment).total_seconds()) == late else entry.at - timedelta(seconds=late)


def _place(entry: Logged) -> int:
    return entry.seq
