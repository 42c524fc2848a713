"""What a command or a press leads to: a form at once, a decision, a link to listen, or a sentence that says why not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from bot.directory import Directory
from bot.ports import Unavailable
from bot.slack import render
from bot.slack.chat import SlackChat
from handlers import FORMS, PRESSES, listening, shown
from handlers.access.forms import AccessForm, form_for
from handlers.access.intents import Begin, Notice
from handlers.cards import Line, Page, Sheet
from handlers.door import Act, Door, Intent, Repeated, Visitor
from handlers.home import OpenHome, closed
from handlers.rules.refusal import Refused
from storage.store import DatabaseDown

log = structlog.get_logger()
Payload = dict[str, Any]  # Slack's own shapes
PATIENCE = 2.3  # seconds: Slack shows an error after 3
WAIT = Page("One moment", (Line("Looking it up."),))
SLOW = "That took too long, and nothing was lost. Please press it again in a minute."
AGAIN = 1.0  # seconds before the second try to open a form
NOT_OPENED = "Slack did not let me open the form. Please type the command again in a minute."
UNKNOWN = "Slack did not tell me who you are. Please press it again in a minute."


class Answers:
    """Everything that is opened or pressed in Slack."""

    def __init__(
        self, chat: SlackChat, door: Door, directory: Directory, public_url: str,
        later: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:  # fmt: skip
        self.chat, self.door, self.directory, self.later = chat, door, directory, later
        self.public_url = public_url.rstrip("/")

    async def command(self, body: Payload) -> None:
        """`/recording-request`: the form first (a trigger lives 3 seconds), whatever the database does; then who asks."""
        sheet = AccessForm.sheet(self.door.policy)
        view_id = await self._first(body, sheet)
        try:
            visitor = await self.directory.visitor(body["user_id"])
            await self.door.enter(Begin(), visitor)
        except Refused as refusal:
            await self.chat.update(view_id, _note(str(refusal)), "UTC")
        except (DatabaseDown, Unavailable) as error:
            log.warning("slack.form_unchecked", why=type(error).__name__)

    async def _first(self, body: Payload, sheet: Sheet) -> str:
        """Open the form, with a second try while the trigger lives; a person is never left with nothing on the screen."""
        try:
            return await self.chat.open(body["trigger_id"], sheet, "UTC")
        except Unavailable as error:
            if error.outage or (error.retry_after or 0) > AGAIN:
                await self.chat.reply(str(body.get("response_url", "")), NOT_OPENED)
                raise
        await asyncio.sleep(AGAIN)
        try:
            return await self.chat.open(body["trigger_id"], sheet, "UTC")
        except Unavailable:
            await self.chat.reply(str(body.get("response_url", "")), NOT_OPENED)
            raise

    async def press(self, body: Payload) -> None:
        """A button: what can be undone by nobody is done before the acknowledgement, the rest after it."""
        action = body["actions"][0]
        name, value = render.pressed(action)
        if name in PRESSES:
            work = asyncio.ensure_future(self._decide(body, PRESSES[name](value), _key(body, action)))
            done, _ = await asyncio.wait({work}, timeout=PATIENCE)
            if not done:
                self.later(_awaited(work))
            return
        match name:
            case "listen":
                self.later(self._listen(body, value, _key(body, action)))
            case "redraw" if "view" in body:
                self.later(self._redraw(body, value))
            case "details":
                self.later(self._details(body, value))
            case form if form in FORMS:
                sheet = FORMS[form].sheet(self.door.policy, value)
                self.later(self._open_form(body, sheet))
            case _:  # a link button, or one of a card that is older than this program
                pass
        if "message" in body and value:
            self.later(self._notice(body, value))

    async def home(self, slack_id: str, event_id: str) -> None:
        """The Home tab was opened."""
        visitor = await self.directory.visitor(slack_id)
        try:
            await self.door.enter(OpenHome(), visitor, key=event_id and f"slack:{event_id}")
        except Repeated:
            pass
        except Refused as refusal:
            await self.chat.home(slack_id, closed(str(refusal)), "UTC")

    async def _decide(self, body: Payload, intent: Intent[None], key: str) -> None:
        in_view = "message" not in body
        try:
            visitor = await self.directory.visitor(body["user"]["id"], deciding=True)
            await self.door.enter(intent, visitor, key=key, whisper=not in_view)
        except Repeated:
            pass
        except Refused as refusal:
            if in_view:
                await self._tell(body, str(refusal))
            return
        except DatabaseDown:
            await self._tell(body, SLOW)
            return
        except Unavailable:
            await self._tell(body, UNKNOWN)
            return
        if body.get("view", {}).get("type") == "modal":
            await self._fill(body["view"]["id"], visitor, intent.subject)
        if not in_view:
            self.later(self._notice(body, intent.subject))

    async def _listen(self, body: Payload, request_id: str, key: str) -> None:
        view_id = await self._open(body, WAIT)
        try:
            visitor = await self.directory.visitor(body["user"]["id"])
            code = await self.door.enter(listening.Listen(request_id), visitor, key=key)
            page = listening.page(f"{self.public_url}/listen#{code}")
        except Refused as refusal:
            page = _note(str(refusal))
        except (DatabaseDown, Unavailable):
            page = _note(SLOW)
        except Repeated:
            return
        await self.chat.update(view_id, page, "UTC")

    async def _details(self, body: Payload, matter: str) -> None:
        view_id = await self._open(body, WAIT)
        try:
            await self._fill(view_id, await self.directory.visitor(body["user"]["id"]), matter)
        except (DatabaseDown, Unavailable):
            await self.chat.update(view_id, _note(SLOW), "UTC")

    async def _fill(self, view_id: str, visitor: Visitor, matter: str) -> None:
        """Show a matter's card in a dialog, as it is for this person now."""

        def ask(act: Act) -> tuple[Page, str]:
            try:
                found = shown(act, matter, visitor.person_id or 0)
            except Refused:
                found = None
            zone = act.me.zone
            return (Page(matter, found.card.parts) if found else _note("I can't find this request.")), zone

        page, zone = await self._ask(visitor, ask)
        await self.chat.update(view_id, page, zone)

    async def _ask(self, visitor: Visitor, ask: Callable[[Act], tuple[Page, str]]) -> tuple[Page, str]:
        now, policy = self.door.now(), self.door.policy
        return await self.door.database.read(lambda store: ask(Act(store, policy, now, visitor)))

    async def _redraw(self, body: Payload, reason: str) -> None:
        """The reason was chosen: the form shows what that reason needs. What was typed stays, as the fields keep their names."""
        view = body["view"]
        sheet = form_for(self.door.policy, reason).sheet(self.door.policy, render.about(view))
        await self.chat.update(view["id"], sheet, "UTC", view.get("hash"))

    async def _open_form(self, body: Payload, sheet: Sheet) -> None:
        await self._open(body, sheet)

    async def _open(self, body: Payload, view: Sheet | Page) -> str:
        push = body.get("view", {}).get("type") == "modal"
        return await self.chat.open(body["trigger_id"], view, "UTC", push=push)

    async def _notice(self, body: Payload, matter: str) -> None:
        visitor = await self.directory.visitor(body["user"]["id"])
        try:
            await self.door.enter(Notice(matter, body["channel"]["id"], body["message"]["ts"]), visitor)
        except (Refused, DatabaseDown):
            return

    async def _tell(self, body: Payload, words: str) -> None:
        if "message" in body:
            await self.chat.whisper(body["user"]["id"], words)
        elif body.get("view", {}).get("type") == "modal":
            await self.chat.update(body["view"]["id"], _note(words), "UTC")
        else:
            await self._open(body, _note(words))


def _note(words: str) -> Page:
    return Page("Please note", (Line(words),))


def _key(body: Payload, action: Payload) -> str:
    """The idempotency key of one press: Slack sends the same `action_ts` however often it sends it."""
    return f"slack:{body['user']['id']}:{action.get('action_ts', '')}:{action['action_id']}:{action.get('value', '')}"


async def _awaited(work: asyncio.Future[None]) -> None:
    await work
