"""What stands at home of erasures ahead, for whoever has the card (P12)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from handlers.acting import Act
from handlers.cards import Button, Row, Sign
from handlers.erasures_ahead.cards import waits_words
from handlers.erasures_ahead.view import seen, to_decide
from handlers.lists import few
from handlers.room import Rows
from handlers.words import capital, counted
from storage.records import Person

Goes = Callable[[Act, Person], Mapping[int, Mapping[str, int]]]


def lists(act: Act, goes: Goes) -> Mapping[str, Rows]:
    """One row for whoever has this week's card; for everybody else there is none. `goes` counts for one reader."""
    if act.me.email_key not in act.policy.roles.everybody():
        return {}
    card = act.store.ahead_cards.current()
    if card is None or act.me.id not in seen(act, card).everybody():
        return {}
    numbers = (f"{sum(lines.values()):,} within {counted(days, 'day')}" for days, lines in goes(act, act.me).items())
    decides = seen(act, card).heads(act.me)
    calls, _, files = to_decide(act, act.store.people.aliases([act.me.email_key])) if decides else (0, 0, 0)
    told = " · ".join(filter(None, (waits_words(calls, files), f"Calls that go: {', '.join(numbers)}")))
    rows = [Row(f"{Sign.NOTE} {capital(told)}", Button("details", "Details", card.id), card.id)]
    return {"erasures_ahead": few("Erasures ahead", rows)}
