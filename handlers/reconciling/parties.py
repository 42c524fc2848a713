"""Whom a matter went to, as the log tells it: who may decide it, who could once, who is only told, and why they were asked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from handlers.reconciling.findings import Finding, Gap, Result
from storage.evidence.requests import Logged
from storage.records import Party

WHY = "why somebody was asked"


class Told(NamedTuple):
    """Which parts somebody may have, and why it came to him or her; None where an earlier version did not say."""

    parts: tuple[str, ...]
    because: str | None


def compared(thing: str, rows: Iterable[Party], logged: dict[int, Told]) -> Iterator[Result]:
    """Parties as stored beside those of the log."""
    left = dict(logged)
    for row in rows:
        known = left.pop(row.person_id, Told((), None))
        if row.part not in known.parts:
            told = f"the log says {' or '.join(known.parts)}" if known.parts else "the log knows nothing of it"
            yield Finding(f"{thing}: person {row.person_id} is stored as {row.part}, but {told}")
        elif known.because is None:
            yield Gap(WHY)
        elif row.because != known.because:
            stored, said = (f"“{one}”" if one else "nothing" for one in (row.because, known.because))
            yield Finding(
                f"{thing}: why person {row.person_id} was asked is stored as {stored}, but the log says {said}"
            )
    for one in left:
        yield Finding(f"{thing}: person {one} was asked, but is no longer stored")


def parts(entries: Iterable[Logged], acts: Collection[str], passing: str = "") -> dict[int, Told]:
    """By person; earlier versions did not say who was asked and who only told.

    Whoever does one of `acts` holds a copy; `passing` gives the matter to somebody else.
    """
    found: dict[int, Told] = {}
    for entry in entries:
        if entry.action in acts and entry.person is not None:
            before = found.setdefault(entry.person, Told(("approver",), entry.detail.get("stepped_in")))
            if entry.action == passing:
                found[entry.person] = before._replace(parts=("passed",))
        for one in entry.detail.get("over", ()):
            found[one] = found.get(one, Told((), None))._replace(parts=("former",))
        told = entry.detail.get("told")
        for one in entry.detail.get("asked", ()):
            found[one] = _asked(one, told, entry.detail.get("because"))
    return found


def _asked(person: int, told: Collection[int] | None, because: str | None) -> Told:
    if told is None:
        return Told(("approver", "copy"), None)
    return Told(("copy",), "") if person in told else Told(("approver",), because)
