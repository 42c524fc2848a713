"""auth.test, users.*, conversations.*: who is there, and where one can write to them."""

from bot.rehearsal.slack.methods import method, need
from bot.rehearsal.slack.people import Json, Member, as_user
from bot.rehearsal.slack.refusals import SlackError
from bot.rehearsal.slack.workspace import Workspace


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
    """Find active accounts of this workspace only."""
    email = need(args, "email").lower()
    for member in workspace.members.values():
        if member.standing in ("member", "guest") and member.email.lower() == email:
            return {"user": _user(workspace, member)}
    raise SlackError("users_not_found")


@method("conversations.open", tier=3, scope="im:write")
def conversations_open(workspace: Workspace, args: Json) -> Json:
    people = [uid for uid in str(args.get("users") or "").split(",") if uid]
    if not people:
        raise SlackError("users_list_not_supplied")
    if len(people) > 1:
        raise SlackError("missing_scope", needed="mpim:write", provided=",".join(sorted(workspace.scopes)))
    _reachable(workspace.member(people[0]))
    already = people[0] in workspace.talk.dms
    channel = {"id": workspace.talk.open_dm(people[0])}
    return {"channel": channel} | ({"no_op": True, "already_open": True} if already else {})


@method("apps.connections.open", tier=1, app_level=True)
def connections_open(workspace: Workspace, args: Json) -> Json:
    base = workspace.public_url.replace("http", "ws", 1)
    return {"url": f"{base}/rehearsal/slack/socket?ticket={workspace.sockets.ticket()}"}


def _user(workspace: Workspace, member: Member) -> Json:
    with_email = "users:read.email" in workspace.scopes
    return as_user(member, workspace.team_id, workspace.now(), with_email=with_email)


def _reachable(member: Member) -> None:
    """Raise what conversations.open answers for people a bot can't write to."""
    if member.standing == "deactivated":
        raise SlackError("user_disabled")
    if member.standing == "foreign":
        raise SlackError("user_not_visible")
    if member.standing == "bot":
        raise SlackError("cannot_dm_bot")
