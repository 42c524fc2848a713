"""A kind of matter whose card whoever holds a copy sees: what every matter can be asked, from what its room brings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Generic

from handlers.acting import Act, Pair
from handlers.alarms import may_look
from handlers.cards import Card, Row
from handlers.matters import asking, intents
from handlers.matters.case import C
from handlers.room import Shown
from storage.database.store import Store
from storage.reminders import Reminder


@dataclass(slots=True)
class MatterOf(Generic[C]):
    """As `Matter`. `kind` is how the database calls it, `row` is what reminds of one.

    Whoever was told of an alarm about it may look at it in Details, and so may those whom `looks` names; `full` is its card there.
    """

    prefix: str
    gone: str
    reroute: type[intents.Reroute]
    recheck: type[intents.Recheck]
    load: Callable[[Act, str], C]
    kind: str
    card: Callable[[C, int], Card]
    row: Callable[[C, int], Row | None]
    looks: Callable[[Act], Collection[int]] = lambda _: ()
    full: Callable[[Act, C, Card], Card] = lambda _, __, drawn: drawn

    @property
    def does(self) -> tuple[Pair, ...]:
        """What is wanted of every matter, and how it is done."""
        return (
            self.reroute.by(
                lambda act, intent: asking.reroute(
                    act, self.case(act, intent.matter), intent.person, intent.code, intent.outgoing, intent.began
                )
            ),
            self.recheck.by(lambda act, intent: asking.recheck(act, self.case(act, intent.matter))),
        )

    def shown(self, act: Act, matter: str, reader: int, *, whole: bool = False) -> Shown | None:
        """As `Matter.shown`."""
        view = self.case(act, matter)
        if reader not in view.everybody() and not (whole and self._may_look(act, matter, reader)):
            return None
        drawn = self.card(view, reader)
        return Shown(self.full(act, view, drawn) if whole else drawn, view.matter.revision)

    def case(self, act: Act, matter: str) -> C:
        """As `Matter.case`."""
        return self.load(act, matter)

    def reminded(self, act: Act, reminder: Reminder) -> Row | None:
        """As `Matter.reminded`."""
        return self.row(self.case(act, reminder.matter_id), reminder.person_id)

    def waiting(self, store: Store) -> Sequence[str]:
        """As `Matter.waiting`."""
        return store.matters.ids(self.kind)

    def stuck(self, store: Store) -> Sequence[str]:
        """As `Matter.stuck`."""
        return store.matters.ids(self.kind, ("stuck",))

    def _may_look(self, act: Act, matter: str, reader: int) -> bool:
        return reader in self.looks(act) or may_look(act, matter, reader)
