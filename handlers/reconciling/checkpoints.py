"""Checkpoints as the log tells them: each notes an entry that the log has, and is what its own entry says (P12)."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from handlers.reconciling.findings import Finding, Result, differ, unlogged
from storage.chain import GENESIS
from storage.evidence.checkpoints import Taken
from storage.evidence.requests import Logged
from storage.tables.log import Checkpoint

TAKEN = "log.checkpoint"
ACTIONS = frozenset({TAKEN})
"""What this looks at."""


def reconcile(found: Taken) -> list[Result]:
    """Everything about checkpoints that is stored otherwise than the log says, or that the log contradicts."""
    told = {one.subject: one for one in found.entries}
    results: list[Result] = []
    for row in found.rows:
        has = GENESIS if row.entries == 0 else found.hashes.get(row.entries)
        try:
            results += _compared(row, has, told.get(row.day))
        except (KeyError, ValueError, TypeError):
            results.append(Finding(f"the checkpoint of {row.day}, or what the log says of it, can't be read"))
    return results


def lost(days: Collection[str]) -> list[Finding]:
    """Those that the log knows and nobody stores."""
    return [Finding(f"the checkpoint of {one} stands in the log, but is no longer stored") for one in sorted(days)]


def _compared(row: Checkpoint, has: str | None, entry: Logged | None) -> Iterator[Result]:
    thing = f"the checkpoint of {row.day}"
    if has != row.hash:
        yield Finding(f"{thing}, as stored, contradicts entry {row.entries:,}: one of them was changed since")
    if entry is None:
        yield unlogged(thing)
        return
    detail = entry.detail
    yield from differ(
        thing, entry, entries=(row.entries, detail["entries"]), hash=(row.hash, detail["hash"]), taken=(row.at, entry.at)
    )  # fmt: skip
