"""Whom a matter goes round: nothing of it, or of what comes of it, is told to whose own case it is (P9, P13)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from handlers.acting import Act
from handlers.matters import showing
from handlers.room import Room
from handlers.rules.calls import were_on
from storage.matters import begun_by
from storage.records import Matter, Person, Recording

Rooms = Callable[[], Iterable[Room]]


def may_know(act: Act, rooms: Rooms, matter: str, reader: Person) -> bool:
    """Whether a reader may know that there is such a matter; nor may who was on a call of it before that became another one (P9)."""
    found = act.store.matters.get(matter)
    if found is None or not showing.may_know(act, rooms(), matter, reader):
        return False
    was_on = act.store.people.aliases(on(_calls(act, matter)))
    return reader.email_key not in was_on or reader.id in act.store.matters.holders(found)


def own_case(act: Act, rooms: Rooms, matter: str) -> frozenset[str]:
    """Every address of whoever began a matter, was on one of its calls, is named in it, or may not decide it in any role."""
    found = act.store.matters.get(matter)
    if found is None:
        return frozenset()
    named = {one.email_key for one in act.store.matters.concerned([matter]).get(matter, ())}
    theirs = on(_calls(act, matter)) | named | _began(act, found)
    return act.store.people.aliases(theirs) | _in_a_role(act, rooms, matter)


def on(calls: Iterable[Recording]) -> frozenset[str]:
    """The addresses of who was on these calls, and on those that stood in their place before."""
    return frozenset(key for one in calls for key in were_on(one.operator_key, one.operators_before))


def _calls(act: Act, matter: str) -> list[Recording]:
    return [*act.store.recordings.of_request(matter), *act.store.declines.calls(matter)]


def _began(act: Act, matter: Matter) -> frozenset[str]:
    person = begun_by(matter)
    return frozenset() if person is None else frozenset({act.store.people.get(person).email_key})


def _in_a_role(act: Act, rooms: Rooms, matter: str) -> frozenset[str]:
    case = showing.of(rooms(), matter).case(act, matter).circumstances
    return frozenset(one for one in act.policy.roles.everybody() if case.own_case(one) is not None)
