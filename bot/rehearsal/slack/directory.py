"""auth.test, users.*, conversations.*: who is there and where one can talk."""

from __future__ import annotations

from bot.rehearsal.slack.conversations import Channel
from bot.rehearsal.slack.methods import method, need, need_scope, page
from bot.rehearsal.slack.people import Json, Member, as_user
from bot.rehearsal.slack.refusals import SlackError
from bot.rehearsal.slack.workspace import Workspace

MOST_IN_DM = 8  # conversations.open reference


@method("auth.test", tier=4)
def auth_test(workspace: Workspace, args: Json) -> Json:
    return {
        "url": f"{workspace.public_url}/",
        "team": workspace.name,
        "user": workspace.bot.username,
        "team_id": workspace.team_id,
        "user_id": workspace.bot.id,
        "bot_id": workspace.bot_id,
        "is_enterprise_install": False,
    }


@method("users.info", tier=4, scope="users:read")
def users_info(workspace: Workspace, args: Json) -> Json:
    return {"user": _user(workspace, workspace.member(need(args, "user")))}


@method("users.lookupByEmail", tier=3, scope="users:read.email")
def lookup_by_email(workspace: Workspace, args: Json) -> Json:
    """Finds active accounts of this workspace only."""
    email = need(args, "email").lower()
    for member in workspace.members.values():
        if member.standing in ("member", "guest") and member.email.lower() == email:
            return {"user": _user(workspace, member)}
    raise SlackError("users_not_found")


@method("users.list", tier=2, scope="users:read")
def users_list(workspace: Workspace, args: Json) -> Json:
    home = [member for member in workspace.members.values() if member.standing != "foreign"]
    members, cursor = page([_user(workspace, member) for member in home], args)
    return {"members": members, "response_metadata": {"next_cursor": cursor}}


@method("conversations.open", tier=3, scope="im:write")
def conversations_open(workspace: Workspace, args: Json) -> Json:
    if args.get("channel"):
        return {"channel": {"id": _dm_channel(workspace, str(args["channel"]))}}
    people = [uid for uid in str(args.get("users") or "").split(",") if uid]
    if not people:
        raise SlackError("users_list_not_supplied")
    if len(people) > MOST_IN_DM:
        raise SlackError("too_many_users")
    if len(people) > 1:
        raise SlackError("missing_scope", needed="mpim:write", provided=",".join(sorted(workspace.scopes)))
    _reachable(workspace.member(people[0]))
    already = people[0] in workspace.talk.dms
    channel: Json = {"id": workspace.talk.open_dm(people[0])}
    if args.get("return_im") in (True, "true", "1", 1):
        channel |= {"is_im": True, "user": people[0], "is_open": True}
    return {"channel": channel} | ({"no_op": True, "already_open": True} if already else {})


@method("conversations.info", tier=3)
def conversations_info(workspace: Workspace, args: Json) -> Json:
    return {"channel": _described(workspace, need(args, "channel"))}


@method("conversations.members", tier=4)
def conversations_members(workspace: Workspace, args: Json) -> Json:
    described = _described(workspace, need(args, "channel"))
    readers = list(workspace.talk.readers(described["id"]))
    if described.get("is_im") or described.get("is_member"):
        readers.append(workspace.bot.id)
    members, cursor = page([{"id": uid} for uid in readers], args)
    return {"members": [one["id"] for one in members], "response_metadata": {"next_cursor": cursor}}


@method("conversations.list", tier=2)
def conversations_list(workspace: Workspace, args: Json) -> Json:
    found: list[Json] = []
    for kind in str(args.get("types") or "public_channel").split(","):
        if kind not in KINDS:
            raise SlackError("invalid_types")
        need_scope(workspace, KINDS[kind])
        found += _of_kind(workspace, kind)
    channels, cursor = page(found, args)
    return {"channels": channels, "response_metadata": {"next_cursor": cursor}}


@method("apps.connections.open", tier=1, app_level=True)
def connections_open(workspace: Workspace, args: Json) -> Json:
    base = workspace.public_url.replace("http", "ws", 1)
    return {"url": f"{base}/rehearsal/slack/socket?ticket={workspace.sockets.ticket()}"}


KINDS = {
    "public_channel": "channels:read",
    "private_channel": "groups:read",
    "im": "im:read",
    "mpim": "mpim:read",
}


def _user(workspace: Workspace, member: Member) -> Json:
    with_email = "users:read.email" in workspace.scopes
    return as_user(member, workspace.team_id, workspace.now(), with_email=with_email)


def _reachable(member: Member) -> None:
    """Raises what conversations.open answers for those to whom a bot cannot write."""
    if member.standing == "deactivated":
        raise SlackError("user_disabled")
    if member.standing == "foreign":
        raise SlackError("user_not_visible")
    if member.standing == "bot":
        raise SlackError("cannot_dm_bot")


def _dm_channel(workspace: Workspace, channel: str) -> str:
    if not workspace.talk.dm_owner(channel):
        raise SlackError("channel_not_found")
    return channel


def _described(workspace: Workspace, channel: str) -> Json:
    """The conversation object; raises channel_not_found or missing_scope."""
    if owner := workspace.talk.dm_owner(channel):
        need_scope(workspace, "im:read")
        return _im(channel, owner)
    found = workspace.talk.channels.get(channel)
    if found is None or (found.private and not found.app):
        raise SlackError("channel_not_found")
    need_scope(workspace, "groups:read" if found.private else "channels:read")
    return _channel(found)


def _of_kind(workspace: Workspace, kind: str) -> list[Json]:
    if kind == "im":
        return [_im(channel, uid) for uid, channel in workspace.talk.dms.items()]
    if kind == "mpim":
        return []
    private = kind == "private_channel"
    channels = [one for one in workspace.talk.channels.values() if one.private == private]
    return [_channel(one) for one in channels if one.app or not private]


def _im(channel: str, owner: str) -> Json:
    return {"id": channel, "is_im": True, "is_channel": False, "user": owner, "is_archived": False}


def _channel(channel: Channel) -> Json:
    return {
        "id": channel.id,
        "name": channel.name,
        "is_channel": True,
        "is_im": False,
        "is_private": channel.private,
        "is_archived": channel.archived,
        "is_member": channel.app,
        "is_shared": channel.shared,
        "is_ext_shared": channel.shared,
        "num_members": len(channel.members),
    }
