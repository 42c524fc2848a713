"""A call that nobody chooses is not lost: whoever said it is reminded, then whoever decides may say which one it was (P5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from handlers.acting import Act, Done
from handlers.alarms import warned_by
from handlers.declined import intents
from handlers.declined.reminding import REMIND, schedule
from handlers.declined.view import View, load, seen
from handlers.effects import Effect, Tell
from handlers.matters.alarming import alarm
from handlers.matters.asking import ask_anew, changed
from handlers.matters.reminding import line_of, tell
from handlers.rules import declined as rule
from storage.database.store import Store
from storage.records import Recording
from storage.tables.declined import CHOOSING, Declined
from storage.whose_data import Address

UNCHOSEN, HAND_OVER = "declined.unchosen", "declined.hand_over"
LAST_CALLS, OF_DAYS = 5, timedelta(days=14)
MOST_OF_AN_ADDRESS = 50


def last_calls(store: Store, row: Declined, now: datetime) -> list[Recording]:
    """Those of whoever said it that may be the one: they began before it was said, by either clock."""
    theirs = store.whose_data.addresses(store.people.get(row.said_by))
    until, keys = row.asked_at + rule.EARLIER, [one.key for one in theirs]
    found = store.declines.last_of(keys, row.asked_at - OF_DAYS, until, MOST_OF_AN_ADDRESS)
    return [one for one in found if not one.closed(now) and is_theirs(one, theirs)][:LAST_CALLS]


def is_theirs(call: Recording, addresses: Iterable[Address]) -> bool:
    """Whether the address of whoever was on a call was one of these people's when it began: another one may have it since, or had it before."""
    return any(one.key == call.operator_key and one.had(call.started) for one in addresses)


def late(store: Store, now: datetime) -> Sequence[str]:
    """Matters of which a call was registered since that may be the one."""
    waiting = store.declines.unchosen()
    return [one.id for one in waiting if _more(store, one, now)]


def offer(act: Act, intent: intents.Offer) -> Done[None]:
    """Added at the end, so that a card which was drawn before still names the same calls."""
    view = load(act, intent.matter)
    row = view.declined
    if not row.is_unchosen:
        return Done(None, quiet=True)
    if not (more := _more(act.store, row, act.now)):
        return Done(None, quiet=True)
    row.choices = [*row.choices, *({"recording": one.id} for one in more)]
    return Done(None, changed(seen(act, row)), detail={"number": len(row.choices)})


def ask_clock(act: Act, row: Declined) -> None:
    """The next two working mornings of whoever said it."""
    person = act.store.people.get(row.said_by)
    zone, at = person.zone if person.checked_at else "", act.now
    for kind in (UNCHOSEN, HAND_OVER):
        at = rule.next_morning(act.policy, zone, line_of(act.policy, row), at)
        act.store.deadlines.set(kind, row.id, at)


def settled(act: Act, row: Declined) -> None:
    """It is known which call it was, or that it was none."""
    act.store.deadlines.drop_all((UNCHOSEN, HAND_OVER, REMIND), row.id, act.now)


def unchosen(act: Act, intent: intents.Unchosen) -> Done[None]:
    """Whoever said it is reminded; where that person left or is out of reach, it is handed over at once."""
    view = load(act, intent.matter)
    row = view.declined
    if row.state != CHOOSING:
        return Done(None, quiet=True)
    if not act.store.people.there([view.said_by.email_key]):
        return _handed_over(act, view)
    tell(act, row, UNCHOSEN, [row.said_by], act.store.deadlines.moment(UNCHOSEN, row.id) or act.now)
    return Done(None, detail={"reminded": [row.said_by]})


def hand_over(act: Act, intent: intents.HandOver) -> Done[None]:
    """Whoever said it was silent, so whoever decides says which call it was, and is told so in working hours."""
    view = load(act, intent.matter)
    return _handed_over(act, view) if view.declined.state == CHOOSING else Done(None, quiet=True)


def word(act: Act, row: Declined, what: str) -> tuple[Effect, ...]:
    """Whoever said it hears what somebody else said in that person's stead."""
    if act.me.id == row.said_by:
        return ()
    words = f"{act.me.name} said {what} ({row.id}). Press Details to read more."
    return (Tell(row.said_by, words, f"declined:{row.id}:chosen", "details", row.id),)


def _handed_over(act: Act, view: View) -> Done[None]:
    row = view.declined
    new, where = ask_anew(act, view)
    settled(act, row)
    schedule(act, row)
    tell(act, row, REMIND, new["asked"], act.now)
    told = alarm(act, row, view.what, where)
    return Done(None, (*told, *changed(view)), detail={"state": "open", **new, **warned_by(told)})


def _more(store: Store, row: Declined, now: datetime) -> list[Recording]:
    """Live calls that may be the one have names of their own, which are met when they are registered."""
    if any("call_id" in one and datetime.fromisoformat(one["began"]) <= row.asked_at for one in row.choices):
        return []
    known = {one["recording"] for one in row.choices if "recording" in one}
    return [one for one in last_calls(store, row, now) if one.id not in known]
