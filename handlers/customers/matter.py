"""A customer's request as a matter: what every matter can be asked (P8)."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.acting import Act, Done
from handlers.alarms import may_look
from handlers.cards import Row
from handlers.customers.cards import card
from handlers.customers.intents import passing_time as intents
from handlers.customers.reminded import row
from handlers.customers.view import GONE, View, load
from handlers.matters import asking
from handlers.room import Shown
from storage.database.store import Store
from storage.reminders import Reminder


class CustomerRequests:
    """P8: customers' requests, `C-…`."""

    prefix = "C-"
    gone = GONE
    notice, reroute, recheck = intents.Notice, intents.Reroute, intents.Recheck

    def shown(self, act: Act, matter: str, reader: int, *, whole: bool = False) -> Shown | None:
        """As `Matter.shown`; so may the Head who was asked for a number, and in Details whoever was told of an alarm about it."""
        view = self.case(act, matter)
        told = (whole and may_look(act, matter, reader)) or _asked_for_a_number(act, view, reader)
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
        return store.matters.ids("customer")

    def stuck(self, store: Store) -> Sequence[str]:
        """As `Matter.stuck`."""
        return store.matters.ids("customer", ("stuck",))


def _asked_for_a_number(act: Act, view: View, reader: int) -> bool:
    pending = view.known is not None and view.known.number_asked() is not None
    return pending and view.allows_numbers(act.store.people.get(reader))


MATTER = CustomerRequests()


def _reroute(act: Act, intent: intents.Reroute) -> Done[None]:
    return asking.reroute(act, intent, MATTER.case(act, intent.matter))


def _recheck(act: Act, intent: intents.Recheck) -> Done[None]:
    return asking.recheck(act, MATTER.case(act, intent.matter))


def _notice(act: Act, intent: intents.Notice) -> Done[None]:
    return asking.notice(act, intent, MATTER.case(act, intent.matter))


DOES = (intents.Reroute.by(_reroute), intents.Recheck.by(_recheck), intents.Notice.by(_notice))
