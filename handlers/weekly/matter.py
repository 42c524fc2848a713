"""A weekly card as a matter: what every matter can be asked."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from handlers.acting import Act
from handlers.cards import Row
from handlers.matters.showing import of
from handlers.room import Shown
from handlers.rules.refusal import Refused
from handlers.weekly import intents
from handlers.weekly.cards import card
from handlers.weekly.details import wanted
from handlers.weekly.details import whole as in_full
from handlers.weekly.view import GONE, Rooms, View, for_reader, load
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
        """As `Matter.reminded`: it asks for nothing but to be seen, and the other one is asked where it is not."""
        return None

    def waiting(self, store: Store) -> Sequence[str]:
        """As `Matter.waiting`."""
        return [one.id for one in store.weeks.open()]

    def stuck(self, store: Store) -> Sequence[str]:
        """As `Matter.stuck`."""
        return [one.id for one in store.weeks.open() if one.state == "stuck"]

    def _opens(self, act: Act, matter: str, reader: int) -> bool:
        with suppress(Refused):
            return of(self.rooms(), matter).shown(act, matter, reader, whole=True) is not None
        return False
