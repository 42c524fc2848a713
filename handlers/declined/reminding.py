"""Whoever has to decide about a declined call is reminded each working day; what goes by itself waits for nobody (P5)."""

from __future__ import annotations

from handlers.acting import Act, Done
from handlers.cards import Button, Row
from handlers.declined import intents
from handlers.declined.view import View, load
from handlers.matters.case import entitled
from handlers.matters.reminding import tell
from handlers.rules.reminding import next_morning
from handlers.telling import ON_A_LINE
from storage.tables.declined import Declined

GO, REMIND = "declined.go", "declined.remind"
UNCHOSEN_CALL = (
    "{who} said that a caller declined to be recorded ({matter}), and not which call it was. Until that is known, the call can be heard like"
    " any other. Press Details to choose it, or to say that it was none of them."
)


def schedule(act: Act, row: Declined) -> None:
    """Ask the clock for the next morning, where somebody has to decide."""
    if row.is_open and row.erase_at is None:
        act.store.deadlines.set(REMIND, row.id, next_morning(act.policy, act.now))


def remind(act: Act, intent: intents.Remind) -> Done[None]:
    """Whoever is asked, each morning until it is decided."""
    view = load(act, intent.matter)
    if not view.declined.is_open:
        return Done(None, quiet=True)
    people = [one.person_id for one in view.approvers]
    fell = min(act.now, act.store.deadlines.moment(REMIND, intent.matter) or act.now)
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
