"""What a person does in Teams: sends it to the bot and shows the answer."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.rehearsal.teams import activities, answers, inputs
from bot.rehearsal.teams.actions import Spot
from bot.rehearsal.teams.answers import Answer, Malformed, Task
from bot.rehearsal.teams.chats import Chat
from bot.rehearsal.teams.outbound import Reply, Unanswered
from bot.rehearsal.teams.people import Json
from bot.rehearsal.teams.refusals import TeamsError

if TYPE_CHECKING:
    from bot.rehearsal.teams.tenant import Tenant

UNREACHABLE = "Unable to reach app. Please try again."
NO_ACCOUNT = "This account is deactivated and can do nothing here."
NOT_THERE = "The app is not installed here."
SUBMIT, SUBMIT_TRIES = "composeExtension/submitAction", 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome for the person: `said` is what the bot's answer says, `errors` are sentences at inputs, by id."""

    ok: bool = True
    error: str | None = None
    said: str = ""
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Done:
    """An outcome, and what happens to the dialog (None: nothing)."""

    outcome: Outcome = field(default_factory=Outcome)
    task: Task | None = None
    command: str = ""


async def say(tenant: Tenant, who: str, chat: Chat, text: str, *, mention: bool) -> Outcome:
    """Write a message; in a group the bot receives it only when mentioned."""
    if error := barred(tenant, who, chat):
        return Outcome(False, error)
    activity = activities.message(tenant, tenant.member(who), chat, text, mention=mention)
    tenant.post(chat, who, activity["text"], activity["id"])
    if chat.kind != "personal" and not (mention and chat.app):
        return Outcome()
    return _told(ok=await tenant.tell(activity))


async def installed(tenant: Tenant, who: str, chat: Chat) -> Outcome:
    """Tell the bot that it was added: conversationUpdate and installationUpdate, as Teams sends both."""
    change = activities.roster_change(tenant, tenant.member(who), chat, added=[tenant.bot_id])
    told = await tenant.tell(change)
    after = await tell_installation(tenant, who, chat, "add")
    return _told(ok=told and after.ok)


async def tell_installation(tenant: Tenant, who: str, chat: Chat, action: str) -> Outcome:
    return _told(ok=await tenant.tell(activities.installation(tenant, tenant.member(who), chat, action)))


async def command(tenant: Tenant, who: str, chat: Chat, name: str) -> Done:
    """Run a message extension's action command: composeExtension/fetchTask."""
    if error := barred(tenant, who):
        return Done(Outcome(False, error))
    value = {"commandId": name, "commandContext": "compose", "context": activities.CONTEXT}
    try:
        reply = await _ask(tenant, who, chat, "composeExtension/fetchTask", value)
        return _done(answers.task(reply, may_close=False), name)
    except (Unanswered, Malformed) as why:
        return Done(unreachable(tenant, "composeExtension/fetchTask", why))


async def search(tenant: Tenant, who: str, chat: Chat, one: Json, typed: str, reply_to: str) -> list[Json]:
    """Return what a typeahead offers; nothing if Teams wouldn't show the bot's answer."""
    query = one.get("choices.data")
    if query is None:
        raise LookupError(f"{one['id']!r} isn't a typeahead field")
    options = {"skip": query.get("skip", 0), "top": query.get("count", answers.MOST_RESULTS)}
    value = {"queryText": typed, "queryOptions": options, "dataset": query["dataset"]}
    try:
        reply = await _ask(tenant, who, chat, "application/search", value, reply_to)
        return answers.searched(reply, several=bool(one.get("isMultiSelect")))
    except (Unanswered, Malformed) as why:
        unreachable(tenant, "application/search", why)
        return []


def barred(tenant: Tenant, who: str, chat: Chat | None = None) -> str | None:
    """Return why the person can't do anything here, if so."""
    if tenant.member(who).standing == "deactivated":
        return NO_ACCOUNT
    if chat is None:
        own = tenant.talk.own(who)
        return None if own is not None and own.app else NOT_THERE
    if who not in chat.people:
        return "You are not in this conversation."
    return NOT_THERE if chat.kind == "personal" and not chat.app else None


def unreachable(tenant: Tenant, what: str, why: Exception) -> Outcome:
    tenant.problems.append(f"{what}: {why}")
    return Outcome(False, UNREACHABLE)


@dataclass(frozen=True, slots=True)
class Press:
    """Press a button, with what is in all inputs of its card (`typed`)."""

    tenant: Tenant
    who: str
    spot: Spot
    typed: Mapping[str, str]

    async def in_chat(self, chat: Chat, message: str, *, old_client: bool) -> Done:
        """Press on a message's card."""
        action = self._understood(old_client=old_client)
        if stopped := self._stopped(action, chat):
            return Done(stopped)
        data = self._data(action)
        if action["type"] == "Action.Execute":
            return Done(await self._execute(action, data, chat, message))
        if "msteams" in data:
            return Done(
                unreachable(self.tenant, "Action.Submit", Malformed("this stand-in can't play msteams in data"))
            )
        told = await self.tenant.tell(activities.submitted(self.tenant, self._member, chat, data, message))
        return Done(_told(ok=told))

    async def in_dialog(self, chat: Chat, command: str) -> Done:
        """Press on a dialog's card; Teams documents only Action.Submit for it, and no `msteams` in its data."""
        if stopped := self._stopped(self.spot.action):
            return Done(stopped)
        data = self._data(self.spot.action)
        if self.spot.action["type"] != "Action.Submit" or "msteams" in data:
            return Done(unreachable(self.tenant, "dialog", Malformed("only a plain Action.Submit sends a dialog")))
        return await self._submit(command, data, chat)

    @property
    def _member(self) -> Any:
        return self.tenant.member(self.who)

    def _understood(self, *, old_client: bool) -> Json:
        action = self.spot.action
        if not old_client or action["type"] != "Action.Execute":
            return action
        fallback = action.get("fallback")
        if isinstance(fallback, dict):
            return fallback
        raise LookupError(f"{self.spot.title!r} is not on the card of an old client")

    def _stopped(self, action: Json, chat: Chat | None = None) -> Outcome | None:
        """Return what stops the person before anything is sent."""
        if error := barred(self.tenant, self.who, chat):
            return Outcome(False, error)
        if action["type"] not in ("Action.Execute", "Action.Submit"):
            raise LookupError(f"{self.spot.title!r} sends nothing: it is an {action['type']}")
        errors = inputs.complaints(self._inputs(action), self.typed)
        return Outcome(False, errors=errors) if errors else None

    def _inputs(self, action: Json) -> tuple[Json, ...]:
        return () if str(action.get("associatedInputs", "")).lower() == "none" else self.spot.inputs

    def _data(self, action: Json) -> Json:
        """Return the action's data with the inputs added over it."""
        data = action.get("data")
        own = data if isinstance(data, dict) else {}
        return deepcopy(own) | inputs.gathered(self._inputs(action), self.typed)

    async def _execute(self, action: Json, data: Json, chat: Chat, message: str) -> Outcome:
        shape = {"type": "Action.Execute", "verb": action["verb"], "data": data}
        shape |= {name: action[name] for name in ("id", "title") if name in action}
        value = {"action": shape, "trigger": "manual"}
        try:
            reply = await _ask(self.tenant, self.who, chat, "adaptiveCard/action", value, message)
            return self._show(answers.pressed(reply), chat, message)
        except (Unanswered, Malformed) as why:
            return unreachable(self.tenant, "adaptiveCard/action", why)

    def _show(self, answer: Answer, chat: Chat, message: str) -> Outcome:
        """Show the answer's card in place of the message's, for this person."""
        if answer.card is not None:
            try:
                chat.find(message).answered[self.who] = answer.card
            except TeamsError:
                return Outcome(False, "This message has been deleted.")
        return Outcome(not answer.error, answer.error or None, answer.said)

    async def _submit(self, command: str, data: Json, chat: Chat) -> Done:
        value = {"commandId": command, "commandContext": "compose", "data": data, "context": activities.CONTEXT}
        try:
            reply = await _ask(self.tenant, self.who, chat, SUBMIT, value, tries=SUBMIT_TRIES)
            return _done(answers.task(reply, may_close=True), command)
        except (Unanswered, Malformed) as why:
            return Done(unreachable(self.tenant, SUBMIT, why))


async def _ask(
    tenant: Tenant, who: str, chat: Chat, name: str, value: Json, reply_to: str = "", tries: int = 1
) -> Reply:
    return await tenant.ask(activities.invoke(tenant, tenant.member(who), chat, name, value, reply_to), tries)


def _done(task: Task, command: str = "") -> Done:
    return Done(Outcome(said=task.said), task, command)


def _told(*, ok: bool) -> Outcome:
    return Outcome() if ok else Outcome(False, "The bot could not be reached.")
