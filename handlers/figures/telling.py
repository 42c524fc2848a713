"""On the first working day of a month both officers are told that the one before is over, and where its numbers are."""

from __future__ import annotations

from handlers.acting import Act, Done
from handlers.effects import Tell
from handlers.figures import intents
from handlers.figures.words import told_of
from handlers.rules.access import company_day
from handlers.rules.figures import last_whole, month_named, told_anew, told_at
from handlers.rules.notices import OVERSEEING

TELL, WHOSE = "figures.tell", "month"


def schedule(act: Act, intent: intents.Schedule) -> Done[None]:
    """Ask the clock for the next month's word; anew, where the policy has another day: at once where that is over, so that no month is left out."""
    coming = act.store.deadlines.coming(TELL, WHOSE)
    if coming != (at := told_anew(act.policy, coming, act.now)):
        act.store.deadlines.set(TELL, WHOSE, at)
    return Done(None, quiet=True)


def tell(act: Act, intent: intents.TellOfMonth) -> Done[None]:
    """The clock: one word to each; of a month that is longer over nothing more is said, since it stands at home."""
    act.store.deadlines.set(TELL, WHOSE, told_at(act.policy, act.now))
    month = month_named(act.policy, last_whole(act.policy, act.now), act.now)
    people = hearers(act)
    words = told_of(month.words)
    told = tuple(Tell(one, words, f"figures:{month.name}", "figures", opens=month.name) for one in people)
    return Done(None, told, f"month:{month.name}", {"told": people}, quiet=not people)


def hearers(act: Act) -> list[int]:
    """Whoever is there in the two roles today, or deputises while the holder is away."""
    day, policy = company_day(act.policy, act.now), act.today
    there = dict.fromkeys(one for role in OVERSEEING for one in policy.holders_on(role, day))
    return list(act.store.people.ids_for(one for one in there if act.store.people.may_act(one)).values())
