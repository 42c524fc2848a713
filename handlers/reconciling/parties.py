"""Whom a matter went to, as the log tells it: who may decide it, who could once, who is only told, and why they were asked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from handlers.reconciling.findings import Finding, Gap, Result
from storage.evidence.requests import Logged
from storage.records import Party

WHY, AS_WHAT = "why somebody was asked", "as what somebody was asked"


class Told(NamedTuple):
    """Which parts somebody may have, and why and as what it came to him or her; None where an earlier version did not say."""

    parts: tuple[str, ...]
    because: str | None
    role: str | None = None


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
        if row.part in known.parts:
            yield from _as_what(thing, row, known.role)
    for one in left:
        yield Finding(f"{thing}: person {one} was asked, but is no longer stored")


def parts(entries: Iterable[Logged], acts: Collection[str], passing: str = "") -> dict[int, Told]:
    """By person; earlier versions did not say who was asked and who only told.

    Whoever does one of `acts` holds a copy; `passing` gives the matter to somebody else.
    """
    found: dict[int, Told] = {}
    for entry in entries:
        if entry.action in acts and entry.person is not None:
            stepped_in = Told(("approver",), entry.detail.get("stepped_in"), entry.detail.get("stepped_in_as"))
            before = found.setdefault(entry.person, stepped_in)
            if entry.action == passing:
                found[entry.person] = before._replace(parts=("passed",), role=entry.detail.get("passed_as"))
        for one in entry.detail.get("over", ()):
            found[one] = found.get(one, Told((), None))._replace(parts=("former",))
        told, roles = entry.detail.get("told"), entry.detail.get("roles")
        for one in entry.detail.get("asked", ()):
            role = None if roles is None else roles.get(str(one), "")
            found[one] = _asked(one, told, entry.detail.get("because"))._replace(role=role)
    return found


def _as_what(thing: str, row: Party, told: str | None) -> Iterator[Result]:
    if told is None:
        yield from (Gap(AS_WHAT),) if row.role else ()
    elif row.role != told:
        stored, said = (f"“{one}”" if one else "nothing" for one in (row.role, told))
        yield Finding(
            f"{thing}: as what person {row.person_id} was asked is stored as {stored}, but the log says {said}"
        )


def _asked(person: int, told: Collection[int] | None, because: str | None) -> Told:
    if told is None:
        return Told(("approver", "copy"), None)
    return Told(("copy",), "") if person in told else Told(("approver",), because)
