"""Who hears that a notice was answered no, or that an outage was entered or taken back: whoever oversees all of them (P3)."""

from __future__ import annotations

from handlers.acting import Act
from handlers.effects import Effect, Home, Tell
from handlers.rules.access import company_day
from handlers.rules.notices import OVERSEEING


def overseers(act: Act) -> list[int]:
    """The Head and the Manager, Human Resources, or who stands in for them today, and can be reached."""
    day = company_day(act.policy, act.now)
    named = (one for role in OVERSEEING for one in act.today.holders_on(role, day))
    return list(
        act.store.people.ids_for([one for one in dict.fromkeys(named) if act.store.people.may_act(one)]).values()
    )


def word(act: Act, words: str, once: str, button: str = "", matter: str = "") -> tuple[Effect, ...]:
    """A line in words to each of them but to whoever did it."""
    others = [one for one in overseers(act) if one != act.who.person_id]
    return tuple(Tell(one, words, once, button, matter) for one in others)


def homes(act: Act) -> tuple[Effect, ...]:
    """Their homes, and that of whoever did it, which show what changed."""
    people = dict.fromkeys((*overseers(act), *((act.who.person_id,) if act.who.person_id is not None else ())))
    return tuple(Home(one, home.platform) for one in people for home in act.store.people.homes(one))
