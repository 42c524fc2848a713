"""What follows when somebody may act and be reached again, or no longer: for matters, for homes, and for whoever can mend it."""

from __future__ import annotations

from collections.abc import Iterable

from handlers.acting import Act
from handlers.alarms import sound
from handlers.door import behind
from handlers.effects import Effect, Home, Show
from storage.people import AMBIGUOUS, LIVING, Turn
from storage.records import Matter

SHARED = "shared_address"


def turned(act: Act, turns: Iterable[Turn]) -> tuple[Effect, ...]:
    """What follows for everybody whose standing is another one."""
    return tuple(effect for one in turns for effect in _turned(act, one))


def asked_again(act: Act, person_id: int) -> tuple[Effect, ...]:
    """Whoever was passed over and is there again holds copies again, up to date, and may decide what still waits."""
    homes = (Home(person_id, one.platform) for one in act.store.people.homes(person_id))
    effects: list[Effect] = [*behind(act, person_id), *homes]
    for party, matter in act.store.matters.passed_over(person_id):
        party.unreachable = ""
        if matter.state == "stuck" and party.part == "approver":
            matter.state = "waiting"
        effects += shows(act, matter, person_id)
    for request in act.store.requests.undecided_of(person_id):
        effects += shows(act, request)
    return tuple(effects)


def asked_in_vain(act: Act, person_id: int) -> tuple[Effect, ...]:
    """Whoever may no longer decide can't be reached either: the delivery finds that out, and the next one is asked.

    Those who are to decide what the person asked for read that no answer may come.
    """
    effects: list[Effect] = []
    for matter in act.store.matters.waiting_for(person_id):
        matter.revision += 1
        effects.append(Show(person_id, matter.id, matter.revision))
    for request in act.store.requests.undecided_of(person_id):
        effects += [one for one in shows(act, request) if one.person != person_id]
    return tuple(effects)


def shows(act: Act, matter: Matter, *more: int) -> list[Show]:
    """A new revision of a matter, for everybody who holds a copy, and for whoever is to have one again."""
    matter.revision += 1
    people = dict.fromkeys((*act.store.matters.holders(matter), *more))
    return [Show(person, matter.id, matter.revision, "back" if person in more else "") for person in people]


def had_before(name: str) -> str:
    """The alarm where a new account has an address of somebody who had another account or has another address now."""
    return (
        f"A new account has an e-mail address that {name} has or had before, so I can’t tell whether it is {name} or somebody "
        "else. Neither may act, and requests go past them. Please find out in person or by phone, and let whoever runs the bot "
        "settle it: recording-steward people."
    )


def _turned(act: Act, turn: Turn) -> tuple[Effect, ...]:
    if turn.after == LIVING:
        return asked_again(act, turn.person_id)
    return (*asked_in_vain(act, turn.person_id), *_shared(act, turn))


def _shared(act: Act, turn: Turn) -> tuple[Effect, ...]:
    if turn.after != AMBIGUOUS:
        return ()
    person = act.store.people.get(turn.person_id)
    if person.checked_at is None:
        return ()  # whom the policy names by an address that somebody had before: it is told of that one
    name = person.name
    if act.store.meetings.waiting(person):
        return sound(act, f"person:{turn.person_id}", SHARED, had_before(name))
    told = (
        f"Two accounts share {name}’s e-mail address, so I can’t tell who is who. Neither may act, and requests go past "
        "them. Please see that one is closed, or let whoever runs the bot settle it: recording-steward people."
    )
    return sound(act, f"person:{turn.person_id}", SHARED, told)
