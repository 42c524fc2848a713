"""A review of the policy as a matter: what every matter can be asked (P14)."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.acting import Act
from handlers.cards import Row
from handlers.policy_review import intents
from handlers.policy_review.cards import card
from handlers.policy_review.reminding import row
from handlers.policy_review.view import GONE, View, load
from handlers.room import Shown
from storage.reminders import Reminder
from storage.store import Store


class PolicyReviews:
    """P14: reviews of the policy and declared changes, `PR-…`."""

    prefix = "PR-"
    gone = GONE
    notice, reroute, recheck = intents.Notice, intents.Reroute, intents.Recheck

    def shown(self, act: Act, matter: str, reader: int, *, whole: bool = False) -> Shown | None:
        """As `Matter.shown`; whoever was told of an alarm about it may look at it in Details."""
        view = self.case(act, matter)
        if reader not in view.everybody() and not (whole and act.store.alarms.told(matter, reader)):
            return None
        return Shown(card(view, reader), view.review.revision)

    def case(self, act: Act, matter: str) -> View:
        """As `Matter.case`."""
        return load(act, matter)

    def reminded(self, act: Act, reminder: Reminder) -> Row | None:
        """As `Matter.reminded`."""
        return row(self.case(act, reminder.matter_id), reminder.person_id)

    def waiting(self, store: Store) -> Sequence[str]:
        """As `Matter.waiting`."""
        return [one.id for one in store.reviews.open()]

    def stuck(self, store: Store) -> Sequence[str]:
        """As `Matter.stuck`."""
        return [one.id for one in store.reviews.open() if one.state == "stuck"]
