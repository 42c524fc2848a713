"""A confirmation of a notice as a matter: what every matter can be asked (P3)."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.acting import Act
from handlers.cards import Row
from handlers.notices import intents
from handlers.notices.cards import card
from handlers.notices.hearing import overseers
from handlers.notices.reminding import row
from handlers.notices.view import GONE, View, load
from handlers.room import Shown
from storage.reminders import Reminder
from storage.store import Store


class Confirmations:
    """P3: notices that are to be confirmed, `N-…`."""

    prefix = "N-"
    gone = GONE
    notice, reroute, recheck = intents.Notice, intents.Reroute, intents.Recheck

    def shown(self, act: Act, matter: str, reader: int, *, whole: bool = False) -> Shown | None:
        """As `Matter.shown`; whoever oversees the notices, or was told of an alarm about it, may look at it in Details."""
        view = self.case(act, matter)
        may_look = whole and (reader in overseers(act) or act.store.alarms.told(matter, reader))
        return Shown(card(view, reader), view.check.revision) if reader in view.everybody() or may_look else None

    def case(self, act: Act, matter: str) -> View:
        """As `Matter.case`."""
        return load(act, matter)

    def reminded(self, act: Act, reminder: Reminder) -> Row | None:
        """As `Matter.reminded`."""
        return row(self.case(act, reminder.matter_id), reminder.person_id)

    def waiting(self, store: Store) -> Sequence[str]:
        """As `Matter.waiting`."""
        return [one.id for one in store.notices.open()]

    def stuck(self, store: Store) -> Sequence[str]:
        """As `Matter.stuck`."""
        return [one.id for one in store.notices.open() if one.state == "stuck"]
