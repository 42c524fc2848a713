"""A weekly card as a matter: what every matter can be asked."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from handlers.acting import Act
from handlers.cards import Button, Row
from handlers.matters.case import entitled
from handlers.matters.showing import of
from handlers.room import Shown
from handlers.rules.refusal import Refused
from handlers.telling import ON_A_LINE
from handlers.weekly import intents
from handlers.weekly.cards import card
from handlers.weekly.details import wanted
from handlers.weekly.details import whole as in_full
from handlers.weekly.view import GONE, Rooms, View, for_reader, load
from handlers.words import capital
from storage.database.store import Store
from storage.reminders import Reminder


class WeeklyCards:
    """One for each week, `WK-…`. `rooms` are those whose matters it may tell of."""

    prefix = "WK-"
    gone = GONE
    notice, reroute, recheck = intents.Notice, intents.Reroute, intents.Recheck

    def __init__(self, rooms: Rooms) -> None:
        self.rooms = rooms

    def shown(self, act: Act, matter: str, reader: int, *, whole: bool = False) -> Shown | None:
        """As `Matter.shown`."""
        view = self.case(act, matter)
        if reader not in view.everybody():
            return None
        view = for_reader(act, view, view.people[reader], self.rooms)
        drawn = card(view, reader)
        if whole:
            calls = {one.id: one for one in act.store.recordings.all_of(wanted(view))}
            drawn = in_full(drawn, view, calls, lambda one: self._opens(act, one, reader))
        return Shown(drawn, view.card.revision)

    def case(self, act: Act, matter: str) -> View:
        """As `Matter.case`."""
        return load(act, matter)

    def reminded(self, act: Act, reminder: Reminder) -> Row | None:
        """As `Matter.reminded`: whoever comes next hears that nobody has seen it."""
        view, person = self.case(act, reminder.matter_id), reminder.person_id
        if not view.asks(person) or not entitled(view, person):
            return None
        words = f"{capital(view.what)} came to you, since nobody has seen it yet. Press Details, and Seen there."
        return Row(words, Button(f"{ON_A_LINE}details", "Details", view.card.id, "primary"), view.card.id)

    def waiting(self, store: Store) -> Sequence[str]:
        """As `Matter.waiting`."""
        return store.matters.ids("weekly")

    def stuck(self, store: Store) -> Sequence[str]:
        """As `Matter.stuck`."""
        return store.matters.ids("weekly", ("stuck",))

    def _opens(self, act: Act, matter: str, reader: int) -> bool:
        with suppress(Refused):
            return of(self.rooms(), matter).shown(act, matter, reader, whole=True) is not None
        return False
