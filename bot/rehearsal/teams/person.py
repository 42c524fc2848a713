"""A person for tests to act as, who finds buttons and inputs by their words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.rehearsal.teams import actions, answers, doings, inputs
from bot.rehearsal.teams.chats import Chat, Message
from bot.rehearsal.teams.doings import Outcome
from bot.rehearsal.teams.people import Json
from bot.rehearsal.teams.refusals import TeamsError

if TYPE_CHECKING:
    from bot.rehearsal.teams.tenant import Tenant

Values = Mapping[str, Any]


@dataclass(slots=True)
class Dialog:
    """The dialog a person has open: a card with a title, which a message extension's `command` opened."""

    card: Json
    title: str
    chat: Chat
    command: str = ""
    offered: dict[str, list[Json]] = field(default_factory=dict)


Where = Message | Dialog


class Person:
    """Acts through the same signed requests as a Teams client. Raises LookupError for what isn't on the screen."""

    def __init__(self, tenant: Tenant, object_id: str) -> None:
        self.tenant = tenant
        self.id = object_id
        self.dialog: Dialog | None = None
        self._offered: dict[str, dict[str, list[Json]]] = {}

    @property
    def chat(self) -> list[Message]:
        """Return what is in the chat with the bot, oldest first (copies)."""
        return self.tenant.chat(self.id)

    @property
    def own(self) -> Chat:
        """Return the conversation with the bot. Raises LookupError before the first install."""
        found = self.tenant.talk.own(self.id)
        if found is None:
            raise LookupError(f"{self.id} has never installed the app")
        return found

    async def install(self, *, fresh: bool = True) -> Outcome:
        """Add the app; after an uninstall the conversation gets a new id, unless `fresh` is false."""
        chat = self.tenant.talk.own(self.id)
        if chat is None or not chat.app:
            chat = self.tenant.talk.install(self.tenant.member(self.id), fresh=fresh)
        return await doings.installed(self.tenant, self.id, chat)

    async def upgrade(self) -> Outcome:
        """Install a new version of the app."""
        return await doings.tell_installation(self.tenant, self.id, self.own, "add-upgrade")

    async def uninstall(self) -> Outcome:
        chat = self.own
        chat.app, self.dialog = False, None
        return await doings.tell_installation(self.tenant, self.id, chat, "remove")

    def block(self) -> None:
        """Block the bot; Teams tells it nothing."""
        self.own.blocked = True

    def unblock(self) -> None:
        self.own.blocked = False

    def reopen(self) -> None:
        """Open the client again: cards that came as answers are gone, and the messages are as the bot left them."""
        for message in self.own.messages:
            message.answered.pop(self.id, None)
        self.dialog = None

    async def say(self, text: str, conversation: str = "", *, mention: bool = False) -> Outcome:
        """Write to the bot, or into a group chat, where the bot receives only what mentions it."""
        chat = self.tenant.talk.find(conversation) if conversation else self.own
        return await doings.say(self.tenant, self.id, chat, text, mention=mention)

    async def press(
        self, where: Where, title: str, values: Values | None = None, *, which: int = 0, old_client: bool = False
    ) -> Outcome:
        """Press the button with this title on a message (as it was read, so also an outdated one) or a dialog. `values`
        are filled in first, see `fill`; `which` counts from 0 if several have the same title. An `old_client` doesn't
        know Action.Execute and takes its fallback.
        """
        spot = actions.find(where.card, title, which)
        typed = inputs.entries(actions.inputs(where.card), values or {}, self._remember(where))
        doing = doings.Press(self.tenant, self.id, spot, typed)
        if isinstance(where, Dialog):
            return self._after(where.chat, await doing.in_dialog(where.chat, where.command), where)
        chat = self._chat(where)
        return self._after(chat, await doing.in_chat(chat, where.id, old_client=old_client))

    async def fill(self, where: Where, values: Values, title: str) -> Outcome:
        """Fill in the inputs and press. Keys are input ids or labels; values are text, choices by value or title (a
        list for several), or dates. What a typeahead takes must have been offered by `search`.
        """
        return await self.press(where, title, values)

    async def search(self, name: str, typed: str = "", where: Where | None = None) -> list[Json]:
        """Type into the typeahead `name` (id or label) of the dialog, else of the newest message that has it. Return
        what it offers, {title, value} each.
        """
        place = where or self.dialog or self._newest(name)
        one = inputs.field(actions.inputs(place.card), name)
        chat = place.chat if isinstance(place, Dialog) else self._chat(place)
        reply_to = "" if isinstance(place, Dialog) else place.id
        found = await doings.search(self.tenant, self.id, chat, one, typed, reply_to)
        self._remember(place).setdefault(str(one["id"]), []).extend(found)
        return found

    async def action_command(self, command: str, conversation: str = "") -> Outcome:
        """Pick a message extension's action command; its dialog is `dialog` afterwards."""
        chat = self.tenant.talk.find(conversation) if conversation else self.own
        return self._after(chat, await doings.command(self.tenant, self.id, chat, command))

    def close(self) -> None:
        """Close the dialog; Teams tells the bot nothing."""
        self.dialog = None

    def link(self, where: Where, title: str) -> str:
        """Return the address that the button opens."""
        return str(actions.find(where.card, title).action["url"])

    def _after(self, chat: Chat, done: doings.Done, dialog: Dialog | None = None) -> Outcome:
        """Show, replace or close the dialog as the answer says."""
        if isinstance(done.task, answers.Task):
            card, command = done.task.card, done.command
            self.dialog = (
                Dialog(card, done.task.title, chat, command, dialog.offered if dialog else {}) if card else None
            )
        return done.outcome

    def _chat(self, message: Message) -> Chat:
        try:
            return self.tenant.talk.find(message.conversation)
        except TeamsError:
            raise LookupError("the message's conversation is no longer there") from None

    def _newest(self, name: str) -> Message:
        for message in reversed(self.chat):
            fields = actions.inputs({"body": message.cards})
            if any(name in inputs.names(one) for one in fields):
                return message
        raise LookupError(f"no message has an input {name!r}")

    def _remember(self, where: Where) -> dict[str, list[Json]]:
        return where.offered if isinstance(where, Dialog) else self._offered.setdefault(where.id, {})
