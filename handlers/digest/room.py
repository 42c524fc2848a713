"""What the weekly digest brings to the house."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from contextlib import suppress
from datetime import date

from handlers.acting import Act
from handlers.cards import Button, Row, Sign, When
from handlers.digest import steps
from handlers.digest.cards import card, details
from handlers.digest.state import GONE, Rooms, View, gather_news, load
from handlers.home import waiting
from handlers.matters.case import entitled
from handlers.matters.showing import of
from handlers.room import Does, Room, Rows, Shown
from handlers.rules.refusal import Refused
from handlers.telling import ON_A_LINE
from handlers.words import capital, day_words
from storage.database.store import Store
from storage.matters import Reminder


class Digests:
    """One for each week, `WK-…`. `rooms` are those whose matters it may tell of, `buttons` what can be pressed anywhere."""

    prefix = "WK-"
    gone = GONE
    reroute, recheck = steps.reroute, steps.recheck

    def __init__(self, rooms: Rooms, buttons: Callable[[], Container[str]]) -> None:
        self.rooms, self.buttons = rooms, buttons

    def shown(self, act: Act, matter: str, reader: int, *, whole: bool = False) -> Shown | None:
        """As `Matter.shown`."""
        view = self.case(act, matter)
        if reader not in view.everybody():
            return None
        news = gather_news(act, view.people[reader], self.rooms)
        drawn = card(view, news, reader, hold="hold" in self.buttons())
        if whole:
            named = {one.matter for one in news.waiting} | {keep.matter_id for keep, _ in news.kept}
            drawn = details(drawn, view, news, (one for one in named if self._may_open(act, one, reader)))
        return Shown(drawn, view.digest.revision)

    def case(self, act: Act, matter: str) -> View:
        """As `Matter.case`."""
        return load(act, matter)

    def reminded(self, act: Act, reminder: Reminder) -> Row | None:
        """As `Matter.reminded`: the next reader hears that nobody has seen it."""
        view, person = self.case(act, reminder.matter_id), reminder.person_id
        if not view.asks(person) or not entitled(view, person):
            return None
        words = f"{capital(view.what)} came to you because no one has seen it yet. Press Details, and Seen there."
        return Row(words, Button(f"{ON_A_LINE}details", "Details", view.digest.id, "primary"), view.digest.id)

    def waiting(self, store: Store) -> Sequence[str]:
        """As `Matter.waiting`."""
        return store.matters.ids("digest")

    def stuck(self, store: Store) -> Sequence[str]:
        """As `Matter.stuck`."""
        return store.matters.ids("digest", ("stuck",))

    def _may_open(self, act: Act, matter: str, reader: int) -> bool:
        with suppress(Refused):
            return of(self.rooms(), matter).shown(act, matter, reader, whole=True) is not None
        return False


def room(rooms: Rooms, buttons: Callable[[], Container[str]]) -> Room:
    """It asks all rooms about what waits in them."""
    matter = Digests(rooms, buttons)
    return Room(
        "digest",
        buttons={"digest_see": Does(steps.see, "Seen")},
        due={steps.NOT_SEEN: steps.pass_on},
        matter=matter,
        lists=list_unseen,
    )


def list_unseen(act: Act) -> Mapping[str, Rows]:
    """At home: a row for each digest that this person is asked to see."""
    if act.me.email_key not in act.policy.roles.everybody():
        return {}
    rows = [
        Row(
            f"{Sign.WAITING} Week of {day_words(date.fromisoformat(one.week), None)}: please look through it",
            Button("details", "Details", one.id, "primary"),
            ("since ", When(one.asked_at, now=act.now), f" · {one.id}"),
        )
        for one in act.store.digests.waiting_for(act.me.id)
    ]
    return {"waiting": waiting(rows)}
