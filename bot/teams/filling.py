"""What happens when a form in Teams is sent: it is done, or drawn again with what it still needs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import handlers
from bot.chats.desk import MORE, OTHERS, Desk
from bot.teams import forms
from bot.teams.chat import TeamsChat
from bot.teams.render import Element
from bot.teams.turn import Turn
from handlers.cards import Filled, Line, Lookup, Option, Page, Sheet
from handlers.rules import Refused

LESS = "Some fields are no longer needed. Nothing has been sent yet."


class Filling:
    """Handles a form while it's filled in. Raises `Refused`, `Unavailable` or `DatabaseDown`."""

    def __init__(self, chat: TeamsChat, desk: Desk) -> None:
        self.chat, self.desk = chat, desk

    async def submit(self, turn: Turn, data: Mapping[str, Any], *, dialog: bool) -> Page | tuple[str, Element]:
        """Send a form; return a page if that is done, else title and drawing of the form that needs more."""
        data = forms.restore_choices(data)
        (name, about), typed = forms.read_sent_form(data), forms.typed_values(data)
        blank = await self._form_as_first_shown(turn, name, about)
        opened = forms.read_opening(data)
        needed = self.desk.redrawn(name, typed, about, *opened)
        sheet = blank if needed.fields == blank.fields and not needed.intro else needed
        answers = forms.read_answers(typed, sheet)
        filled = Filled({**typed, **answers})
        draw = partial(self.drawn, turn, dialog=dialog, values=filled.values)
        if needed.name != name:
            # What follows from no answer at all, and those answers that this other form can take.
            derived = await self.desk.derived(turn.account, needed.name, {})
            kept = self.desk.valid_answers(needed, filled)
            return needed.title, await draw(
                needed, values={**kept.values, **forms.derived_where_empty(derived, kept)}, problems={"": OTHERS}
            )
        if handlers.find_form(name).variant and forms.has_unknown_fields(data, needed):
            return needed.title, await draw(needed, problems={"": LESS})
        seen = {field.name for field in blank.fields} | forms.drawn_fields(data, sheet)
        try:
            answered = await self.desk.submit(
                turn.account, name, about, answers, self._submission_key(turn, about, name), seen
            )
        except Refused as refusal:
            return sheet.title, await draw(sheet, problems=refusal.fields or {"": str(refusal)})
        if isinstance(answered, Sheet):
            return answered.title, await draw(self.desk.redrawn(name, answers, about, *opened), problems={"": MORE})
        said = answered if isinstance(answered, Page) else Page(sheet.title, (Line(answered),))
        return said if answered else handlers.find_form(name).sent(about)

    async def _form_as_first_shown(self, turn: Turn, name: str, about: str) -> Sheet:
        """Return the blank form as the person got it; without its introduction if they may no longer send it."""
        try:
            return await self.desk.introduced(turn.account, name, about)
        except Refused:  # what was typed is read first; sending it says why it can't be taken
            return self.desk.sheet(name, about)

    def _submission_key(self, turn: Turn, about: str, name: str) -> str:
        """Return a key that is the same if a client sends the form again."""
        return f"teams:{turn.account}:{about}" if handlers.find_form(name).new else turn.key

    async def drawn(
        self, turn: Turn, sheet: Sheet, *, values: forms.Answers | None = None,
        problems: Mapping[str, str] | None = None, dialog: bool = False,
    ) -> Element:  # fmt: skip
        """Return a form's drawing, with the options that its lists offer this person."""
        offered = await self._offered_options(turn, sheet, values or {})
        return self.chat.with_usable_lists(
            forms.draw_form(sheet, values=values, problems=problems, offered=offered, dialog=dialog)
        )

    async def _offered_options(self, turn: Turn, sheet: Sheet, values: forms.Answers) -> dict[str, list[Option]]:
        """Return by field: what was chosen, what was looked for, and the newest options for clients that can't search."""
        offered, sought = dict[str, list[Option]](), sheet.sought
        for field in (one for one in sheet.fields if isinstance(one, Lookup)):
            chosen = values.get(field.name) or []
            named = await self.desk.named(turn.account, field.source, [chosen] if isinstance(chosen, str) else chosen)
            found = await self.desk.find(turn.account, field.source, sought) if sought else []
            offered[field.name] = [*named, *found, *await self.desk.find(turn.account, field.source, "")]
            sought = ""
        return offered
