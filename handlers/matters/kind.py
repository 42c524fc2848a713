"""A kind of matter whose card whoever holds a copy sees: what every matter can be asked, from what its room brings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from handlers.acting import Act, Done
from handlers.alarms import may_look
from handlers.cards import Card, Row
from handlers.handling import Handler, handler
from handlers.matters import asking
from handlers.matters.case import Case
from handlers.room import Shown
from storage.database.store import Store
from storage.matters import Reminder

K = TypeVar("K", bound=Case[Any])


@dataclass(slots=True)
class MatterOf(Generic[K]):
    """As `Matter`: how one is read, its card, which `drawn` asks for, and the row by which somebody is reminded of it."""

    read: type[K]
    card: Callable[..., Card]
    row: Callable[..., Row | None]
    prefix: str = field(init=False)
    gone: str = field(init=False)
    reroute: Handler[[str, int, str, str, datetime | None], None] = field(init=False)
    recheck: Handler[[str], None] = field(init=False)

    def __post_init__(self) -> None:
        """What is wanted of every matter, under the kind's own name."""
        kind = self.read.kind
        self.prefix, self.gone = kind.prefix, kind.gone
        self.reroute = handler(f"{kind.name}.reroute{kind.ending}", clause=kind.clause, about="matter")(self._reroute)
        self.recheck = handler(f"{kind.name}.recheck{kind.ending}", clause=kind.clause, about="matter")(self._recheck)

    def shown(self, act: Act, matter: str, reader: int, *, whole: bool = False) -> Shown | None:
        """As `Matter.shown`."""
        case = self.case(act, matter)
        if reader not in case.everybody() and not (whole and self.may_look(act, case, reader)):
            return None
        return Shown(self.drawn(act, case, reader, whole=whole), case.matter.revision)

    def drawn(self, act: Act, case: K, reader: int, *, whole: bool) -> Card:
        """Its card for one reader, `whole` as Details shows it."""
        return self.card(case, reader)

    def may_look(self, act: Act, case: K, reader: int) -> bool:
        """Whether somebody without a copy may look at it in Details: whoever was told of an alarm about it."""
        return not case.has_no_part(reader) and may_look(act, case.matter.id, reader)

    def case(self, act: Act, matter: str) -> K:
        """As `Matter.case`."""
        return self.read.load(act, matter)

    def reminded(self, act: Act, reminder: Reminder) -> Row | None:
        """As `Matter.reminded`."""
        return self.row(self.case(act, reminder.matter_id), reminder.person_id)

    def waiting(self, store: Store) -> Sequence[str]:
        """As `Matter.waiting`."""
        return store.matters.ids(self.read.kind.stored)

    def stuck(self, store: Store) -> Sequence[str]:
        """As `Matter.stuck`."""
        return store.matters.ids(self.read.kind.stored, ("stuck",))

    def _reroute(
        self, act: Act, matter: str, person: int, code: str, outgoing: str, began: datetime | None = None
    ) -> Done[None]:
        return asking.reroute(act, self.case(act, matter), person, code, outgoing, began)

    def _recheck(self, act: Act, matter: str) -> Done[None]:
        return asking.recheck(act, self.case(act, matter))
