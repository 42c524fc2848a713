"""chat.*: posting and editing the bot's messages."""

import re
from typing import Any

from bot.rehearsal.slack import blockkit, methods, payloads
from bot.rehearsal.slack import limits as most
from bot.rehearsal.slack.conversations import Message
from bot.rehearsal.slack.people import Json
from bot.rehearsal.slack.refusals import SlackError
from bot.rehearsal.slack.workspace import Workspace

TS = re.compile(r"\d{1,12}\.\d{6}")


@methods.method("chat.postMessage", tier=0, scope="chat:write")
def post_message(workspace: Workspace, args: Json) -> Json:
    """Post a message. A person's U… id opens the direct messages, even a deactivated person's: Slack answers ok, though it is
    never read (slackapi/python-slack-sdk#1156).
    """
    channel = _destination(workspace, methods.need(args, "channel"))
    text, blocks = _content(args)
    thread, broadcast = _thread(workspace, channel, args)
    if wait := workspace.windows.post(channel):
        raise SlackError("ratelimited", retry_after=wait)
    said = workspace.say(
        channel, workspace.bot.id, text[: most.MESSAGE_TEXT_MAX_LENGTH], blocks, thread_ts=thread, broadcast=broadcast
    )
    return {"channel": channel, "ts": said.ts, "message": payloads.message_object(workspace, said)}


@methods.method("chat.postEphemeral", tier=4, scope="chat:write")
def post_ephemeral(workspace: Workspace, args: Json) -> Json:
    channel = _destination(workspace, methods.need(args, "channel"))
    uid = workspace.member(methods.need(args, "user")).id
    text, blocks = _content(args)
    if uid not in workspace.talk.readers(channel):
        raise SlackError("user_not_in_channel")
    said = workspace.say(channel, workspace.bot.id, text, blocks, only_for=uid)
    return {"message_ts": said.ts}


@methods.method("chat.update", tier=3, scope="chat:write")
def update(workspace: Workspace, args: Json) -> Json:
    """Edit a message. Text without blocks removes the old blocks; a message changed by blocks isn't marked as edited."""
    message = _own(workspace, args)
    if not (args.get("text") or args.get("blocks")):
        raise SlackError("no_text")
    text = str(args.get("text") or "")
    if len(text) > most.UPDATE_TEXT_MAX_LENGTH:
        raise SlackError("msg_too_long")
    blocks = args.get("blocks")
    if blocks:
        blockkit.check_message(blocks)
    workspace.revise(message, text, blocks, edited=not blocks)
    found = payloads.message_object(workspace, message)
    return {"channel": message.channel, "ts": message.ts, "text": text, "message": found}


def _destination(workspace: Workspace, reference: str) -> str:
    """Return the conversation to post to; raises channel_not_found, not_in_channel, …"""
    if reference.startswith(("U", "W")):
        return _dm(workspace, reference)
    if workspace.talk.dm_owner(reference):
        return reference
    raise SlackError("not_in_channel" if reference in workspace.talk.channels else "channel_not_found")


def _dm(workspace: Workspace, uid: str) -> str:
    member = workspace.members.get(uid)
    if member is None or member.standing == "foreign":
        raise SlackError("channel_not_found")
    if member.standing == "bot":
        raise SlackError("cannot_dm_bot")
    return workspace.talk.open_dm(uid)


def _content(args: Json) -> tuple[str, list[Any] | None]:
    text, blocks = str(args.get("text") or ""), args.get("blocks")
    if not text and not blocks:
        raise SlackError("no_text")
    if blocks:
        blockkit.check_message(blocks)
    return text, blocks


def _thread(workspace: Workspace, channel: str, args: Json) -> tuple[str | None, bool]:
    """Return the message that this one answers, and whether it also shows outside the thread. If that message was
    deleted, Slack refuses nothing and posts the answer by itself (slack-go/slack#1571).
    """
    broadcast = str(args.get("reply_broadcast") or "").lower() == "true"
    named = args.get("thread_ts")
    if not named:
        if broadcast:
            raise SlackError("invalid_arguments")
        return None, False
    if not TS.fullmatch(str(named)):
        raise SlackError("invalid_thread_ts")
    first = workspace.talk.find(channel, str(named))
    if first is not None and first.ephemeral:
        raise SlackError("cannot_reply_to_message")
    return (None, False) if first is None else (first.thread_ts or first.ts, broadcast)


def _own(workspace: Workspace, args: Json) -> Message:
    channel, ts = methods.need(args, "channel"), methods.need(args, "ts")
    if channel not in workspace.talk.channels and not workspace.talk.dm_owner(channel):
        raise SlackError("channel_not_found")
    message = workspace.talk.find(channel, ts)
    if message is None or message.ephemeral:
        raise SlackError("message_not_found")
    if message.author != workspace.bot.id:
        raise SlackError("cant_update_message")
    return message
