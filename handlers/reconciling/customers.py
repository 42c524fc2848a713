"""Customers' requests as the log tells them: who filed what, since and until when, whom it went to, and what became of it (P8)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from handlers import commitments
from handlers.reconciling import keys, named, parties
from handlers.reconciling.findings import Finding, Gap, Result, differ, person, unlogged
from storage.customers import ON_ITS_WAY
from storage.evidence.customers import CustomerFile
from storage.evidence.requests import Logged
from storage.records import OPEN
from storage.tables.customers import CustomerRequest

FILED, IDENTIFIED, READDRESSED, WITHDRAWN = (
    "customer.file",
    "customer.identify",
    "customer.readdress",
    "customer.withdraw",
)
RELEASED, REFUSED, COUNTED, ANSWERED = "customer.release", "customer.refuse", "customer.recount", "customer.answer"
ASTRAY, MISSED, CHANGED = "customer.wrong_address", "customer.overdue", "customer.call_changed"
DECIDED = (RELEASED, REFUSED)
OPENED = frozenset({"customer.bounced", ASTRAY, "customer.end_link"})
MAYBE_OPENED = frozenset({"customer.not_taken", "customer.collect", "customer.link_ends", "customer.restored"})
"""By these it waits again where they say who was asked."""
ARRIVED = frozenset({"customer.accepted", "customer.arrived"})
WROTE = frozenset({FILED, IDENTIFIED, READDRESSED, WITHDRAWN, "customer.correct"})
"""These say what is known from then on; others add to it, and say only what they added."""
ADDED = frozenset({
    "customer.question", ANSWERED, RELEASED, REFUSED, ASTRAY, "customer.tell_late", "customer.missed", "customer.passcode",
    "customer.ask_number", "customer.allow_number",
})  # fmt: skip
ACTIONS = frozenset({
    *WROTE, *ADDED, *OPENED, *MAYBE_OPENED, *ARRIVED, COUNTED, MISSED, CHANGED, "customer.remind", "customer.due_today",
    "customer.reroute", "customer.recheck", *keys.ACTIONS,
})  # fmt: skip
"""What this looks at."""
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

    @property
    def standing(self) -> tuple[str, Logged | None]:
        """How it stands, and the decision by which it does so, if there is one."""
        state, decision = "open", None
        for one in self.entries:
            if one.action in DECIDED:
                state, decision = "answered" if one.detail.get("told") == "otherwise" else "on its way", one
            elif one.action in OPENED or (one.action in MAYBE_OPENED and "asked" in one.detail):
                state, decision = "open", None
            elif one.action in ARRIVED and one.detail.get("answered", True) and state == "on its way":
                state = "answered"
            elif one.action == WITHDRAWN:
                state = "withdrawn"
        return state, decision


def reconcile(found: CustomerFile) -> list[Result]:
    """Everything about a request that is stored otherwise than the log says."""
    try:
        return [*_results(found)]
    except (LookupError, ValueError, TypeError):
        return [
            Finding(f"customer’s request {found.request.id}: what is stored, or what the log says of it, can't be read")
        ]


def _results(found: CustomerFile) -> Iterator[Result]:
    begun = next((one for one in found.entries if one.action == FILED), None)
    if begun is None:
        yield unlogged(f"customer’s request {found.request.id}")
        return
    told = _Told(begun, found.entries)
    yield from _itself(found, told)
    yield from _decided(found, told)
    yield from _known(found, told)
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
    """A count anew says what it is `now`; so does an answer for which the clock stood still."""
    named = ((one, "now" if one.action in (COUNTED, ANSWERED) else "due") for one in told.entries)
    said = [one.detail[name] for one, name in named if name in one.detail]
    return datetime.fromisoformat(said[-1])


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


def _decided(found: CustomerFile, told: _Told) -> Iterator[Result]:
    row, (state, decision) = found.request, told.standing
    yield from differ(
        f"customer’s request {row.id}", decision or told.entries[-1], state=(_state(row.state), state),
        decided_by=(person(row.decided_by), person(decision.person) if decision else None),
        decided_at=(row.decided_at, decision.at if decision else None),
        refusal=(row.refusal, decision.detail.get("refusal", "") if decision else ""),
    )  # fmt: skip


def _state(stored: str) -> str:
    """Waiting and stuck are one, and so are sending and unknown: the day tells the first apart, the mail server the others."""
    return "open" if stored in OPEN else "on its way" if stored in ON_ITS_WAY else stored


def _known(found: CustomerFile, told: _Told) -> Iterator[Result]:
    """What is known is sealed, and the log says of which bytes; nobody needs a key to compare them. With the key it goes."""
    if ended := [one for one in told.entries if one.action in keys.ACTIONS]:
        yield from _erased(found.request, ended[0])
        return
    wrote = [one for one in told.entries if one.action in WROTE | ADDED]
    if not wrote or "sealed" not in wrote[-1].detail:
        yield Gap(KNOWN)
    elif wrote[-1].detail["sealed"] != commitments.of_customer(found.request):
        yield Finding(
            f"customer’s request {found.request.id}: what is known of it was changed after entry {wrote[-1].seq}"
        )


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
