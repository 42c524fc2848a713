"""What the month at a glance brings to the house: a list at home, a page in words, and a link to the page with pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from handlers.acting import Act
from handlers.cards import Button, Page, Row, Sign
from handlers.figures import intents, passes, telling
from handlers.figures.gathering import Figures, figures
from handlers.figures.view import Gathering
from handlers.figures.words import WHAT, opened, page
from handlers.lists import few
from handlers.matters.showing import may_know
from handlers.room import Hands, Room, Rows, Shows
from handlers.rules.access import company_day
from handlers.rules.figures import Month, may_see, month_named
from handlers.rules.notices import oversees
from storage.records import Person

Rooms = Callable[[], Iterable[Room]]


def for_reader(act: Act, rooms: Iterable[Room], reader: Person, told: str) -> Figures:
    """A month as somebody may see it; raises `Refused` for who may not, and for a month that is none or is yet to come."""
    may_see(act.today, reader.email_key, act.now)
    month, each = month_named(act.policy, told, act.now), list(rooms)
    return figures(Gathering(act, month, lambda matter: may_know(act, each, matter, reader)))


def for_the_house(act: Act, month: Month) -> Figures:
    """A month for whoever runs the bot: all of it, and nobody by name."""
    return figures(Gathering(act, month, lambda _: True, named=False))


def room(rooms: Rooms) -> Room:
    """It asks all rooms whether a reader may know of a matter."""

    def shown(act: Act, value: str) -> Page:
        return page(for_reader(act, rooms(), act.me, value))

    return Room(
        "figures",
        does=(
            intents.Open.by(passes.open_),
            intents.Exchange.by(passes.exchange),
            intents.Leave.by(passes.leave),
            intents.Schedule.by(telling.schedule),
            intents.TellOfMonth.by(telling.tell),
        ),
        buttons={
            "figures": Shows(shown, WHAT, turns=True),
            "figures_open": Hands(
                intents.Open, lambda link, url: opened(link.code, url, link.month), "Open with pictures", back="home"
            ),
        },
        due={telling.TELL: intents.TellOfMonth},
        lists=_lists,
    )


def _lists(act: Act) -> Mapping[str, Rows]:
    """One row for either officer and whoever stands in; for everybody else there is none."""
    everybody = act.policy.roles.everybody()
    if act.me.email_key not in everybody or not oversees(act.today, act.me.email_key, company_day(act.policy, act.now)):
        return {}
    month = month_named(act.policy, "", act.now)
    row = Row(f"{Sign.NOTE} {month.words} in numbers", Button("figures", WHAT, month.name))
    return {"figures": few(WHAT, [row])}
