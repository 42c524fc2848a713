"""How a customer's request was decided, opened again and answered, as the log tells it (P8)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from handlers import commitments
from handlers.reconciling.findings import Gap, Result, differ, person
from storage.customers import ON_ITS_WAY
from storage.evidence.requests import Logged
from storage.records import OPEN
from storage.tables.customers import CustomerRequest

WITHDRAWN, RELEASED, REFUSED = "customer.withdraw", "customer.release", "customer.refuse"
ASTRAY, BOUNCED, ENDED = "customer.wrong_address", "customer.bounced", "customer.end_link"
NOT_TAKEN, COLLECTED, OVER, RESTORED = (
    "customer.not_taken",
    "customer.collect",
    "customer.link_ends",
    "customer.restored",
)
LET_IN, ACCEPTED, ARRIVED = "customer.open_link", "customer.accepted", "customer.arrived"
DECIDED = (RELEASED, REFUSED)
OPENED = frozenset({BOUNCED, ASTRAY, ENDED})
MAYBE_OPENED = frozenset({NOT_TAKEN, COLLECTED, OVER, RESTORED})
"""By these it waits again where they say who was asked."""
ACTIONS = frozenset({*DECIDED, *OPENED, *MAYBE_OPENED, WITHDRAWN, LET_IN, ACCEPTED, ARRIVED})
"""What this looks at."""
AS_WHAT = "as what customers’ requests were decided"


def reopens(entry: Logged) -> bool:
    """Whether a request waits again by it, and its link is dead."""
    return entry.action in OPENED or (entry.action in MAYBE_OPENED and "asked" in entry.detail)


@dataclass(slots=True)
class _Standing:
    """What the entries of a request add up to so far; `let_in` are its links that let somebody in."""

    state: str = "open"
    decision: Logged | None = None
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    let_in: set[object] = field(default_factory=set)

    @property
    def outcome(self) -> str:
        if self.decision is None:
            return ""
        return "refused" if self.decision.action == REFUSED else "released"

    def take(self, one: Logged) -> None:
        if one.action in DECIDED:
            self._decided(one)
        elif reopens(one):
            self._opened(one)
        elif one.action in (ACCEPTED, ARRIVED) and one.detail.get("answered", True) and self.state == "on its way":
            self._answered(one.at)
        elif one.action == WITHDRAWN:
            self.state, self.closed_at = "withdrawn", one.at
        elif one.action == LET_IN and one.detail["fits"]:
            self.let_in.add(one.detail["link"])

    def _decided(self, one: Logged) -> None:
        self.state, self.decision = "on its way", one
        if one.detail.get("told") == "otherwise":
            self._answered(one.at)

    def _answered(self, at: datetime) -> None:
        """Of one that had been answered before the first moment stays."""
        self.state, self.closed_at, self.answered_at = "answered", at, self.answered_at or at

    def _opened(self, one: Logged) -> None:
        """By a link that somebody had opened it was answered for good, unless the mail came back or went astray."""
        not_honoured = {
            BOUNCED: True, ASTRAY: True, ENDED: one.detail.get("link") not in self.let_in, RESTORED: not self.let_in,
        }  # fmt: skip
        self.answered_at = None if not_honoured.get(one.action) else self.answered_at
        self.state, self.decision, self.closed_at = "open", None, None


def compared(row: CustomerRequest, entries: Iterable[Logged], last: Logged) -> Iterator[Result]:
    """How a request stands, who decided it as what and how, and when it was answered."""
    told = _Standing()
    for one in entries:
        told.take(one)
    by, thing = told.decision, f"customer’s request {row.id}"
    yield from differ(
        thing, by or last, state=(_state(row.state), told.state), outcome=(row.outcome, told.outcome),
        decided_by=(person(row.decided_by), person(by.person) if by else None),
        decided_at=(row.decided_at, by.at if by else None), refusal=(row.refusal, by.detail.get("refusal", "") if by else ""),
    )  # fmt: skip
    yield from differ(
        thing, None, answered_at=(row.answered_at, told.answered_at), closed_at=(row.closed_at, told.closed_at)
    )
    yield from _as_what(thing, row, by)


def _as_what(thing: str, row: CustomerRequest, by: Logged | None) -> Iterator[Result]:
    if by is not None and "as" not in by.detail:
        yield Gap(AS_WHAT)
        return
    stored = commitments.decided_as(row.decided_as) if row.decided_as else ""
    yield from differ(thing, by, decided_as=(stored, by.detail["as"] if by else ""))


def _state(stored: str) -> str:
    """Waiting and stuck are one, and so are sending and unknown: the day tells the first apart, the mail server the others."""
    return "open" if stored in OPEN else "on its way" if stored in ON_ITS_WAY else stored
