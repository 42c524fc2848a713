"""A kind of matter whose card whoever holds a copy sees: what every matter can be asked, from what its room brings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic

from handlers.acting import Act, Done
from handlers.alarms import may_look
from handlers.cards import Card, Row
from handlers.handling import Handler, handler
from handlers.matters import asking
from handlers.matters.case import C
from handlers.room import Shown
from storage.database.store import Store
from storage.matters import Reminder


@dataclass(slots=True)
class OldMatterOf(Generic[C]):
    """As `Matter`. `name` is how the log calls what is done with it, `kind` how the database calls it, `row` what reminds of one.

    Whoever was told of an alarm about it may look at it in Details, and so may those whom `looks` names; `full` is its card there.
    """

    prefix: str
    gone: str
    name: str
    clause: str
    load: Callable[[Act, str], C]
    kind: str
    card: Callable[[C, int], Card]
    row: Callable[[C, int], Row | None]
    looks: Callable[[Act], Collection[int]] = lambda _: ()
    full: Callable[[Act, C, Card], Card] = lambda _, __, drawn: drawn

    reroute: Handler[[str, int, str, str, datetime | None], None] = field(init=False)
    recheck: Handler[[str], None] = field(init=False)

    def __post_init__(self) -> None:
        """What is wanted of every matter, under the room's own name."""
        self.reroute = handler(f"{self.name}.reroute", clause=self.clause, about="matter")(self._reroute)
        self.recheck = handler(f"{self.name}.recheck", clause=self.clause, about="matter")(self._recheck)

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

    def _reroute(
        self, act: Act, matter: str, person: int, code: str, outgoing: str, began: datetime | None = None
    ) -> Done[None]:
        return asking.reroute(act, self.case(act, matter), person, code, outgoing, began)

    def _recheck(self, act: Act, matter: str) -> Done[None]:
        return asking.recheck(act, self.case(act, matter))

    def _may_look(self, act: Act, matter: str, reader: int) -> bool:
        return reader in self.looks(act) or may_look(act, matter, reader)
