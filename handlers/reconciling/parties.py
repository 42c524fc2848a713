"""Whom a matter went to, as the log tells it: who may decide it, who could once, and who is only told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from handlers.reconciling.findings import Finding
from storage.evidence import Logged
from storage.records import Party


def compared(thing: str, rows: Iterable[Party], logged: dict[int, tuple[str, ...]]) -> Iterator[Finding]:
    """Parties as stored beside those of the log."""
    left = dict(logged)
    for row in rows:
        may_be = left.pop(row.person_id, ())
        if row.part not in may_be:
            told = f"the log says {' or '.join(may_be)}" if may_be else "the log knows nothing of it"
            yield Finding(f"{thing}: person {row.person_id} is stored as {row.part}, but {told}")
    for one in left:
        yield Finding(f"{thing}: person {one} was asked, but is no longer stored")


def parts(entries: Iterable[Logged], acts: Collection[str], passing: str = "") -> dict[int, tuple[str, ...]]:
    """By person: which parts he or she may have; earlier versions did not say who was asked and who only told.

    Whoever does one of `acts` holds a copy; `passing` gives the matter to somebody else.
    """
    found: dict[int, tuple[str, ...]] = {}
    for entry in entries:
        if entry.action in acts and entry.person is not None:
            found.setdefault(entry.person, ("approver",))
            if entry.action == passing:
                found[entry.person] = ("passed",)
        found |= dict.fromkeys(entry.detail.get("over", ()), ("former",))
        told = entry.detail.get("told")
        for one in entry.detail.get("asked", ()):
            found[one] = ("approver", "copy") if told is None else ("copy",) if one in told else ("approver",)
    return found
