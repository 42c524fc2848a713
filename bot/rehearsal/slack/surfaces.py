"""views.*: modals and the Home tab."""

from typing import Any

from bot.rehearsal.slack import blockkit, methods, refusals
from bot.rehearsal.slack.people import Json
from bot.rehearsal.slack.views import View
from bot.rehearsal.slack.workspace import Workspace


@methods.method("views.open", tier=4)
def views_open(workspace: Workspace, args: Json) -> Json:
    """Open a view; one that Slack refuses doesn't use up its trigger."""
    view = _view(args)
    blockkit.check_view(view, "modal")
    trigger = workspace.tickets.exchange(methods.need(args, "trigger_id"))
    return _shown(workspace, workspace.views.open(trigger.person, view, trigger.seat))


@methods.method("views.push", tier=4)
def views_push(workspace: Workspace, args: Json) -> Json:
    view = _view(args)
    blockkit.check_view(view, "modal")
    trigger = workspace.tickets.exchange(methods.need(args, "trigger_id"))
    if not trigger.from_modal:
        raise refusals.SlackError("invalid_trigger_id")
    return _shown(workspace, workspace.views.push(trigger.person, view, trigger.seat))


@methods.method("views.update", tier=4)
def views_update(workspace: Workspace, args: Json) -> Json:
    view = workspace.views.update(methods.need(args, "view_id"), _view(args), str(args.get("hash") or ""))
    return _shown(workspace, view)


@methods.method("views.publish", tier=4)
def views_publish(workspace: Workspace, args: Json) -> Json:
    member = workspace.members.get(methods.need(args, "user_id"))
    if member is None or member.standing in ("bot", "foreign"):
        raise refusals.SlackError("invalid_arguments", ["invalid user_id [json-pointer:/user_id]"])
    view = workspace.views.publish(member.id, _view(args), str(args.get("hash") or ""))
    return _shown(workspace, view)


def _view(args: Json) -> Any:
    if not args.get("view"):
        raise refusals.missing("view")
    return args["view"]


def _shown(workspace: Workspace, view: View) -> Json:
    workspace.feed.tell([view.owner], view.body["type"])
    return {"view": view.answered()}
