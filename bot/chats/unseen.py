"""Forms that leave no trace of who opens or sends them: nobody is asked who it is that sends one, and nothing takes the outbox (P13)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import structlog

from bot.chats.directory import Directory
from bot.ports import Address, Unavailable, Unreachable
from handlers import asks
from handlers.acting import Act, Visitor
from handlers.cards import Actions, Option, Page, Sheet
from handlers.door import Door
from handlers.forms import Form
from handlers.ids import hashed
from handlers.rules.refusal import Refused

log = structlog.get_logger()
ANYBODY = Visitor("anybody")
"""Who looks something up in such a form; the search is not told who."""


class Unseen:
    """One platform's desk for private forms. `account` is that platform's id; it goes nowhere but into what a form wants."""

    def __init__(self, door: Door, directory: Directory, public_url: str) -> None:
        self.door, self.directory, self.public_url = door, directory, public_url

    async def send(self, account: str, form: str, about: str, given: Form, key: str) -> Sheet | Page | None:
        """What it leads to. Anyone may send it, and however ill the platform is; sending it again with this key is no second time.

        Raises `Refused` and `DatabaseDown`.
        """
        asked = asks(form)
        intent = asked.send(about, given, hashed(key))
        if not intent.handler.private:
            raise TypeError(f"{form} is private, and wants what would be told in the audit log")
        reply = await self.door.enter(intent, Visitor(self._named(account)))
        return self._placed(asked.after(reply)) if asked.after else None

    async def options(self, account: str, ask: Callable[[Act], list[Option]]) -> list[Option]:
        """What a look-up finds, for members alone: no stranger gets a list of the staff. Raises as `Desk.look` does."""
        if await self.directory.unseen(account) != "member":
            return []
        return await self.door.look(ANYBODY, ask)

    def instead(self, account: str, form: str) -> Page:
        """What leads to a page of ours with this form, good for this account and for a short while; asks nobody, keeps nothing."""
        draw = asks(form).instead
        if draw is None:
            raise Refused("This can’t be filled in here. Please use another way.", code="no_page")
        return draw(self.door.keys, self._named(account), self.door.now(), self.public_url)

    async def say(self, to: Address, words: str) -> None:
        """A sentence to the person who just pressed or typed something: at once, or never. Raises nothing."""
        try:
            await self.directory.chat.whisper(to, words)
        except (Unavailable, Unreachable) as error:
            log.warning("desk.unreachable", code=error.code)

    def _placed(self, shown: Sheet | Page | None) -> Sheet | Page | None:
        """A page with its buttons that lead to pages of ours, by the address at which people reach them."""
        if not isinstance(shown, Page):
            return shown
        return replace(shown, parts=tuple(self._led(one) if isinstance(one, Actions) else one for one in shown.parts))

    def _led(self, actions: Actions) -> Actions:
        led = (
            replace(one, url=f"{self.public_url}{one.url}") if one.url and one.url.startswith("/") else one
            for one in actions.buttons
        )
        return Actions(tuple(led))

    def _named(self, account: str) -> str:
        return f"{self.directory.chat.platform}:{account}"
