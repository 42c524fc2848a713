"""What whoever was on a call may see of who listened to it, and from when on (P11).

| who listened                                  | shown to the operator                                            |
|-----------------------------------------------|------------------------------------------------------------------|
| the operator                                  | at once                                                          |
| staff, for a reason that goes the staff's way | at once                                                          |
| staff, in an investigation or a legal claim   | so many months after it ended                                    |

An investigation lasts as long as anything of it is open: the decision, the access, a hold of one of its calls, and the
same of any other that is about the same matter or names one of the same calls. So nobody infers an open one from one that
is over. What begins after an investigation shows changes nothing of that: a row that went would tell that something began.

What is not shown leaves nothing: whoever counts, orders or turns pages does so with what is shown alone. What belongs to
a confidential report (P13) is not known here at all.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from handlers.policy import Policy
from handlers.rules.access import reason_of

from .retention import erase_at

NEVER = datetime.max.replace(tzinfo=UTC)
"""The end of what waits for a decision."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One request of an investigation: from when until when it is open as things stand (aware), None while it waits.

    `about` is the same for all that are about one matter, as whoever asked says, and empty where nobody said; `calls` are ids.
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
    """Whether a request is one, as it was asked (`longer`) or as the policy has its reason now."""
    return longer or reason_of(policy, reason, longer=longer).route == "investigation"


def when_each_ends(policy: Policy, inquiries: Collection[Inquiry], holds: Iterable[Hold]) -> dict[str, datetime]:
    """When each ends as things stand (aware), with all that belongs to it; `NEVER` where nobody can tell."""
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


def _end_of_inquiry(policy: Policy, one: Inquiry, belongs: Iterable[tuple[datetime, datetime]]) -> datetime:
    """What began once it showed does not count; of what did not, each may be why the next one counts."""
    end = one.ends_at or NEVER
    for began, ended in sorted(belongs):
        if began < shown_from(policy, end):
            end = max(end, ended)
    return end


def hidden_at(policy: Policy, now: datetime, ends: Mapping[str, datetime]) -> frozenset[str]:
    """The investigations of which operators see nothing at `now` (aware); `ends` says when each ends."""
    return frozenset(one for one, end in ends.items() if now < shown_from(policy, end))


def shown_from(policy: Policy, end: datetime) -> datetime:
    """From when on (aware) an investigation that ends then shows by itself: calendar months, in the company's time."""
    if end == NEVER:
        return NEVER
    zone = policy.lines[policy.company.home_line].time_zone
    return erase_at(end, zone, policy.records.investigation_hidden_months)


def may_see(matter: str, hides: Collection[str], *, own: bool) -> bool:
    """Whether an operator sees a listening for this matter; `own` where he or she is who listened."""
    return own or matter not in hides


def _shared_ties(one: Inquiry) -> Iterable[object]:
    """What another investigation may have in common with this one: what it is about, or a call."""
    return (*filter(None, (one.about,)), *one.calls)
