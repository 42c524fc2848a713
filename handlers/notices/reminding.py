"""Whoever has to confirm a notice is reminded each working day; after some of them whoever comes next is asked as well (P3)."""

from __future__ import annotations

from handlers.acting import Act, Done
from handlers.cards import Button, Row
from handlers.matters.asking import ask_these, brought_in, changed
from handlers.matters.case import entitled
from handlers.matters.reminding import tell
from handlers.notices import intents
from handlers.notices.planning import REMIND
from handlers.notices.view import View, load
from handlers.rules import notices as rule
from handlers.rules.routing import beyond
from handlers.telling import ON_A_LINE
from handlers.words import day_words


def remind(act: Act, intent: intents.Remind) -> Done[None]:
    """Whoever it waits for; silence brings in the next ones, and says so on the card."""
    view = load(act, intent.matter)
    if not view.check.is_open:
        return Done(None, quiet=True)
    fell = min(act.now, act.store.deadlines.moment(REMIND, intent.matter) or act.now)
    act.store.deadlines.set(REMIND, intent.matter, rule.next_working_morning(act.policy, act.now))
    people = [one.person_id for one in view.approvers]
    new = _next(act, view)
    tell(act, view.check, REMIND, [*people, *new], fell)
    detail = {"reminded": people, **brought_in(view, new)}
    return Done(None, changed(view, new) if new else (), detail=detail)


def row(view: View, person: int) -> Row | None:
    """How one person is reminded; None for whoever has nothing to confirm any more."""
    if not view.asks(person) or not entitled(view, person):
        return None
    button = Button(f"{ON_A_LINE}notice_confirm", "Confirm", f"{view.check.id}:{view.check.notice}", "primary")
    words = f"{view.name}: nobody has confirmed it since {day_words(view.due, None)}. Press Confirm once you have looked or listened."
    return Row(words, button, view.check.id)


def _next(act: Act, view: View) -> list[int]:
    """Whoever comes next, once, after so many working days of silence."""
    if view.check.state != "waiting" or not rule.is_silent(act.policy, view.due, act.now):
        return []
    asked = frozenset(one.role for one in view.approvers)
    if len(asked) > 1:
        return []
    found = beyond(view.circumstances, asked)  # type: ignore[arg-type]
    return ask_these(act, view, [one for one in found if act.store.people.may_act(one.email)])
