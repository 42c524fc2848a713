"""Forms in Teams as they are drawn, sent and drawn again: other fields, or another form."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from bot.chats.desk import MORE, OTHERS, Desk
from bot.teams import forms
from bot.teams.chat import TeamsChat
from bot.teams.render import Element
from bot.teams.turn import Turn
from handlers import asks
from handlers.cards import Filled, Lookup, Option, Page, Sheet
from handlers.rules.refusal import Refused

LESS = "This asks for less, so some of what you wrote does not count. Nothing was sent yet."


class Filling:
    """What a form leads to while it is filled in. Raises `Refused`, `Unavailable` or `DatabaseDown`."""

    def __init__(self, chat: TeamsChat, desk: Desk) -> None:
        self.chat, self.desk = chat, desk

    async def submit(self, turn: Turn, data: Mapping[str, Any], *, dialog: bool) -> Page | tuple[str, Element]:
        """A page when it is done; else the title and the drawing of the form that is to be filled in further."""
        data = forms.regained(data)
        (name, about), typed = forms.sent(data), forms.typed(data)
        blank = await self._blank(turn, name, about)
        opened = forms.opened(data)
        needed = self.desk.redrawn(name, typed, about, *opened)
        sheet = blank if needed.fields == blank.fields and not needed.intro else needed
        given = forms.answers(typed, sheet)
        filled = Filled({**typed, **given})
        draw = partial(self.drawn, turn, dialog=dialog, values=filled.values)
        if needed.name != name:
            own, kept = await self.desk.supplied(turn.account, needed.name, {}), self.desk.readable(needed, filled)
            return needed.title, await draw(
                needed, values={**kept.values, **_missing(own, kept)}, problems={"": OTHERS}
            )
        if asks(name).variant and forms.besides(data, needed):
            return needed.title, await draw(needed, problems={"": LESS})
        drawn = {field.name for field in blank.fields} | forms.drawn(data, sheet)
        try:
            answered = await self.desk.submit(turn.account, name, about, given, self._key(turn, about, name), drawn)
        except Refused as refusal:
            return sheet.title, await draw(sheet, problems=refusal.fields or {"": str(refusal)})
        if isinstance(answered, Sheet):
            return answered.title, await draw(self.desk.redrawn(name, given, about, *opened), problems={"": MORE})
        return answered or asks(name).sent(about)

    async def _blank(self, turn: Turn, name: str, about: str) -> Sheet:
        try:
            return await self.desk.introduced(turn.account, name, about)
        except Refused:  # what was typed is read first; sending it says why it can't be taken
            return self.desk.sheet(name, about)

    def _key(self, turn: Turn, about: str, name: str) -> str:
        """A form may be sent again by a client that heard no answer; its id is the same then, the activity's is not."""
        return f"teams:{turn.account}:{about}" if asks(name).new else turn.key

    async def drawn(
        self, turn: Turn, sheet: Sheet, *, values: forms.Answers | None = None,
        problems: Mapping[str, str] | None = None, dialog: bool = False,
    ) -> Element:  # fmt: skip
        offered = await self._offered(turn, sheet, values or {})
        return self.chat.listed(forms.form(sheet, values=values, problems=problems, offered=offered, dialog=dialog))

    async def _offered(self, turn: Turn, sheet: Sheet, values: forms.Answers) -> dict[str, list[Option]]:
        """The names of what was chosen, what was looked for, and the newest ones for clients that can't search."""
        offered, sought = dict[str, list[Option]](), sheet.sought
        for field in (one for one in sheet.fields if isinstance(one, Lookup)):
            chosen = values.get(field.name) or []
            named = await self.desk.named(turn.account, field.source, [chosen] if isinstance(chosen, str) else chosen)
            found = await self.desk.find(turn.account, field.source, sought) if sought else []
            offered[field.name] = [*named, *found, *await self.desk.find(turn.account, field.source, "")]
            sought = ""
        return offered


def _missing(own: Mapping[str, str], kept: Filled) -> dict[str, str]:
    return {name: words for name, words in own.items() if not kept.values.get(name)}
