"""A stopped run as a matter: what every matter can be asked (P12)."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.acting import Act
from handlers.cards import Row
from handlers.room import Shown
from handlers.stopped_runs import intents
from handlers.stopped_runs.cards import card
from handlers.stopped_runs.cards import whole as in_full
from handlers.stopped_runs.reminding import row
from handlers.stopped_runs.view import GONE, View, load
from storage.reminders import Reminder
from storage.store import Store


class StoppedRuns:
    """P12: a day's erasures that wait for two people, `ER-…`."""

    prefix = "ER-"
    gone = GONE
    notice, reroute, recheck = intents.Notice, intents.Reroute, intents.Recheck

    def shown(self, act: Act, matter: str, reader: int, *, whole: bool = False) -> Shown | None:
        """As `Matter.shown`; whoever was told of an alarm about it may look at it in Details."""
        view = self.case(act, matter)
        if reader not in view.everybody() and not (whole and act.store.alarms.told(matter, reader)):
            return None
        drawn = card(view, reader)
        return Shown(in_full(drawn, view, act.store.stopped_runs.days(matter)) if whole else drawn, view.run.revision)

    def case(self, act: Act, matter: str) -> View:
        """As `Matter.case`."""
        return load(act, matter)

    def reminded(self, act: Act, reminder: Reminder) -> Row | None:
        """As `Matter.reminded`."""
        return row(self.case(act, reminder.matter_id), reminder.person_id)

    def waiting(self, store: Store) -> Sequence[str]:
        """As `Matter.waiting`."""
        return [one.id for one in store.stopped_runs.open()]

    def stuck(self, store: Store) -> Sequence[str]:
        """As `Matter.stuck`."""
        return [one.id for one in store.stopped_runs.open() if one.state == "stuck"]
