"""What the bot asks of the connector service: messages sent, updated, deleted; conversations and their members."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from bot.rehearsal.teams.adaptive import CARD_TYPE, MOST_BYTES, check_card, size
from bot.rehearsal.teams.chats import BOT, Chat, Message
from bot.rehearsal.teams.people import Json, Member, account
from bot.rehearsal.teams.refusals import TeamsError

if TYPE_CHECKING:
    from bot.rehearsal.teams.tenant import Tenant

MOST_ATTACHMENTS = 10


class Call(NamedTuple):
    """One call by the bot as it arrived, and its answer (`lost`: the caller got none)."""

    method: str
    args: Json
    status: int
    answer: Json
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A call's parts: ids from the path, the query, the body."""

    conversation: str = ""
    activity: str = ""
    member: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    body: Json = field(default_factory=dict)

    @property
    def args(self) -> Json:
        ids = {"conversation": self.conversation, "activity": self.activity, "member": self.member}
        return {name: value for name, value in ids.items() if value} | {"query": dict(self.query), "body": self.body}

    @property
    def wanted(self) -> str:
        """Return the id of the one member that a new conversation is for."""
        members = self.body.get("members")
        one = members[0] if isinstance(members, list) and members else None
        return str(one.get("id") or "") if isinstance(one, dict) else ""

    @property
    def place(self) -> str:
        return self.conversation or self.wanted


def send(tenant: Tenant, asked: Asked) -> tuple[int, Json]:
    chat = tenant.talk.writable(asked.conversation)
    return 201, {"id": _put(tenant, chat, asked.body)}


def update(tenant: Tenant, asked: Asked) -> tuple[int, Json]:
    message = _own(tenant, asked)
    fresh = _message(tenant, message.conversation, message.id, asked.body)
    message.text, message.cards, message.summary, message.answered = fresh.text, fresh.cards, fresh.summary, {}
    message.updates += 1
    return 200, {"id": message.id}


def create(tenant: Tenant, asked: Asked) -> tuple[int, Json]:
    """Open a conversation with one person who has the app, by 29: id or Entra object id."""
    body = asked.body
    _bot(tenant, body)
    _tenant(tenant, body)
    people = body.get("members")
    if body.get("isGroup") or not isinstance(people, list) or len(people) != 1:
        raise TeamsError("BadArgument", "A bot starts conversations with exactly one person.")
    person = tenant.known(asked.wanted)
    if person is None or person.standing in ("deactivated", "foreign"):
        raise TeamsError("MemberNotFoundInConversation", "No such user in the tenant.", status=400)
    chat = tenant.talk.own(person.object_id)
    if chat is None or not chat.app:
        raise TeamsError("ForbiddenOperationException", "The bot is not installed in user's personal scope.")
    return 201, {"id": chat.id, "serviceUrl": tenant.service_url}


def member(tenant: Tenant, asked: Asked) -> tuple[int, Json]:
    chat = _roster(tenant, asked)
    person = tenant.known(asked.member)
    if person is None or person.object_id not in _present(tenant, chat):
        raise TeamsError("MemberNotFoundInConversation", "Member not found in conversation.")
    return 200, account(person, tenant.mri(person.object_id), tenant.tenant_id)


Work = Callable[["Tenant", Asked], tuple[int, Json]]
METHODS: Mapping[str, Work] = {
    "send": send, "update": update, "create": create, "member": member,
}  # fmt: skip


def _put(tenant: Tenant, chat: Chat, body: Any) -> str:
    name = tenant.next_id()
    chat.messages.append(_message(tenant, chat.id, name, body))
    return name


def _own(tenant: Tenant, asked: Asked) -> Message:
    """Return the bot's own message that the call is about."""
    message = tenant.talk.writable(asked.conversation).find(asked.activity)
    if message.author != BOT:
        raise TeamsError("NotEnoughPermissions", "The message is not the bot's.")
    return message


def _message(tenant: Tenant, conversation: str, name: str, body: Any) -> Message:
    """Return the message of an activity; raises TeamsError BadSyntax, BadArgument or MessageSizeTooBig."""
    if not isinstance(body, dict) or body.get("type") != "message":
        raise TeamsError("BadSyntax", "Unknown activity type.")
    text = body.get("text") or ""
    cards = [_card(one) for one in _attachments(body)]
    if not isinstance(text, str) or not (text.strip() or cards):
        raise TeamsError("BadSyntax", "Activity must have a text or an attachment.")
    if size(text) > MOST_BYTES or size(cards) > MOST_BYTES:
        raise TeamsError("MessageSizeTooBig", "Message size too large.")
    return Message(conversation, name, BOT, text, tenant.now(), cards, str(body.get("summary") or ""))


def _attachments(body: Json) -> list[Any]:
    found = body.get("attachments") or []
    if not isinstance(found, list) or len(found) > MOST_ATTACHMENTS:
        raise TeamsError("BadSyntax", f"attachments must be a list of at most {MOST_ATTACHMENTS}.")
    return found


def _card(attachment: Any) -> Json:
    if not isinstance(attachment, dict) or attachment.get("contentType") != CARD_TYPE:
        raise TeamsError("BadArgument", f"This stand-in takes attachments of {CARD_TYPE} only.")
    check_card(attachment.get("content"))
    card: Json = attachment["content"]
    return card


def _bot(tenant: Tenant, body: Json) -> None:
    bot = body.get("bot")
    if not isinstance(bot, dict) or bot.get("id") not in (tenant.bot_id, tenant.app_id):
        raise TeamsError("BadArgument", "bot.id must be the bot that asks.")


def _tenant(tenant: Tenant, body: Json) -> None:
    data = body.get("channelData")
    inside = data.get("tenant") if isinstance(data, dict) else None
    named = [body.get("tenantId"), inside.get("id") if isinstance(inside, dict) else None]
    if not any(named):
        raise TeamsError("BadArgument", "tenantId or channelData.tenant.id is missing.")
    if any(one not in (None, tenant.tenant_id) for one in named):
        raise TeamsError("ForbiddenOperationException", "The bot is not known in this tenant.")


def _roster(tenant: Tenant, asked: Asked) -> Chat:
    """Return the conversation, which the bot must be in to read it; being blocked doesn't hide the roster."""
    chat = tenant.talk.find(asked.conversation)
    if not chat.app:
        raise TeamsError("BotNotInConversationRoster", "The bot is not part of the conversation roster.")
    return chat


def _present(tenant: Tenant, chat: Chat) -> dict[str, Member]:
    everybody = {name: tenant.member(name) for name in chat.people}
    return {name: one for name, one in everybody.items() if one.standing != "deactivated"}
