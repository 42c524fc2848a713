"""What a person on a call may see of who listened to it, and from when (P11).

| who listened                                  | shown to the operator                                            |
|-----------------------------------------------|------------------------------------------------------------------|
| the operator                                  | at once                                                          |
| staff, for one of the everyday reasons        | at once                                                          |
| staff, in an investigation or a legal claim   | some months after it ended                                       |

An investigation lasts until everything about it has ended: the decision, the access, holds of its calls, and the same for
any other investigation of the same matter or of one of the same calls. So no one can infer an open investigation from a
finished one. Once an investigation is shown, a later one doesn't hide it again: a row that vanished would give it away.

Hidden entries leave no trace: counts, order and pages come from shown entries only. Confidential reports (P13) are not
known here at all.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from handlers.policy import Policy
from handlers.rules import access, retention

NEVER = datetime.max.replace(tzinfo=UTC)
"""The end of an inquiry that is still waiting for a decision."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One request of an investigation, and when it is open (aware); its end is None while it waits for a decision.

    `about` is the same for all requests that the askers said are about one matter, and empty if they didn't say;
    `calls` are ids.
    """

    id: str
    about: str
    calls: Collection[int]
    began: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold of a call (an id): from when until when as things stand (aware)."""

    call: int
    began: datetime
    ends_at: datetime


def is_investigation(policy: Policy, reason: str, *, longer: bool) -> bool:
    """Return True if a request is one, as it was asked (`longer`) or as the policy has its reason now."""
    return longer or access.reason_of(policy, reason, longer=longer).route == "investigation"


def when_each_ends(policy: Policy, inquiries: Collection[Inquiry], holds: Iterable[Hold]) -> dict[str, datetime]:
    """Return when each inquiry ends on present knowledge (aware), with everything tied to it; `NEVER` if that is open."""
    tied: dict[object, list[tuple[datetime, datetime]]] = {}
    for hold in holds:
        tied.setdefault(hold.call, []).append((hold.began, hold.ends_at))
    for one in inquiries:
        for tie in _shared_ties(one):
            tied.setdefault(tie, []).append((one.began, one.ends_at or NEVER))
    return {
        one.id: _end_of_inquiry(policy, one, (span for tie in _shared_ties(one) for span in tied[tie]))
        for one in inquiries
    }


def _end_of_inquiry(policy: Policy, one: Inquiry, spans: Iterable[tuple[datetime, datetime]]) -> datetime:
    """Return when an inquiry and everything tied to it ends, except what begins after the inquiry is shown."""
    end = one.ends_at or NEVER
    for began, ended in sorted(spans):
        if began < shown_from(policy, end):
            end = max(end, ended)
    return end


def hidden_at(policy: Policy, now: datetime, ends: Mapping[str, datetime]) -> frozenset[str]:
    """Return the investigations of which operators see nothing at `now` (aware); `ends` says when each ends."""
    return frozenset(one for one, end in ends.items() if now < shown_from(policy, end))


def shown_from(policy: Policy, end: datetime) -> datetime:
    """Return from when (aware) an investigation that ends at `end` is shown: some months later, in the company's time."""
    if end == NEVER:
        return NEVER
    zone = policy.lines[policy.company.home_line].time_zone
    return retention.erase_at(end, zone, policy.records.investigation_hidden_months)


def may_see(matter: str, hidden: Collection[str], *, own: bool) -> bool:
    """Return True if an operator sees a listening for this matter: always if it was their `own`, else unless it is
    hidden.
    """
    return own or matter not in hidden


def _shared_ties(one: Inquiry) -> Iterable[object]:
    """Return what another investigation may have in common with this one: what it is about, or a call."""
    return (*filter(None, (one.about,)), *one.calls)
