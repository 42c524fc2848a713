"""The alarm where there are not two people left who could agree to a stopped run (P12)."""

from __future__ import annotations

from datetime import datetime

from handlers.acting import Act
from handlers.alarms import sound
from handlers.effects import Effect
from handlers.rules.routing import Route
from handlers.stopped_runs.view import View

TOO_FEW = "too_few"


def short(act: Act, view: View, where: Route, fell: datetime | None = None) -> tuple[Effect, ...]:
    """A word to whoever can mend it; nothing where two could agree. `fell` is when it should have come (aware)."""
    first = [view.people[view.run.first_by].email_key] if view.run.first_by is not None else []
    able: set[str] = set()
    for one in (*first, *(each.email for each in where.approvers)):
        if not able & act.store.people.aliases([one]):
            able.add(one)
    if len(able) >= 2:
        return ()
    words = f"Two people have to agree to {view.what}, and fewer of those who may can be reached. Please see who can."
    return sound(act, view.run.id, TOO_FEW, words, fell)
