"""The card of erasures ahead as a matter: what every matter can be asked (P12)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Sequence
from dataclasses import replace

from handlers.acting import Act
from handlers.cards import Page, Row
from handlers.erasures_ahead import intents
from handlers.erasures_ahead.cards import OVER, card
from handlers.erasures_ahead.cards import whole as in_full
from handlers.erasures_ahead.listing import page
from handlers.erasures_ahead.view import GONE, Stays, View, counted, late_since, load, to_decide, until_when
from handlers.matters.showing import may_know
from handlers.room import Room, Shown
from handlers.rules.ahead import MOST_CALLS, MOST_OUTSIDE
from handlers.rules.refusal import Refused
from storage.database.store import Store
from storage.records import Person, Recording
from storage.reminders import Reminder
from storage.tables.erasures import Keep

Kept = tuple[Keep, Recording]


class ErasuresAhead:
    """P12: what goes soon, `EA-…`. `rooms` are those whose matters may keep calls, `buttons` all that there are."""

    prefix = "EA-"
    gone = GONE
    notice, reroute, recheck = intents.Notice, intents.Reroute, intents.Recheck

    def __init__(self, rooms: Callable[[], Iterable[Room]], buttons: Callable[[], Container[str]]) -> None:
        self.rooms, self.buttons = rooms, buttons

    def shown(self, act: Act, matter: str, reader: int, *, whole: bool = False) -> Shown | None:
        """As `Matter.shown`."""
        view = self.case(act, matter)
        if reader not in view.everybody():
            return None
        if view.card.state == "current":
            view = self._filled(act, view, view.people[reader])
        drawn = card(view, reader, hold="hold" in self.buttons())
        if whole and view.card.state == "current":
            until, but = until_when(act), _calls(view.held)
            moments = act.store.outlook.moments_ahead(act.now, until, but)
            drawn = in_full(drawn, view, act.store.outlook.calls_ahead(act.now, until, MOST_CALLS, but), moments)
        return Shown(drawn, view.card.revision)

    def case(self, act: Act, matter: str) -> View:
        """As `Matter.case`."""
        return load(act, matter)

    def reminded(self, act: Act, reminder: Reminder) -> Row | None:
        """As `Matter.reminded`: it asks for nothing."""
        return None

    def all_of(self, act: Act, value: str) -> Page:
        """One of the card's lists on pages: `value` is its id, the list's name, and after how many; raises `Refused`."""
        matter, _, rest = value.partition(":")
        view = self.case(act, matter)
        if act.me.id not in view.everybody():
            raise Refused(GONE, code="unknown")
        if view.card.state != "current":
            raise Refused(OVER, code="over")
        name, _, told = rest.partition(":")
        return page(act, self._filled(act, view, act.me), name, told)

    def waiting(self, store: Store) -> Sequence[str]:
        """As `Matter.waiting`: whoever has the card is looked at anew, too."""
        current = store.ahead_cards.current()
        return [current.id] if current is not None else []

    def stuck(self, store: Store) -> Sequence[str]:
        """As `Matter.stuck`."""
        return []

    def _filled(self, act: Act, view: View, reader: Person) -> View:
        outlook, held = act.store.outlook, tuple(self._held(act, reader))
        filled = replace(
            view, ahead=counted(act, _calls(held)), held=held, kept=tuple(self._kept(act, reader)), paused=outlook.paused(act.now),
            late=outlook.late(late_since(act), act.now),
        )  # fmt: skip
        return _for_the_head(act, filled, reader) if view.heads(reader) else filled

    def _kept(self, act: Act, reader: Person) -> Iterable[Kept]:
        """P9: what this reader may know of; a matter of his or her own case is no part of the card, in number or in words."""
        yield from self._known(act, reader, act.store.outlook.keeps(act.now))

    def _held(self, act: Act, reader: Person) -> Iterable[Kept]:
        """P9: for whoever may not know of a hold, its calls go like all others."""
        yield from self._known(act, reader, act.store.outlook.held_ahead(act.now, until_when(act)))

    def _known(self, act: Act, reader: Person, found: Iterable[Kept]) -> Iterable[Kept]:
        known: dict[str, bool] = {}
        for keep, recording in found:
            if keep.matter_id not in known:
                known[keep.matter_id] = self.may_know(act, keep.matter_id, reader)
            if known[keep.matter_id]:
                yield keep, recording

    def goes(self, act: Act, reader: Person) -> dict[int, dict[str, int]]:
        """How many calls go within each number of days, by line, as far as this reader may know."""
        return counted(act, _calls(self._held(act, reader)))

    def may_know(self, act: Act, matter: str, reader: Person) -> bool:
        """Whether somebody may know that this matter keeps, or asks for, a call."""
        return may_know(act, self.rooms(), matter, reader)


def _calls(kept: Iterable[Kept]) -> frozenset[int]:
    return frozenset(recording.id for _, recording in kept)


def _for_the_head(act: Act, view: View, head: Person) -> View:
    """What only the Head decides, the Head's own calls last."""
    mine = frozenset(act.store.people.aliases([head.email_key]))
    undecided, own, unregistered = to_decide(act, mine)
    outside = act.store.ahead_cards.undecided(MOST_OUTSIDE, last=mine)[1]
    files = act.store.unregistered.undecided(MOST_OUTSIDE)[1]
    return replace(
        view, mine=mine, zone=head.zone or "", undecided=undecided, own=own, outside=tuple(outside), unregistered=unregistered, files=tuple(files),
        stays=_stays(act, mine),
    )  # fmt: skip


def _stays(act: Act, mine: Collection[str]) -> Stays:
    """What the Head decided to keep, and may still erase."""
    calls, first = act.store.ahead_cards.kept(MOST_OUTSIDE, last=mine)
    files, others = act.store.unregistered.kept(MOST_OUTSIDE)
    return Stays(calls + files, tuple(first), tuple(others))
