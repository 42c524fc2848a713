"""The shapes of what Slack sends to an app: commands, interactions and events."""

from __future__ import annotations

import secrets
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from bot.rehearsal.slack.conversations import Message
from bot.rehearsal.slack.people import Json, as_user
from bot.rehearsal.slack.state import filled
from bot.rehearsal.slack.views import View

if TYPE_CHECKING:
    from bot.rehearsal.slack.workspace import Workspace

Place = Message | View
# Parts of an element that are its looks, not the person's doing.
LOOKS = ("confirm", "options", "option_groups", "focus_on_load", "accessibility_label", "url", "style")


def message_object(workspace: Workspace, message: Message) -> Json:
    """Return a message as Slack returns it from chat.* and includes it in interactions."""
    body: Json = {"type": "message", "user": message.author, "ts": message.ts, "text": message.text}
    body["team"] = workspace.team_id
    if message.author == workspace.bot.id:
        body |= {"bot_id": workspace.bot_id, "app_id": workspace.app_id}
    optional = ("blocks", "thread_ts")
    body |= {name: deepcopy(part) for name in optional if (part := getattr(message, name)) is not None}
    if message.broadcast:
        body["subtype"] = "thread_broadcast"
    if message.edited:
        body["edited"] = {"user": message.author, "ts": message.ts}
    return body


def command(workspace: Workspace, uid: str, name: str, text: str, channel: str, token: str) -> Json:
    """Return the form of a slash command; `token` is its response URL's."""
    member = workspace.member(uid)
    return {
        "token": workspace.verification_token,
        "team_id": member.team(workspace.team_id),
        "team_domain": "fernhill",
        "channel_id": channel,
        "channel_name": _channel(workspace, channel)["name"],
        "user_id": uid,
        "user_name": member.username,
        "command": name,
        "text": text,
        "api_app_id": workspace.app_id,
        "is_enterprise_install": "false",
        "response_url": workspace.response_address(token),
        "trigger_id": workspace.tickets.trigger(uid),
    }


def pressed_message(workspace: Workspace, uid: str, message: Message, action: Json) -> Json:
    """Return block_actions from a message; an ephemeral one comes without its content, as in Slack."""
    token = workspace.tickets.response_url(uid, message.channel)
    chosen = {action["block_id"]: {action["action_id"]: action}}
    payload = _interaction(workspace, uid, "block_actions") | {
        "container": _container(message),
        "trigger_id": workspace.tickets.trigger(uid),
        "channel": _channel(workspace, message.channel),
        "state": {"values": filled(message.blocks or [], {}, chosen)},
        "response_url": workspace.response_address(token),
        "actions": [action],
    }
    if not message.ephemeral:
        payload["message"] = message_object(workspace, message)
    return payload


def pressed_view(workspace: Workspace, uid: str, view: View, action: Json) -> Json:
    """Return block_actions from a modal or the Home tab, with what has been typed so far."""
    modal = view.body["type"] == "modal"
    return _interaction(workspace, uid, "block_actions") | {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": workspace.tickets.trigger(uid, from_modal=modal),
        "view": view.full(),
        "actions": [action],
    }


def submitted(workspace: Workspace, uid: str, view: View) -> Json:
    return _interaction(workspace, uid, "view_submission") | {
        "trigger_id": workspace.tickets.trigger(uid, from_modal=True),
        "view": view.full(),
        "response_urls": [],
    }


def suggestion(workspace: Workspace, uid: str, where: Place, ids: tuple[str, str], typed: str) -> Json:
    """Return block_suggestion, for a select whose options come from the app; `ids` is (block, action)."""
    payload = _interaction(workspace, uid, "block_suggestion")
    payload |= {"block_id": ids[0], "action_id": ids[1], "value": typed}
    if isinstance(where, View):
        return payload | {"container": {"type": "view", "view_id": where.id}, "view": where.full()}
    return payload | {
        "container": _container(where),
        "channel": _channel(workspace, where.channel),
        "message": message_object(workspace, where),
    }


def action(workspace: Workspace, element: Json, block_id: str, chosen: Json) -> Json:
    """Return one entry of `actions`; `chosen` is what the person picked or typed."""
    stamp = workspace.now().timestamp()
    looks = {name for name in element if name in LOOKS or name.startswith("initial_")}
    own = {name: part for name, part in element.items() if name not in looks}
    if element["type"] == "button" and "style" in element:
        own["style"] = element["style"]
    return {**own, **chosen, "block_id": block_id, "action_ts": f"{stamp:.6f}"}


def home_opened(workspace: Workspace, uid: str) -> Json:
    event: Json = {
        "type": "app_home_opened",
        "user": uid,
        "channel": workspace.talk.open_dm(uid),
        "tab": "home",
        "event_ts": f"{workspace.now().timestamp():.6f}",
    }
    if home := workspace.home(uid):
        event["view"] = home.full()
    return _event(workspace, event)


def user_change(workspace: Workspace, uid: str) -> Json:
    with_email = "users:read.email" in workspace.scopes
    member, now = workspace.member(uid), workspace.now()
    user = as_user(member, workspace.team_id, now, with_email=with_email)
    return _event(workspace, {"type": "user_change", "user": user, "event_ts": f"{now.timestamp():.6f}"})


def _interaction(workspace: Workspace, uid: str, kind: str) -> Json:
    member = workspace.member(uid)
    team = member.team(workspace.team_id)
    return {
        "type": kind,
        "team": {"id": workspace.team_id, "domain": "fernhill"},
        "user": {"id": uid, "username": member.username, "name": member.username, "team_id": team},
        "api_app_id": workspace.app_id,
        "token": workspace.verification_token,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _container(message: Message) -> Json:
    return {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": message.ephemeral,
        **({"thread_ts": message.thread_ts} if message.thread_ts else {}),
    }


def _channel(workspace: Workspace, channel: str) -> Json:
    found = workspace.talk.channels.get(channel)
    return {"id": channel, "name": found.name if found else "directmessage"}


def _event(workspace: Workspace, event: dict[str, Any]) -> Json:
    authorization = {
        "enterprise_id": None,
        "team_id": workspace.team_id,
        "user_id": workspace.bot.id,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {
        "token": workspace.verification_token,
        "team_id": workspace.team_id,
        "api_app_id": workspace.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": "Ev" + secrets.token_hex(5).upper(),
        "event_time": int(workspace.now().timestamp()),
        "authorizations": [authorization],
        "is_ext_shared_channel": False,
        "event_context": secrets.token_urlsafe(24),
    }
