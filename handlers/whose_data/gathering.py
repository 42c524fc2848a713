"""Who listened to the calls of whoever asks, as far as he or she may see it; and which investigations are not to be seen yet (P11)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from handlers.acting import Act
from handlers.rules import whose_data as rule
from handlers.rules.reasons import reason_of
from handlers.words import AT_RANDOM
from storage.served import Span
from storage.whose_data import HeardCall

SHOW = "whose_data.show"
"""How the audit log calls it that an investigation was shown; who shows it is told by nothing else."""


OWN_CALL = "Their own call (P8)"
"""The reason where a customer listened."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One listening as an operator sees it: `call` is an id, `reason` a label, `replaced` as of `HeardCall`.

    `kind` says who listened: one of the staff, who is the person of id `who`, or the customer, who is nobody here. `by` is the
    id of whoever approved it, `by_as` by which role.
    """

    kind: Literal["staff", "customer"]
    who: int | None
    call: int
    replaced: bool
    reason: str
    by: int | None
    by_as: str
    span: Span

    @property
    def newest(self) -> tuple[datetime, int, int]:
        """Its place: by when it began, and always the same one."""
        return self.span.first, self.call, self.who or 0


@dataclass(frozen=True, slots=True)
class Inquiries:
    """All investigations: when each ends as things stand (aware), and which of them are hidden from operators, by id."""

    ends: Mapping[str, datetime]
    hidden: Collection[str]


def listened(act: Act) -> list[Seen]:
    """Every listening that whoever asks may see, the newest first. What comes from elsewhere comes in here as well.

    The same is asked of the store for everybody, whether or not there is anything to hide.
    """
    return sorted((*_by_staff(act), *_by_customers(act)), key=lambda one: one.newest, reverse=True)


def _by_staff(act: Act) -> list[Seen]:
    hides, me = inquiries(act).hidden, act.me
    heard = act.store.whose_data.heard(act.store.whose_data.addresses(me), act.now)
    return [_seen(act, one) for one in heard if rule.sees(one.request, hides, own=one.person == me.id)]


def _seen(act: Act, one: HeardCall) -> Seen:
    reason = reason_of(act.policy, one.reason, longer=one.longer).label if one.reason else AT_RANDOM
    return Seen("staff", one.person, one.recording, one.replaced, reason, one.decided_by, one.decided_as, one.span)


def _by_customers(act: Act) -> list[Seen]:
    """P8: customers who had their own calls; where it was whoever was on the call, that is the person who asks."""
    heard = act.store.whose_data.heard_by_customers(act.store.whose_data.addresses(act.me), act.now)
    return [
        Seen(
            "customer", act.me.id if one.own else None, one.recording, one.replaced, OWN_CALL, one.decided_by, one.decided_as,
            one.span,
        )
        for one in heard
    ]  # fmt: skip


def inquiries(act: Act) -> Inquiries:
    """Every investigation, and what became of it."""
    stored = act.store.whose_data.inquiries(reasons(act))
    holds = act.store.whose_data.held({call for one in stored for call in one.calls})
    found, held = [rule.Inquiry(*one) for one in stored], [rule.Hold(*one) for one in holds]
    ends = rule.ends(act.policy, found, held)
    shown = act.store.whose_data.done(SHOW, ends)
    return Inquiries(ends, rule.hidden(act.policy, act.now, ends, shown))


def reasons(act: Act) -> list[str]:
    """The reasons that go the way of an investigation as the policy is now."""
    return [key for key in act.policy.reasons if rule.is_investigation(act.policy, key, longer=False)]
