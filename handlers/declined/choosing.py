"""Which call it was, while nobody has said so, and who is reminded of one that waits for a decision (P5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from handlers.acting import Act, Done
from handlers.alarms import warned_by
from handlers.cards import Button, Row
from handlers.declined.view import View, load, seen
from handlers.effects import Effect, Tell
from handlers.handling import handler
from handlers.matters.alarming import alarm
from handlers.matters.asking import ask_anew, changed
from handlers.matters.case import entitled
from handlers.matters.reminding import line_of, tell
from handlers.rules import declined as rule
from handlers.rules.deadlines import next_morning
from handlers.telling import ON_A_LINE
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


@handler("declined.offer", clause="P5", about="matter")
def offer(act: Act, matter: str) -> Done[None]:
    """Added at the end, so that a card which was drawn before still names the same calls."""
    view = load(act, matter)
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


@handler("declined.unchosen", clause="P5", about="matter")
def unchosen(act: Act, matter: str) -> Done[None]:
    """Whoever said it is reminded; where that person left or is out of reach, it is handed over at once."""
    view = load(act, matter)
    row = view.declined
    if row.state != CHOOSING:
        return Done(None, quiet=True)
    if not act.store.people.there([view.said_by.email_key]):
        return _handed_over(act, view)
    tell(act, row, UNCHOSEN, [row.said_by], act.store.deadlines.moment(UNCHOSEN, row.id) or act.now)
    return Done(None, detail={"reminded": [row.said_by]})


@handler("declined.hand_over", clause="P5", about="matter")
def hand_over(act: Act, matter: str) -> Done[None]:
    """Whoever said it was silent, so whoever decides says which call it was, and is told so in working hours."""
    view = load(act, matter)
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


GO, REMIND = "declined.go", "declined.remind"
UNCHOSEN_CALL = (
    "{who} said that a caller declined to be recorded ({matter}), and not which call it was. Until that is known, the call can be heard like"
    " any other. Press Details to choose it, or to say that it was none of them."
)


def schedule(act: Act, row: Declined) -> None:
    """Ask the clock for the next morning, where somebody has to decide."""
    if row.is_open and row.erase_at is None:
        act.store.deadlines.set(REMIND, row.id, next_morning(act.policy, act.now))


@handler("declined.remind", clause="P5", about="matter")
def remind(act: Act, matter: str) -> Done[None]:
    """Whoever is asked, each morning until it is decided."""
    view = load(act, matter)
    if not view.declined.is_open:
        return Done(None, quiet=True)
    people = [one.person_id for one in view.approvers]
    fell = min(act.now, act.store.deadlines.moment(REMIND, matter) or act.now)
    schedule(act, view.declined)
    tell(act, view.declined, REMIND, people, fell)
    return Done(None, detail={"reminded": people})


def row(view: View, person: int) -> Row | None:
    """How one person is reminded; None for whoever has nothing to decide any more."""
    if view.declined.is_unchosen and person == view.declined.said_by:
        return _line(view, UNCHOSEN_CALL.format(who="You", matter=view.declined.id))
    if not view.asks(person) or view.goes_by_itself or not entitled(view, person):
        return None
    if view.declined.is_unchosen:
        return _line(view, UNCHOSEN_CALL.format(who=view.said_by.name, matter=view.declined.id))
    words = f"A caller declined to be recorded ({view.declined.id}), and the recording waits for your decision. Press Details to read more and to answer."
    return _line(view, words)


def _line(view: View, words: str) -> Row:
    return Row(words, Button(f"{ON_A_LINE}details", "Details", view.declined.id, "primary"), view.declined.id)
