"""A matter's card, for one reader at a time; which room shows it is told by its id."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from handlers.acting import Act, Done
from handlers.cards import Button, Page, Part, Small
from handlers.matters import asking
from handlers.room import Matter, Room, Shown, Shows
from handlers.rules import whose_data as rule
from handlers.rules.refusal import Refused
from storage.records import Person

GONE = "I can't find this request."
"""What one reads of an id that no kind of matter has."""
DETAILS = "details"
DECIDED = frozenset({"approved", "denied", "completed", "settled", "agreed", "let_go", "released"})
"""States that somebody who decides has brought about; others come by time, or by whoever asked."""


def of(rooms: Iterable[Room], matter: str) -> Matter:
    """The kind of matter that has this id; raises `Refused`, in the words that one gets who may not know of it."""
    for room in rooms:
        if room.matter is not None and matter.startswith(room.matter.prefix):
            return room.matter
    raise Refused(GONE, code="unknown")


def may_know(act: Act, rooms: Iterable[Room], matter: str, reader: Person) -> bool:
    """Whether somebody may know that there is such a matter: not where it is that person's own case, or goes round him or her (P9)."""
    try:
        case = of(rooms, matter).case(act, matter)
    except Refused:
        return False
    return reader.id in case.everybody() or case.circumstances.own_case(reader.email_key) is None


def hidden_inquiries(act: Act) -> frozenset[str]:
    """P11: investigations that are open, or ended too short a time ago: operators and the month's figures know nothing of them."""
    policy, store = act.policy, act.store.whose_data
    reasons = [key for key in policy.reasons if rule.is_investigation(policy, key, longer=False)]
    stored = store.inquiries(reasons)
    holds = store.held({call for one in stored for call in one.calls})
    ends = rule.ends(policy, [rule.Inquiry(*one) for one in stored], [rule.Hold(*one) for one in holds])
    return rule.hidden(policy, act.now, ends)


def whole(act: Act, rooms: Iterable[Room], matter: str) -> Page:
    """All of the card, with what is done too seldom to stand in the chat; raises `Refused` where the reader holds none.

    `matter` is a button's value: an id, and more after a colon where the button says more.
    """
    matter = matter.partition(":")[0]
    kind = of(rooms, matter)
    found = kind.shown(act, matter, act.me.id, whole=True)
    if found is None:
        raise Refused(kind.gone, code="no_copy")
    return Page(found.card.title, (*found.card.parts, *_values_of_its_day(act, matter)), found.card.summary)


def leading_on(found: Shown, matter: str) -> Shown:
    """A card that leads to all of it, should a platform have to leave something out."""
    return replace(found, card=replace(found.card, rest=Button(DETAILS, "Details", matter)))


def _values_of_its_day(act: Act, matter: str) -> tuple[Part, ...]:
    """P14: by which text of the policy it was decided, as `recording-steward policy` shows it."""
    row = act.store.matters.get(matter)
    text = act.store.policy_texts.at(row.closed_at) if row is not None and row.closed_at is not None else None
    if row is None or text is None:
        return ()
    how = "Decided by the policy" if row.state in DECIDED else "The policy when it closed:"
    return (Small(f"{how} {text.digest[:12]}"),)


def pressed(act: Act, rooms: Sequence[Room], matter: str) -> Done[None]:
    """P13: a press on what is no matter, such as a confidential report, leaves nothing in the log."""
    if act.store.matters.get(matter) is None:
        return Done(None, quiet=True)
    return asking.pressed(act, of(rooms, matter).case(act, matter))


def room(rooms: Sequence[Room]) -> Room:
    """What these rooms' matters have in common."""
    return Room(
        "matters",
        buttons={DETAILS: Shows(lambda act, value: whole(act, rooms, value), "Details")},
    )
