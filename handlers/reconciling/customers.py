"""Customers' requests as the log tells them: who filed what, since and until when, whom it went to, and what became of it (P8)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from handlers import commitments
from handlers.acting import NONE
from handlers.keys import Keys, Unopened, opened
from handlers.reconciling import answering, copies, keys, letters, named, parties
from handlers.reconciling.answering import ASTRAY, DECIDED, REFUSED, RELEASED, WITHDRAWN
from handlers.reconciling.findings import Finding, Gap, Result, differ, person, unlogged
from handlers.sealing import AS_KNOWN, about, data_key
from storage.evidence.customers import CustomerFile
from storage.evidence.requests import Logged
from storage.tables.customers import CustomerRequest
from storage.tables.keys import MatterKey

FILED, IDENTIFIED, READDRESSED = "customer.file", "customer.identify", "customer.readdress"
CORRECTED, MISSED, CHANGED = "customer.correct", "customer.overdue", "customer.call_changed"
WROTE = frozenset({FILED, IDENTIFIED, READDRESSED, WITHDRAWN, CORRECTED})
"""These say what is known from then on; others add to it, and say only what they added."""
ADDED = frozenset({
    "customer.question", "customer.answer", RELEASED, REFUSED, ASTRAY, "customer.tell_late", "customer.passcode",
    "customer.ask_number", "customer.allow_number",
})  # fmt: skip
ACTIONS = frozenset({
    *WROTE, *ADDED, *answering.ACTIONS, *copies.ACTIONS, *letters.ACTIONS, MISSED, CHANGED, "customer.remind", "customer.due_today",
    "customer.reroute", "customer.recheck", *keys.ACTIONS,
})  # fmt: skip
"""What this looks at."""
PROMISES = "how the days of customers’ requests were counted"
UNTRIED = Gap("whether the keys of customers’ requests open what is known of them", "since SECRET_KEY is not set here")
KNOWN = "what is known of customers’ requests to which something was added"


@dataclass(frozen=True, slots=True)
class _Told:
    """What the entries of a request add up to."""

    begun: Logged
    entries: list[Logged]

    def last(self, name: str) -> object:
        """What was said last under this name."""
        return next((one.detail[name] for one in reversed(self.entries) if name in one.detail), None)

    def moment(self, *names: str) -> datetime | None:
        """A moment that was said last under one of these names."""
        said = (one.detail[name] for one in reversed(self.entries) for name in names if name in one.detail)
        found = next(said, None)
        return datetime.fromisoformat(str(found)) if found is not None else None


def reconcile(found: CustomerFile, opening: Keys = NONE) -> list[Result]:
    """Everything about a request that is stored otherwise than the log says. Without the keys of the database (`opening`) none of its own is tried."""
    try:
        return [*_results(found, opening)]
    except Exception:  # noqa: BLE001  whatever somebody made of it by hand, the rest is compared
        return [
            Finding(f"customer’s request {found.request.id}: what is stored, or what the log says of it, can't be read")
        ]


def _results(found: CustomerFile, opening: Keys) -> Iterator[Result]:
    begun = next((one for one in found.entries if one.action == FILED), None)
    if begun is None:
        yield unlogged(f"customer’s request {found.request.id}")
        return
    told = _Told(begun, found.entries)
    yield from _itself(found, told)
    yield from _counted(found.request, told)
    yield from answering.compared(found.request, told.entries, told.entries[-1])
    yield from copies.compared(found)
    yield from letters.compared(found, erased=_ended(told) is not None)
    yield from _known(found, told, opening)
    yield from _missed(found, told)
    yield from named.bound(f"customer’s request {found.request.id}", found.recordings, found.entries, CHANGED)
    yield from parties.compared(f"customer’s request {found.request.id}", found.parties, _parts(found.entries))


def _itself(found: CustomerFile, told: _Told) -> Iterator[Result]:
    row = found.request
    yield from differ(
        f"customer’s request {row.id}", told.entries[-1], filed_by=(person(row.filed_by), person(told.begun.person)),
        asked_at=(row.asked_at, told.begun.at), asker=(row.asker, told.begun.detail["asker"]), wants=(row.wants, told.last("wants")),
        received_at=(row.received_at, told.moment("received")), due_at=(row.due_at, _due(told)),
        identified=(row.identified, any(one.action == IDENTIFIED or one.detail.get("identified") for one in told.entries)),
        address_by=(person(row.address_by), person(_addressed(told))),
        recordings=([one.recording_id for one in found.recordings], _recordings(told)),
    )  # fmt: skip


def _due(told: _Told) -> datetime:
    return datetime.fromisoformat(_count(told)[1])


def _count(told: _Told) -> tuple[Logged, str]:
    """By which entry it was counted last, and until when."""
    return [(one, one.detail["due"]) for one in told.entries if "due" in one.detail][-1]


def _counted(row: CustomerRequest, told: _Told) -> Iterator[Result]:
    """How the day was counted, which may be asked when it was missed."""
    entry, _ = _count(told)
    if "promise" not in entry.detail:
        yield Gap(PROMISES)
        return
    stored = row.promise or {}
    if commitments.frozen(stored) != entry.detail["promise"]:
        yield Finding(f"customer’s request {row.id}: how its day was counted was changed after entry {entry.seq}")
    yield from differ(f"customer’s request {row.id}", entry, line=(row.line, stored.get("line")))


def _addressed(told: _Told) -> int | None:
    """Who entered the address in force; nobody once its mail went astray."""
    by: int | None = None
    for one in told.entries:
        if one.action == READDRESSED or one.detail.get("addressed"):
            by = one.person
        elif one.action == ASTRAY:
            by = None
    return by


def _recordings(told: _Told) -> object:
    return next(one.detail["recordings"] for one in reversed(told.entries) if one.action == FILED)


def _known(found: CustomerFile, told: _Told, opening: Keys) -> Iterator[Result]:
    """What is known is sealed, and the log says of which bytes; nobody needs a key to compare them. With the key it goes.

    A key that was made useless by hand would be one that is gone without an entry.
    """
    if (ended := _ended(told)) is not None:
        yield from _erased(found.request, ended)
        return
    wrote = [one for one in told.entries if one.action in WROTE | ADDED]
    if not wrote or "sealed" not in wrote[-1].detail:
        yield Gap(KNOWN)
    elif wrote[-1].detail["sealed"] != commitments.of_customer(found.request):
        yield Finding(
            f"customer’s request {found.request.id}: what is known of it was changed after entry {wrote[-1].seq}"
        )
    elif opening is NONE:
        yield UNTRIED
    elif not all(_opens(opening, found.request, key) for key in found.keys):
        yield Finding(f"customer’s request {found.request.id}: its key was changed, and opens nothing of it any more")


def _opens(keys: Keys, row: CustomerRequest, key: MatterKey) -> bool:
    try:
        return bool(opened(data_key(keys, key), row.sealed, about(row.id, AS_KNOWN)))
    except Unopened:
        return False


def _ended(told: _Told) -> Logged | None:
    return next((one for one in told.entries if one.action in keys.ACTIONS), None)


def _erased(row: CustomerRequest, entry: Logged) -> Iterator[Finding]:
    if row.sealed or row.salt or row.same:
        yield Finding(
            f"customer’s request {row.id}: entry {entry.seq} says that what is known of it was erased, but something is stored"
        )


def _missed(found: CustomerFile, told: _Told) -> Iterator[Result]:
    missed = next((one for one in told.entries if "missed" in one.detail), None)
    at = datetime.fromisoformat(missed.detail["missed"]) if missed is not None else None
    yield from differ(f"customer’s request {found.request.id}", missed, missed_at=(found.request.missed_at, at))


def _parts(entries: list[Logged]) -> dict[int, parties.Told]:
    """Whoever filed it again takes part in it as well; whoever decides holds a copy."""
    found = parties.parts(entries, DECIDED)
    filers = (one.person for one in entries if one.action == FILED and one.detail.get("filer"))
    return found | {one: parties.Told(("filer",), "", "") for one in filers if one is not None}
