"""What a person does in the workspace: sends it to the bot and shows the answer, the same way for page and tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

from bot.rehearsal.slack import blockkit, elements, payloads, responses
from bot.rehearsal.slack.conversations import Message
from bot.rehearsal.slack.outbound import Unanswered
from bot.rehearsal.slack.payloads import Place
from bot.rehearsal.slack.people import Json
from bot.rehearsal.slack.refusals import SlackError
from bot.rehearsal.slack.state import Field, Values, complaints, strange
from bot.rehearsal.slack.views import View

if TYPE_CHECKING:
    from bot.rehearsal.slack.workspace import Workspace

REASONS = {
    "operation_timeout": "the app took longer than {seconds:g} seconds",
    "dispatch_failed": "the app could not be reached",
}
MIN_QUERY = 3  # block-element reference: min_query_length of an external select, where none is given


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome for the person; `errors` are sentences at fields, by block_id."""

    ok: bool = True
    error: str | None = None
    errors: dict[str, str] = field(default_factory=dict)


def _trouble(workspace: Workspace, what: str, why: Unanswered) -> Outcome:
    reason = REASONS[str(why)].format(seconds=workspace.sender.seconds)
    return Outcome(False, f"{what} did not work: {reason} ({why})")


def _shut_out(workspace: Workspace, uid: str) -> Outcome | None:
    if workspace.member(uid).standing != "deactivated":
        return None
    return Outcome(False, "This account is deactivated and can do nothing here.")


def _closed(workspace: Workspace, uid: str, channel: str) -> Outcome | None:
    if uid not in workspace.talk.readers(channel):
        return Outcome(False, "You are not in this conversation.")
    if workspace.read_only and workspace.talk.dm_owner(channel):
        return Outcome(False, "Sending messages to this app has been turned off.")
    return None


async def command(workspace: Workspace, uid: str, line: str, channel: str) -> Outcome:
    """Type a slash command into a conversation that the person reads."""
    if barred := _shut_out(workspace, uid):
        return barred
    name, _, text = line.strip().partition(" ")
    if name not in workspace.slash:
        return Outcome(False, f"{name} is not a valid command. Type / to see the commands.")
    if barred := _closed(workspace, uid, channel):
        return barred
    token = workspace.tickets.response_url(uid, channel)
    payload = payloads.command(workspace, uid, name, text.strip(), channel, token)
    try:
        reply = await workspace.sender.ask("slash_commands", payload)
    except Unanswered as why:
        return _trouble(workspace, name, why)
    body = reply.json if reply.json is not None else {"text": reply.text}
    if (answer := workspace.accept(body, what=name)) and (answer.get("text") or answer.get("blocks")):
        responses.tell(workspace, uid, channel, answer)
    return Outcome()


async def press(
    workspace: Workspace, uid: str, where: Place, ids: tuple[str, str], chosen: Json, state: Values | None = None
) -> Outcome:
    """Use an element; `ids` is (block_id, action_id), `chosen` what was picked, `state` what is typed."""
    if barred := _shut_out(workspace, uid):
        return barred
    found = _element(where, *ids)
    if found is None:
        return Outcome(False, "That is no longer there.")
    block, element = found
    if isinstance(where, View):
        where.fill(state or {})
    one = Field(block, element)
    entry = _entry(one, chosen, where.values if isinstance(where, View) else {})
    if text := strange(one, entry, workspace.views.offered.get(uid, {})):
        return Outcome(False, text)
    if isinstance(where, View):
        where.fill({ids[0]: {ids[1]: entry}})
        if block["type"] == "input" and not block.get("dispatch_action"):
            return Outcome()
    action = payloads.action(workspace, element, ids[0], entry)
    payload = _pressed(workspace, uid, where, action)
    try:
        await workspace.sender.ask("interactive", payload)
    except Unanswered as why:
        return _trouble(workspace, "That", why)
    return Outcome()


async def submit(workspace: Workspace, uid: str, view_id: str, values: Values) -> Outcome:
    """Submit the topmost modal with these state.values."""
    view = workspace.modal(uid)
    if barred := _shut_out(workspace, uid):
        return barred
    if view is None or view.id != view_id:
        return Outcome(False, "This form is no longer open.")
    view.fill(values)
    if errors := complaints(view.body["blocks"], view.values, workspace.views.offered.get(uid, {})):
        return Outcome(False, errors=errors)
    try:
        reply = await workspace.sender.ask("interactive", payloads.submitted(workspace, uid, view))
        outcome = _answered(workspace, view, reply.json or {})
    except Unanswered as why:
        return _trouble(workspace, "The form", why)
    except SlackError as refused:
        workspace.problems.append(f"view_submission: {refused.code} {refused.messages}")
        return Outcome(False, f"The form did not work: the app's answer was refused ({refused.code})")
    workspace.show_modals(uid)
    return outcome


async def close(workspace: Workspace, uid: str, view_id: str, *, everything: bool = False) -> Outcome:
    """Close the topmost modal, or the whole stack; the app isn't told."""
    view = workspace.modal(uid)
    if view is None or view.id != view_id:
        return Outcome(False, "This form is no longer open.")
    workspace.views.close(view, everything=everything)
    workspace.show_modals(uid)
    return Outcome()


async def options(workspace: Workspace, uid: str, where: Place, ids: tuple[str, str], typed: str) -> Json:
    """Return the app's options for what was typed: {"options": […]}, or {"error": …}."""
    found = _element(where, *ids)
    if found is None or len(typed) < found[1].get("min_query_length", MIN_QUERY):
        return {"options": []}
    try:
        reply = await workspace.sender.ask("interactive", payloads.suggestion(workspace, uid, where, ids, typed))
        blockkit.check_options(reply.json)
    except Unanswered as why:
        return {"options": [], "error": _trouble(workspace, "The search", why).error}
    except SlackError as refused:
        workspace.problems.append(f"options of {ids[1]}: {refused.messages}")
        return {"options": [], "error": "The search did not work: the app's answer was refused."}
    workspace.views.offer(uid, ids, elements.offered(reply.json))
    return dict(reply.json)


async def open_home(workspace: Workspace, uid: str) -> bool:
    """Open the Home tab; return True if the app accepted the event."""
    workspace.talk.open_dm(uid)
    if "app_home_opened" not in workspace.events:
        return False
    return await workspace.sender.event(payloads.home_opened(workspace, uid))


async def say(workspace: Workspace, uid: str, channel: str, text: str) -> Outcome:
    """Write a message, or run it if it is a command."""
    if text.startswith("/"):
        return await command(workspace, uid, text, channel)
    if barred := _shut_out(workspace, uid):
        return barred
    if barred := _closed(workspace, uid, channel):
        return barred
    workspace.say(channel, uid, escape(text, quote=False))
    return Outcome()


def _element(where: Place, block_id: str, action_id: str) -> tuple[Json, Json] | None:
    """Return the block and element as shown now, or as a message showed it before it was edited."""
    shown = where.body["blocks"] if isinstance(where, View) else where.blocks or []
    earlier = where.earlier if isinstance(where, Message) else []
    for blocks in [shown, *reversed(earlier)]:
        for block in blocks:
            for element in blockkit.elements_of(block) if block["block_id"] == block_id else []:
                if element.get("action_id") == action_id:
                    return block, element
    return None


def _entry(one: Field, chosen: Json, state: Values) -> Json:
    """Return what the person did with the element; a button's value is always the app's own."""
    if one.element["type"] == "button":
        return {"type": "button"}
    return {"type": one.element["type"], one.key: chosen.get(one.key, one.content(state))}


def _pressed(workspace: Workspace, uid: str, where: Place, action: Json) -> Json:
    if isinstance(where, View):
        return payloads.pressed_view(workspace, uid, where, action)
    return payloads.pressed_message(workspace, uid, where, action)


def _answered(workspace: Workspace, view: View, answer: Any) -> Outcome:
    """Follow a response_action; raises SlackError if Slack wouldn't."""
    kind = answer.get("response_action") if isinstance(answer, dict) else "unknown"
    if kind == "errors":
        return Outcome(False, errors=_field_errors(view, answer.get("errors")))
    if kind == "update":
        blockkit.check_view(answer.get("view"), "modal")
        workspace.views.replace(view, answer["view"])
    elif kind == "push":
        workspace.views.push(view.owner, answer.get("view"), view.seat)
    elif kind in (None, "clear"):
        workspace.views.close(view, everything=kind == "clear")
    else:
        raise SlackError("invalid_response_action")
    return Outcome()


def _field_errors(view: View, errors: Any) -> dict[str, str]:
    inputs = {block["block_id"] for block in view.body["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not errors.keys() <= inputs:
        raise SlackError("invalid_errors", [f"errors must name input blocks: {errors}"])
    return {name: str(text) for name, text in errors.items()}
