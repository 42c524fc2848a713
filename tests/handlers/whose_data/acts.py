"""What people do about listening and investigations, and what the operator on a call reads about it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from handlers import home, listening
from handlers.access import deciding
from handlers.acting import CLOCK, WEB, Actor, Context
from handlers.cards import Card, Page
from handlers.home import draw_home as drawn_home
from handlers.whose_data import NOBODY, investigations_note, show_page
from storage.database.store import Store
from tests.handlers.builders import CLAIM, POLICY, Company, approved, ask, player_of
from tests.handlers.reading import lines, looking
from tests.ledgers import outgoing

LATER = timedelta(days=800)
SAID = investigations_note(POLICY)
NOTHING = [NOBODY, SAID]
CLAIMED = "Defence of a legal claim"


async def hear(company: Company, request: str, who: Actor, *calls: int) -> None:
    """Hear these calls, or the first, for half a minute from now, as the person with access."""
    opened = await player_of(company, request, who)
    for call in calls or company.calls[:1]:
        await company.door.enter(listening.note_served(opened.grant, opened.secret, call, 0, 30), WEB)


async def listened(company: Company, who: Actor | None = None, **more: Any) -> str:
    """Ask as staff do, have Tara approve, and hear all of its calls."""
    who = who or company.anna
    request = await approved(company, who, **more)
    await hear(company, request, who, *more.get("calls", ()))
    return request


async def investigated(
    company: Company, who: Actor | None = None, by: Actor | None = None, **more: Any
) -> str:  # fmt: skip
    """The same for a legal claim, which Helena approves; access stays."""
    who = who or company.anna
    request = await ask(company, who, **{**CLAIM, **more})
    await company.door.enter(deciding.approve_request(request), by or company.helena)
    await hear(company, request, who, *more.get("calls", ()))
    return request


async def over(company: Company, request: str) -> None:
    """Let its access end by itself."""
    company.clock.pass_(days=7)
    await company.door.enter(deciding.expire_access(request), CLOCK)


async def closed(company: Company, who: Actor | None = None, by: Actor | None = None, **more: Any) -> str:
    """Return an investigation that is over."""
    request = await investigated(company, who, by, **more)
    await over(company, request)
    return request


async def look(company: Company, who: Actor, told: str = "0") -> Page:
    return await looking(company, who, lambda ctx: show_page(ctx, told))


async def reads(company: Company, who: Actor, told: str = "0") -> list[str]:
    """Return what is on this person's page."""
    return lines(Card((await look(company, who, told)).parts, ""))


async def reads_of(company: Company, who: Actor) -> list[str]:
    """Return who listened and why, row by row, without which call and when."""
    return [one.partition(" (")[0] for one in await reads(company, who) if " · approved by " in one]


async def everything(company: Company, who: Actor, at: datetime) -> tuple[object, ...]:
    """Return all that this person can look at as it would be drawn now, and all that was ever on its way there."""

    def read(store: Store) -> tuple[object, ...]:
        ctx: Context = replace(company.door.context(store, who), now=at)
        sent = [(one.kind, str(one.payload), one.state) for one in outgoing(store, person_id=who.person_id)]
        return drawn_home(ctx), [show_page(ctx, told) for told in ("0", "15", "x")], sent

    return await company.database.read(read)


async def opened_homes(company: Company, *people: Actor) -> None:
    for one in people:
        await company.door.enter(home.open_home(), one)
