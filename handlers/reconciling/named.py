"""Which call a matter names, as the log tells it: the one that stood under the recording's name then, or the one that it became since (P7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from handlers.reconciling.findings import Gap, Result, differ
from storage.evidence.requests import Logged
from storage.records import RequestedRecording

AS_WHICH = Gap("as which version calls are named")


def bound(thing: str, rows: Iterable[RequestedRecording], entries: Sequence[Logged], changing: str) -> Iterator[Result]:
    """Each call is named as the version that was said last, and became another one when an entry of `changing` says so."""
    said: dict[str, tuple[int, Logged]] = {}
    changed: dict[str, datetime] = {}
    for entry in entries:
        versions = entry.detail.get("versions", {})
        said |= {name: (version, entry) for name, version in versions.items()}
        if entry.action == changing:
            changed |= dict.fromkeys(versions, entry.at)
            # An earlier version, beside which this one may have begun, did not say which one it is now.
            said = {
                name: one
                for name, one in said.items()
                if name in versions or int(name) not in entry.detail.get("recordings", ())
            }
    for row in rows:
        yield from _as_said(thing, row, said.get(str(row.recording_id)), changed.get(str(row.recording_id)))


def _as_said(
    thing: str, row: RequestedRecording, said: tuple[int, Logged] | None, changed: datetime | None
) -> Iterator[Result]:
    if said is None:
        yield AS_WHICH
        return
    version, entry = said
    yield from differ(
        f"{thing}, recording {row.recording_id}",
        entry,
        version=(row.version, version),
        changed=(row.changed_at, changed),
    )
