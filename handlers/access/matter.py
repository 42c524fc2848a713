"""A request for access as a matter: what every matter can be asked."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.access import intents, passing
from handlers.access.cards import card
from handlers.access.reminded import row
from handlers.access.view import GONE, View, for_reader, load
from handlers.acting import Act
from handlers.alarms import may_look
from handlers.cards import Row
from handlers.room import Shown
from storage.database.store import Store
from storage.reminders import Reminder


class AccessRequests:
    """P7, P9: requests for access, `R-…`."""

    prefix = "R-"
    gone = GONE
    reroute, recheck = intents.Reroute, intents.Recheck

    def shown(self, act: Act, matter: str, reader: int, *, whole: bool = False) -> Shown | None:
        """As `Matter.shown`; whoever was told of an alarm about it may look at it in Details."""
        view = self.case(act, matter)
        told = whole and not view.concerns(reader) and may_look(act, matter, reader)
        if reader not in view.everybody() and not told:
            return None
        drawn = card(for_reader(act.store, view, reader), reader)
        return Shown(passing.whole(drawn, view, reader) if whole else drawn, view.request.revision)

    def case(self, act: Act, matter: str) -> View:
        """As `Matter.case`."""
        return load(act, matter)

    def reminded(self, act: Act, reminder: Reminder) -> Row | None:
        """As `Matter.reminded`."""
        return row(self.case(act, reminder.matter_id), reminder)

    def waiting(self, store: Store) -> Sequence[str]:
        """As `Matter.waiting`."""
        return store.matters.ids("access")

    def stuck(self, store: Store) -> Sequence[str]:
        """As `Matter.stuck`."""
        return store.matters.ids("access", ("stuck",))
