"""A form in Slack that changes while somebody fills it in: other fields, what follows from a choice, and the step before."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.chats.desk import Desk, note
from bot.slack import render
from bot.slack.aside import parted
from bot.slack.chat import SlackChat
from handlers.cards import Filled, Lookup
from handlers.rules.refusal import Refused

Payload = dict[str, Any]  # Slack's own shapes


class Redraws:
    """What a form that stands open becomes."""

    def __init__(self, chat: SlackChat, desk: Desk) -> None:
        self.chat, self.desk = chat, desk

    async def redraw(self, body: Payload, filled: Filled = render.NOTHING) -> None:
        """Something was chosen: the form shows what that needs. What was typed stays, as the fields keep their names."""
        view = body["view"]
        state = (view.get("state") or {}).get("values", {})
        sheet = self.desk.redrawn(str(view.get("callback_id")), render.answers(state), *render.opened(view))
        ids = render.typed_ids(state) | render.marks(filled)
        back, aside = parted(view, sheet)
        back = self.desk.readable(sheet, back) if sheet.name != view.get("callback_id") else back
        shown = replace(back, values={**back.values, **filled.values})
        await self.chat.refill(view["id"], sheet, shown, ids, view.get("hash"), aside)

    async def back(self, body: Payload) -> None:
        """The step before, as it was filled in; what stands in this one is carried along, until it comes again."""
        view, account = body["view"], body["user"]["id"]
        try:
            sheet, filled = self.desk.before(str(view.get("callback_id")), render.about(view))
        except Refused as refusal:
            return await self.chat.update(view["id"], note(str(refusal)), "UTC")
        offered = {
            field.name: await self.desk.named(account, field.source, filled.values.get(field.name, ()))
            for field in sheet.fields
            if isinstance(field, Lookup)
        }
        _, aside = parted(view, sheet)
        await self.chat.refill(view["id"], sheet, replace(filled, offered=offered), {}, view.get("hash"), aside)
        return None

    async def supply(self, body: Payload) -> None:
        """Something was looked up and chosen: what follows from it is filled in, unless somebody typed something else."""
        state = (body["view"].get("state") or {}).get("values", {})
        answers, ids = render.answers(state), render.typed_ids(state)
        own = await self.desk.supplied(body["user"]["id"], body["view"]["callback_id"], answers)
        typed = {name: str(answers.get(name, "")) for name in own}
        ours = {name for name, words in typed.items() if not words or ids.get(name) == render.mark(words)}
        if fresh := {name: one for name, one in own.items() if name in ours and one != typed[name]}:
            await self.redraw(body, Filled(fresh))
