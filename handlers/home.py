"""The home: what waits for you, what you may hear now, what you asked for, and where messages reach you."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from handlers.acting import Act, Done
from handlers.cards import Actions, Button, Card, Heading, Line, Part, Row, Sign, Small, Title
from handlers.door import behind
from handlers.effects import Home
from handlers.handling import handler
from handlers.lists import brought, counted, page, sections
from handlers.room import Does, Room, Shows
from handlers.rules.refusal import Refused
from storage.records import Person

T = TypeVar("T")


@handler("home.open")
def open_home(act: Act) -> Done[None]:
    """Draw the home now, and again whenever something on it changes."""
    me = act.me
    act.store.people.saw_home(*act.who.address, act.now)
    # Whoever looks may have been out of reach when a card changed.
    return Done(None, (*behind(act, me.id), Home(me.id, act.who.platform, fresh=True)), quiet=True)


@handler("home.welcome")
def welcome(act: Act) -> Done[None]:
    """A platform tells of it several times."""
    account = act.store.people.account(*act.who.address)
    has_one = account is not None and account.home_at is not None
    return Done(None, quiet=True) if has_one else open_home.do(act)


@handler("home.prefer")
def prefer(act: Act, platform: str) -> Done[None]:
    """From now on messages reach the person there; cards that were posted elsewhere already are kept up to date where they are."""
    me = act.me
    if platform not in act.store.people.platforms(me.id):
        raise Refused("You have no account there that I know of. Please say hello to me there first.")
    me.prefers = platform
    homes = tuple(Home(me.id, one.platform) for one in act.store.people.homes(me.id))
    return Done(None, homes, f"person:{me.id}", {"platform": platform})


def home(act: Act, rooms: Sequence[Room]) -> Card:
    """The home of the person who asks, as these rooms fill it."""
    lists = brought(act, rooms)
    empty = not any(one.number for one in lists.values() if not one.standing)
    greeted = [part for one in rooms if one.greets for part in _each(act, one.name, one.greets)]
    first = [(one.action, one.value) for part in greeted if isinstance(part, Actions) for one in part.buttons]
    # One button is the usual one: the greeting's, while there is one.
    begins = [replace(one, style="plain") if first else one for room in rooms for one in room.begins]
    parts = (
        Title(Sign.NOTE, "Call recordings", counted(lists) or "nothing waits for you"),
        *greeted,
        *((Line("What you ask for and what waits for you will stand here."),) if empty and not greeted else ()),
        Actions((*(one for one in begins if (one.action, one.value) not in first), *_offered(act, rooms))),
        *sections(lists),
        *_reached(act, act.me),
        Small("P7 · P9 · Every listening is recorded.", apart=True),
    )
    return Card(parts, "Your call recordings at a glance.")


def _offered(act: Act, rooms: Sequence[Room]) -> tuple[Button, ...]:
    return tuple(button for one in rooms if one.offers for button in _each(act, one.name, one.offers))


def _each(act: Act, room: str, brings: Callable[[Act], Sequence[T]]) -> Sequence[T]:
    nothing: Sequence[T] = ()
    return act.store.each_alone(room, lambda: brings(act), nothing)


def closed(words: str) -> Card:
    """The home of an account that may not act: a sentence that says why."""
    return Card((Title(Sign.NOTE, "Call recordings", "not open to this account"), Line(words)), words)


def _reached(act: Act, me: Person) -> list[Part]:
    """Where messages go, for somebody who can be reached on several chat platforms."""
    names = act.store.people.platforms(me.id)
    now = me.prefers if me.prefers in names else (names or [""])[0]
    words = f"Messages reach you in {now.title()}."
    rows = [Row(words, Button("prefer", f"Use {one.title()}", one)) for one in names if one != now]
    return [Heading("Where you are reached"), *rows] if rows else []


def room(rooms: Sequence[Room]) -> Room:
    """What the home brings, which shows the lists of these rooms."""
    return Room(
        "home",
        buttons={
            "prefer": Does(prefer, "", back="home"),
            "more": Shows(lambda act, value: page(brought(act, rooms), value), "Show all", turns=True),
        },
        words={"home": lambda _: open_home(), "welcome": lambda _: welcome()},
    )
