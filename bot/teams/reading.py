"""What is only read in Teams: pages in the place of the card whose button was pressed, on as many leaves as they need."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from bot.chats.desk import Desk
from bot.teams import render
from bot.teams.elements import Element
from bot.teams.turn import Turn
from handlers import BUTTONS, home_of
from handlers.cards import Actions, Button, Page
from handlers.room import Back, Shows, Tells
from handlers.rules.refusal import Refused

BACK = Actions((Button("home", "Back", ""),))
ODD = "I don't know this button any more. Please write “home” for a fresh start."


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands there now (None: `words` are said and nothing changes), and a message that lasts where that is wanted."""

    card: Element | None
    words: str = ""
    lasting: dict[str, Any] | None = None


class Reading:
    """Pages and the home. Raises `Refused`, `Unavailable` or `DatabaseDown`."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def read(self, turn: Turn, verb: str, value: str, at: int = 0) -> Shown:
        """What a button shows, from some leaf on where it does not fit on one; the way back stands on each of them."""
        match BUTTONS.get(verb):
            case Shows(back=back):
                more = back_to(back, value)
            case Tells():
                more = BACK
            case _:
                return await self.home(turn, at) if verb == "home" else Shown(None, ODD)
        page, zone = await self._page(turn, verb, value)
        drawn = render.leaf(page, zone, at, lambda leaf: render.rest(verb, value, leaf), (more,))
        return Shown(drawn, page.summary or page.title)

    async def in_dialog(self, turn: Turn, verb: str, value: str, at: int = 0) -> Element:
        """The same in the place of the page in a dialog, which has its own way out; from the policy one goes back to its clauses."""
        page, zone = await self._page(turn, verb, value)
        more = (BACK,) if isinstance(BUTTONS.get(verb), Tells) else ()
        drawn = render.leaf(page, zone, at, lambda leaf: render.rest(verb, value, leaf), more, dialog=True)
        return render.dialog(page.title, drawn)

    async def _page(self, turn: Turn, verb: str, value: str) -> tuple[Page, str]:
        match BUTTONS.get(verb):
            case Shows():
                return await self.desk.page(turn.account, verb, value)
            case Tells(page=tells):
                return await self.desk.tells(turn.account, tells, value)
            case _:
                raise Refused(ODD)

    async def home(self, turn: Turn, at: int | None = None) -> Shown:
        """The home, or one leaf of it."""
        card, zone = await self.desk.look(turn.account, lambda act: (home_of(act), act.me.zone))
        if at is None:
            return Shown(render.content(render.homely(card), zone), card.summary)
        page = Page(card.title, card.parts, card.summary)
        return Shown(render.leaf(page, zone, at, lambda leaf: render.rest("home", "", leaf)), card.summary)

    async def zone(self, turn: Turn) -> str:
        """The reader's time zone (IANA)."""
        return await self.desk.look(turn.account, lambda act: act.me.zone)


def back_to(back: Back, matter: str) -> Actions:
    """The way back from a page, which stands beneath it."""
    return BACK if back == "home" else Actions((Button("show", "Back to the card", matter),))


def page(page: Page, zone: str, *more: Actions) -> Shown:
    """A page in the place of the card, short enough to stand on one."""
    return Shown(render.page(replace(page, parts=(*page.parts, *more)), zone), page.summary or page.title)
