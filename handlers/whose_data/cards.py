"""What people read of who listened to their calls; all of its words stand here (P11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from handlers.cards import Button, Line, Page, Row, When, Words
from handlers.home import leaf_parts
from handlers.policy import Policy
from handlers.room import Rows
from handlers.words import call_words, line_words, quantity_words
from storage.grants import Span
from storage.records import Person, Recording

HEADING = "Who listened to calls with me"
OWN_CALL = "Their own call (P8)"
"""The reason where a customer listened."""
TITLE = "Calls with me"  # a platform has room for 24 characters
LABEL, BUTTON = "Show", "whose_data"
OFFERED = "Who listened to calls with me: when, why, and by whose approval."
SAID = "Investigations appear 12 months after they end."
"""Everybody reads it, whether or not there is one."""
NOBODY = "No one has listened to a call with you."
PAST = "its time is over"
"""In place of who called, from a call’s moment on: whether something keeps it must not show."""
APART = timedelta(hours=1)
"""What lies closer together is one listening."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One listening as an operator sees it: `call` is an id, `reason` a label.

    `kind` says who listened: one of the staff, who is the person of id `who`, or the customer, who is nobody here. `by` is the
    id of who approved it, `by_as` by which role.
    """

    kind: Literal["staff", "customer"]
    who: int | None
    call: int
    reason: str
    by: int | None
    by_as: str
    span: Span

    @property
    def newest(self) -> tuple[datetime, int, int]:
        """Its place: by when it began, and always the same one."""
        return self.span.first, self.call, self.who or 0


def offered_row() -> Row:
    """What stands at everybody's home, always the same."""
    return Row(OFFERED, Button(BUTTON, LABEL, "0"), SAID)


def number_words(seen: Sequence[Seen], now: datetime) -> Words:
    """How much there is, before what there is."""
    if not seen:
        return NOBODY
    calls, people = len({one.call for one in seen}), len({one.who for one in seen})
    told = f"{quantity_words(calls, 'call')} with you {'was' if calls == 1 else 'were'} heard, by {quantity_words(people, 'person', 'people')}, last "
    return (told, When(max(one.span.last for one in seen), now=now))


def listened_page(told: str, seen: Sequence[Seen], rows: Rows, now: datetime) -> Page:
    """All of them, from some row on; `told` is a button's value."""
    parts = leaf_parts(BUTTON, "", told, rows) if seen else []
    return Page(TITLE, (Line(number_words(seen, now)), Line(SAID), *parts), f"{HEADING}.")


def seen_row(one: Seen, call: Recording, people: Mapping[int, Person], me: int, policy: Policy, now: datetime) -> Row:
    """One listening: who and why, beneath it which call, when, and by whose approval."""
    small = (*_call_words(call, policy, now), *_heard_when(one, now), *_approval_words(one, people))
    return Row((*_who_heard(one, people, me), f" · {one.reason}"), None, small)


def _who_heard(one: Seen, people: Mapping[int, Person], me: int) -> tuple[str, ...]:
    if one.who is None:
        return ("The customer",)
    return ("You",) if one.who == me else (people[one.who].name,)


def _call_words(call: Recording, policy: Policy, now: datetime) -> tuple[str | When, ...]:
    line, zone = line_words(call.line, policy)
    told = (
        ("Call of ", When(call.started, zone, now), f" · {PAST}")
        if call.closed(now)
        else call_words([call], policy, now)
    )
    return (*told, f" · {line}")


def _heard_when(one: Seen, now: datetime) -> tuple[str | When, ...]:
    first, last = one.span
    again = (", last ", When(last, now=now)) if last - first >= APART else ()
    return (" · heard ", When(first, now=now), *again)


def _approval_words(one: Seen, people: Mapping[int, Person]) -> tuple[str, ...]:
    if one.by is None:
        return ()
    return (" · approved by ", people[one.by].name, *((f" ({one.by_as})",) if one.by_as else ()))
