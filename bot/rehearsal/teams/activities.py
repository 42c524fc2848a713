"""The activities that Teams sends to a bot, in the Bot Framework's shapes."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.rehearsal.teams.chats import Chat
from bot.rehearsal.teams.people import Json, Member

if TYPE_CHECKING:
    from bot.rehearsal.teams.tenant import Tenant

CONTEXT: Json = {"theme": "default"}


def message(tenant: Tenant, member: Member, chat: Chat, text: str, *, mention: bool = False) -> Json:
    """Return what a person typed; with a mention of the bot in front if `mention` says so."""
    called = f"<at>{escape(tenant.bot, quote=False)}</at>"
    typed = f"{called} {text}" if mention else text
    body = _from(tenant, member, chat) | {
        "type": "message", "id": tenant.next_id(), "text": typed, "textFormat": "plain",
        "attachments": [{"contentType": "text/html", "content": f"<div>{escape(text, quote=False)}</div>"}],
    }  # fmt: skip
    if mention:
        who = {"id": tenant.bot_id, "name": tenant.bot}
        body["entities"] = [*body["entities"], {"type": "mention", "text": called, "mentioned": who}]
    return body


def submitted(tenant: Tenant, member: Member, chat: Chat, value: Json, reply_to: str) -> Json:
    """Return Action.Submit on a card in a chat: a message without text whose `value` is data and inputs."""
    own = {"type": "message", "id": tenant.next_id(), "value": value, "replyToId": reply_to}
    return _from(tenant, member, chat) | own


def invoke(tenant: Tenant, member: Member, chat: Chat, name: str, value: Json, reply_to: str = "") -> Json:
    """Return an activity that wants its answer in the HTTP response."""
    body = _from(tenant, member, chat) | {"type": "invoke", "id": _guid("f:"), "name": name, "value": value}
    return body | ({"replyToId": reply_to} if reply_to else {})


def installation(tenant: Tenant, member: Member, chat: Chat, action: str) -> Json:
    """`action` is add, remove or add-upgrade."""
    return _from(tenant, member, chat) | {"type": "installationUpdate", "id": _guid("f:"), "action": action}


def roster_change(
    tenant: Tenant, member: Member, chat: Chat, *, added: Sequence[str] = (), removed: Sequence[str] = ()
) -> Json:
    """Return conversationUpdate; `added` and `removed` are 28: or 29: ids."""
    body = _from(tenant, member, chat) | {"type": "conversationUpdate", "id": _guid("f:")}
    body |= {"membersAdded": [{"id": one} for one in added]} if added else {}
    return body | ({"membersRemoved": [{"id": one} for one in removed]} if removed else {})


def stamp(at: datetime) -> str:
    """Return ISO 8601 in UTC with milliseconds, as the service writes it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _from(tenant: Tenant, member: Member, chat: Chat) -> Json:
    """Return what every activity has: channel, time, people, conversation, tenant."""
    home, now = member.tenant(tenant.tenant_id), tenant.now()
    client = {"type": "clientInfo", "locale": "en-GB", "country": "GB", "platform": "Web", "timezone": member.zone}
    return {
        "channelId": "msteams",
        "serviceUrl": tenant.service_url,
        "timestamp": stamp(now),
        "localTimestamp": now.astimezone(ZoneInfo(member.zone)).isoformat(timespec="milliseconds"),
        "localTimezone": member.zone,
        "locale": "en-GB",
        "from": {"id": tenant.mri(member.object_id), "name": member.name, "aadObjectId": member.object_id},
        "recipient": {"id": tenant.bot_id, "name": tenant.bot},
        "conversation": _conversation(chat, home),
        "entities": [client],
        "channelData": {"tenant": {"id": home}} | _team(chat),
    }


def _conversation(chat: Chat, tenant_id: str) -> Json:
    shape: Json = {"conversationType": chat.kind, "tenantId": tenant_id, "id": chat.id}
    if chat.kind == "personal":
        return shape
    return shape | {"isGroup": True} | ({"name": chat.name} if chat.name else {})


def _team(chat: Chat) -> Json:
    return {"team": {"id": chat.id}, "channel": {"id": chat.id}} if chat.kind == "channel" else {}


def _guid(prefix: str) -> str:
    return prefix + str(uuid.uuid4())
