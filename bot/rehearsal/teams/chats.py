"""The conversations that the bot can be in, their messages, and where the bot may write."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from bot.rehearsal.teams.people import Json, Member, pairwise
from bot.rehearsal.teams.refusals import TeamsError

BOT = "bot"
Kind = Literal["personal", "groupChat", "channel"]


@dataclass(slots=True)
class Message:
    """One message as it is now. `author` is an object id, or "bot"; `cards` are Adaptive Cards. `answered` holds the
    card that a person got as the answer to a press, by object id: only that person sees it, until the bot updates the
    message or the client is opened again.
    """

    conversation: str
    id: str
    author: str
    text: str
    at: datetime
    cards: list[Json] = field(default_factory=list)
    summary: str = ""
    updates: int = 0
    answered: dict[str, Json] = field(default_factory=dict)

    @property
    def card(self) -> Json:
        """Return the one card; raises LookupError if the message has none or several."""
        if len(self.cards) != 1:
            raise LookupError(f"the message has {len(self.cards)} cards")
        return self.cards[0]

    def seen_by(self, object_id: str) -> Message:
        """Return a copy as this person sees it."""
        mine = self.answered.get(object_id)
        return deepcopy(replace(self, cards=[mine] if mine else self.cards))


@dataclass(slots=True)
class Chat:
    """A conversation; `people` are object ids. `app`: whether the bot is in it. `blocked`: whether its one person
    blocked the bot.
    """

    id: str
    people: Sequence[str]
    kind: Kind = "groupChat"
    name: str = ""
    app: bool = True
    blocked: bool = False
    messages: list[Message] = field(default_factory=list)

    def find(self, activity: str) -> Message:
        """Return a message; raises TeamsError ActivityNotFoundInConversation."""
        for message in self.messages:
            if message.id == activity:
                return message
        raise TeamsError("ActivityNotFoundInConversation", "Conversation not found.")


class Chats:
    """All conversations. The first install makes a person's own with the bot; reinstalling may give it another id."""

    def __init__(self, app_id: str, chats: Iterable[Chat]) -> None:
        self._app_id = app_id
        self._all = {chat.id: chat for chat in chats}
        self._own: dict[str, list[Chat]] = {}

    def own(self, object_id: str) -> Chat | None:
        """Return the person's present conversation with the bot, also when uninstalled; None before the first install."""
        mine = self._own.get(object_id)
        return mine[-1] if mine else None

    def shown(self, object_id: str) -> list[Message]:
        """Return what the person sees now in the present chat with the bot, oldest first (copies)."""
        chat = self.own(object_id)
        return [one.seen_by(object_id) for one in chat.messages] if chat else []

    def find(self, conversation: str) -> Chat:
        """Return a conversation; raises TeamsError ConversationNotFound, also for an id that a reinstall has replaced."""
        chat = self._all.get(conversation)
        if chat is None:
            raise TeamsError("ConversationNotFound", "Conversation not found.")
        return chat

    def people(self, conversation: str) -> set[str]:
        """Return the object ids in a conversation; empty if it isn't known."""
        chat = self._all.get(conversation)
        return set(chat.people) if chat else set()

    def writable(self, conversation: str) -> Chat:
        """Raises TeamsError ConversationNotFound, BotNotInConversationRoster or MessageWritesBlocked."""
        chat = self.find(conversation)
        if not chat.app:
            raise TeamsError("BotNotInConversationRoster", "The bot is not part of the conversation roster.")
        if chat.blocked:
            raise TeamsError("MessageWritesBlocked", "Thread is blocked from message writes.")
        return chat

    def install(self, member: Member, *, fresh: bool) -> Chat:
        """Return the person's conversation with the bot in it; `fresh` makes another with a new id."""
        mine = self._own.setdefault(member.object_id, [])
        if mine and not fresh:
            mine[-1].app, mine[-1].blocked = True, False
            return mine[-1]
        if mine:
            self._all.pop(mine[-1].id, None)
        name = pairwise("a:1", self._app_id, member.object_id, str(len(mine)))
        mine.append(Chat(name, (member.object_id,), "personal"))
        self._all[name] = mine[-1]
        return mine[-1]
