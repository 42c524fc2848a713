"""Files that could not be registered, as the log tells them: what was decided of each, by whom, and which erasure that began (P4)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from handlers.reconciling.findings import Finding, Result, differ, person, unlogged
from storage.evidence.files import Decided
from storage.evidence.requests import Logged
from storage.tables.erasures import UnregisteredFile

ERASED, KEPT, BACK = "erasures_ahead.erase_file", "erasures_ahead.keep_file", "retention.files_came_back"
DECIDED = frozenset({ERASED, KEPT})
"""The entries that decide of one."""
_STATES: Mapping[str, str] = {"closed": "erase", "erased": "erase", "kept": "keep"}


def reconcile(found: Decided) -> list[Result]:
    """Everything about these files that is stored otherwise than the log says."""
    entries = {one.subject: one for one in found.entries}
    back = {file: str(erasure) for one in found.back for file, erasure in one.detail.get("erasures", {}).items()}
    results: list[Result] = []
    for file in found.files:
        results += _decided(file, entries.get(f"file:{file.id}"), returned=str(file.id) in back)
    begun = {str(one.detail.get("erasure")) for one in found.entries} | set(back.values())
    return results + [unlogged(f"erasure {one.id} of a file") for one in found.erasures if one.id not in begun]


def lost(subjects: Collection[str]) -> list[Finding]:
    """Files of which the log tells a decision, and that nobody stores."""
    return [
        Finding(f"it was decided about {one.replace(':', ' ')}, but that is no longer stored")
        for one in sorted(subjects)
    ]


def _decided(file: UnregisteredFile, entry: Logged | None, *, returned: bool) -> Iterator[Result]:
    thing = f"file {file.id}"
    if entry is None:
        if not returned:
            yield unlogged(f"decision about {thing}")
        return
    said = "erase" if entry.action == ERASED else "keep"
    stored = said if file.state == "over" else _STATES.get(file.state, "nothing")
    yield from differ(
        thing, entry, decision=(stored, said), decided_by=(person(file.decided_by), person(entry.person)),
        decided_at=(file.decided_at, entry.at),
    )  # fmt: skip
