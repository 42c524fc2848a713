"""A declined call as a matter: what every matter can be asked (P5)."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.acting import Act
from handlers.cards import Row
from handlers.declined import intents
from handlers.declined.cards import card
from handlers.declined.reminding import row
from handlers.declined.view import GONE, View, load
from handlers.room import Shown
from storage.reminders import Reminder
from storage.store import Store


class DeclinedCalls:
    """P5: calls whose customers declined, `D-…`."""

    prefix = "D-"
    gone = GONE
    notice, reroute, recheck = intents.Notice, intents.Reroute, intents.Recheck

    def shown(self, act: Act, matter: str, reader: int, *, whole: bool = False) -> Shown | None:
        """As `Matter.shown`; whoever was told of an alarm about it may look at it in Details."""
        view = self.case(act, matter)
        if reader not in view.everybody() and not (whole and act.store.alarms.told(matter, reader)):
            return None
        return Shown(card(view, reader), view.declined.revision)

    def case(self, act: Act, matter: str) -> View:
        """As `Matter.case`."""
        return load(act, matter)

    def reminded(self, act: Act, reminder: Reminder) -> Row | None:
        """As `Matter.reminded`."""
        return row(self.case(act, reminder.matter_id), reminder.person_id)

    def waiting(self, store: Store) -> Sequence[str]:
        """As `Matter.waiting`."""
        return [one.id for one in store.declines.open()]

    def stuck(self, store: Store) -> Sequence[str]:
        """As `Matter.stuck`."""
        return [one.id for one in store.declines.open() if one.state == "stuck"]
