"""A hold as a matter: what every matter can be asked (P12)."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.acting import Act
from handlers.alarms import may_look
from handlers.cards import Page, Row
from handlers.holds import calls, intents
from handlers.holds.cards import bare, card
from handlers.holds.ending import row
from handlers.holds.view import GONE, View, load
from handlers.room import Shown
from handlers.rules.refusal import Refused
from storage import pages
from storage.database.store import Store
from storage.holds import STANDING
from storage.reminders import Reminder


class HoldMatters:
    """P12: holds, `H-…`."""

    prefix = "H-"
    gone = GONE
    reroute, recheck = intents.Reroute, intents.Recheck

    def shown(self, act: Act, matter: str, reader: int, *, whole: bool = False) -> Shown | None:
        """As `Matter.shown`; a copy of somebody who has no part in it any more says nothing."""
        view = self.case(act, matter)
        if reader in view.everybody() or (whole and _alarmed(act, view, reader)):
            return Shown(card(view, reader), view.hold.revision)
        held = reader in {view.hold.asked_by, *(one.person_id for one in view.parties)}
        return Shown(bare(view), view.hold.revision) if held and view.has_no_part(reader) and not whole else None

    def case(self, act: Act, matter: str) -> View:
        """As `Matter.case`."""
        return load(act, matter)

    def reminded(self, act: Act, reminder: Reminder) -> Row | None:
        """As `Matter.reminded`."""
        return row(self.case(act, reminder.matter_id), reminder)

    def waiting(self, store: Store) -> Sequence[str]:
        """As `Matter.waiting`; of those that were confirmed it is looked at, too, who sees to them now."""
        return store.matters.ids("hold", STANDING)

    def stuck(self, store: Store) -> Sequence[str]:
        """As `Matter.stuck`."""
        return store.matters.ids("hold", ("stuck",))


def all_calls(act: Act, value: str) -> Page:
    """All calls of a hold, a page at a time, for whoever has its card: `H-…:15`. Raises `Refused` for anybody else."""
    hold, _, told = value.partition(":")
    view = load(act, hold)
    if act.me.id not in view.everybody():
        raise Refused(GONE, code="no_copy")
    first = min(int(told) if told.isascii() and told.isdigit() and len(told) < 7 else 0, max(view.number - 1, 0))
    first -= first % calls.ON_A_PAGE
    held = act.store.holds.calls(view.hold.id, pages.Page(calls.ON_A_PAGE, first))
    return calls.page(act, f"Calls of {view.hold.id}", held, view.hold.id, view.number, first)


def _alarmed(act: Act, view: View, reader: int) -> bool:
    return not view.has_no_part(reader) and may_look(act, view.hold.id, reader)
