"""A customer's request as a matter: what every matter can be asked (P8)."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.acting import Act, Done
from handlers.cards import Row
from handlers.customers.cards import card
from handlers.customers.intents import passing_time as intents
from handlers.customers.reminded import row
from handlers.customers.view import GONE, View, load
from handlers.matters import asking
from handlers.room import Shown
from storage.reminders import Reminder
from storage.store import Store


class CustomerRequests:
    """P8: customers' requests, `C-…`."""

    prefix = "C-"
    gone = GONE
    notice, reroute, recheck = intents.Notice, intents.Reroute, intents.Recheck

    def shown(self, act: Act, matter: str, reader: int, *, whole: bool = False) -> Shown | None:
        """As `Matter.shown`; whoever was told of an alarm about it may look at it in Details."""
        view = self.case(act, matter)
        told = whole and act.store.alarms.told(matter, reader)
        if reader not in view.everybody() and not told:
            return None
        return Shown(card(view, reader, whole=whole), view.request.revision)

    def case(self, act: Act, matter: str) -> View:
        """As `Matter.case`."""
        return load(act, matter)

    def reminded(self, act: Act, reminder: Reminder) -> Row | None:
        """As `Matter.reminded`."""
        return row(self.case(act, reminder.matter_id), reminder)

    def waiting(self, store: Store) -> Sequence[str]:
        """As `Matter.waiting`."""
        return [one.id for one in store.customers.unanswered() if one.is_open]

    def stuck(self, store: Store) -> Sequence[str]:
        """As `Matter.stuck`."""
        return [one.id for one in store.customers.unanswered() if one.state == "stuck"]


MATTER = CustomerRequests()


def _reroute(act: Act, intent: intents.Reroute) -> Done[None]:
    return asking.reroute(act, intent, MATTER.case(act, intent.matter))


def _recheck(act: Act, intent: intents.Recheck) -> Done[None]:
    return asking.recheck(act, MATTER.case(act, intent.matter))


def _notice(act: Act, intent: intents.Notice) -> Done[None]:
    return asking.notice(act, intent, MATTER.case(act, intent.matter))


DOES = (intents.Reroute.by(_reroute), intents.Recheck.by(_recheck), intents.Notice.by(_notice))
