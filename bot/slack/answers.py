"""What is typed and pressed in Slack, taken to the desk; what it leads to is shown while Slack's trigger lives."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from functools import partial
from typing import Any

import structlog

from bot.desk import SLOW, Desk, note
from bot.ports import Address, Unavailable
from bot.slack import render
from bot.slack.chat import SlackChat
from handlers import CHANGES, COMMANDS, OPENS
from handlers.access.forms import HELP, AccessForm, helped
from handlers.cards import Filled, Line, Page, Sheet
from handlers.ids import new_id
from handlers.inbox import Press, kept_words
from handlers.rules.identity import STANDINGS
from handlers.rules.refusal import Refused
from storage.store import DatabaseDown

log = structlog.get_logger()
Payload = dict[str, Any]  # Slack's own shapes
PATIENCE, KEEPING = 2.3, 0.4  # seconds to do what was pressed, and then to keep it: Slack shows an error after 3
WAIT = Page("One moment", (Line("Looking it up."),))
TRIGGER = 3.0  # seconds that a trigger lives
AGAIN = 1.0  # seconds before the second try to open a form
NOT_OPENED = "Slack did not let me open this. Please try again in a minute."
NOT_KNOWN = "I don't know this command. Please look at the list that a slash opens."


class Answers:
    """Everything that is opened or pressed in Slack. `later` does something after the acknowledgement."""

    def __init__(
        self, chat: SlackChat, desk: Desk, later: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]
    ) -> None:
        self.chat, self.desk, self.later = chat, desk, later

    async def command(self, body: Payload) -> None:
        """A slash command: its form."""
        name, words = str(body["command"]).removeprefix("/"), str(body.get("text") or "").strip()
        known = COMMANDS.get(name)
        if known is None or words.casefold() in HELP:
            await self.chat.reply(_reply(body), helped(name, "/") if known else NOT_KNOWN)
        elif words:
            await self._filled(body, body["user_id"], self.desk.sought(body["user_id"], words))
        else:
            await self._form(body, body["user_id"], self.desk.sheet(known.form))

    async def press(self, body: Payload) -> None:
        """A button: what can be undone by nobody is done before the acknowledgement, the rest after it."""
        action, account = body["actions"][0], body["user"]["id"]
        name, value = render.pressed(action)
        key = _key(body, action)
        match name:
            case "listen":
                self.later(self._listen(body, value, key))
            case "redraw" if "view" in body:
                self.later(self._redraw(body))
            case "lookup:recordings" if "view" in body:
                self.later(self._refer(body))
            case "again":
                self.later(self._filled(body, account, self.desk.again(account, value)))
            case "details":
                self.later(self._details(body, value))
            case "more":
                self.later(self._more(body, value))
            case _ if name in CHANGES:
                return await self._in_time(Press("slack", account, name, value, key), body)
            case _ if name in OPENS:
                self.later(self._form(body, account, self.desk.sheet(OPENS[name], value)))
            case _:  # a link button, or one of a card that is older than this program
                pass
        if "message" in body and value and not render.on_a_line(action):
            self.later(self._notice(body, value))
        return None

    async def home(self, account: str, event_id: str) -> None:
        """The Home tab was opened."""
        with suppress(Refused):  # enough is kept already, and one home shows it all
            await self.desk.take(Press("slack", account, "home", "", f"slack:{event_id or new_id('H')}"))

    async def _in_time(self, press: Press, body: Payload) -> None:
        """Do it before Slack gives up waiting; what is not done by then is kept, so that no crash can lose it."""
        going = self.later(self._decide(body, press))
        done, _ = await asyncio.wait({going}, timeout=PATIENCE)
        if not done:
            try:
                await asyncio.wait_for(self.desk.keep(press), KEEPING)
            except (DatabaseDown, Refused, TimeoutError) as error:
                log.warning("slack.press_not_kept", why=type(error).__name__)

    async def _filled(self, body: Payload, account: str, asked: Awaitable[tuple[Sheet, Filled]]) -> None:
        """A form with something in it: a place for it at once, then the form, blank where nobody answers in time."""
        looking = asyncio.ensure_future(asked)
        try:
            view_id = await self._opened(body, WAIT)
            await asyncio.wait({looking}, timeout=PATIENCE)
            sheet, filled = looking.result() if looking.done() else (self.desk.sheet(AccessForm.name), Filled())
            await self._told(body, self.chat.refill(view_id, sheet, filled, render.marks(filled)))
        finally:
            looking.cancel()
        await self._begun(account, view_id)

    async def _form(self, body: Payload, account: str, sheet: Sheet) -> None:
        """The form first, whatever the database does; then, where something new is asked for, who asks."""
        view_id = await self._opened(body, sheet)
        if sheet.about:
            told = await self.desk.introduced(account, sheet.name, sheet.about)
            return await self.chat.update(view_id, told, "UTC") if told.intro != sheet.intro else None
        return await self._begun(account, view_id)

    async def _begun(self, account: str, view_id: str) -> None:
        """Whoever may not ask is told now, not only when the form was filled in."""
        try:
            await self.desk.begin(account)
        except Refused as refusal:
            await self.chat.update(view_id, note(str(refusal)), "UTC")
        except (DatabaseDown, Unavailable) as error:
            log.warning("slack.form_unchecked", why=type(error).__name__)

    async def _opened(self, body: Payload, view: Sheet | Page) -> str:
        """Open it, with a second try while the trigger lives; a person is never left with nothing on the screen."""
        clock = asyncio.get_running_loop().time
        dies = clock() + TRIGGER
        try:
            return await self._open(body, view)
        except Unavailable as error:
            pause = max(AGAIN, error.retry_after or 0)
            if error.outage or clock() + pause >= dies:
                await self._not_opened(body)
                raise
        await asyncio.sleep(pause)
        try:
            return await self._open(body, view)
        except Unavailable:
            await self._not_opened(body)
            raise

    async def _not_opened(self, body: Payload) -> None:
        """Said where it was typed or pressed; a Home tab has no such place, so there it comes when Slack is well."""
        if not await self.chat.reply(_reply(body), NOT_OPENED):
            account = str(body["user_id"] if "user_id" in body else body["user"]["id"])
            await self.desk.say(Address(account), NOT_OPENED, f"not_opened:{body['trigger_id']}")

    async def _decide(self, body: Payload, press: Press) -> None:
        """Do it. A refusal of what was pressed on a card is told by the delivery, so that it outlasts a crash."""
        on_card = "message" in body
        done = await self._done(body, press, whisper=on_card)
        if on_card:
            if done:
                tell = partial(self.chat.reply, _reply(body))
                self.desk.directory.onlookers.look(press.account, press.value, tell)
            # Where it was refused, the card in front of the person may be out of date.
            self.later(self._notice(body, press.value))
        elif done and _in_dialog(body):
            await self._fill(body, body["view"]["id"], press.value)

    async def _done(self, body: Payload, press: Press, *, whisper: bool) -> bool:
        """Whether it was done; else the person is told why not, a refusal only where nobody else tells it."""
        try:
            await self.desk.decide(press.account, press.verb, press.value, press.key, whisper=whisper)
        except Refused as refusal:
            # The delivery sends nothing to an account that may not act.
            if not whisper or refusal.code in STANDINGS:
                await self._tell(body, str(refusal))
        except DatabaseDown:
            await self._tell(body, SLOW)
        except Unavailable:
            await self._keep(body, press)
        else:
            return True
        return False

    async def _keep(self, body: Payload, press: Press) -> None:
        try:
            await self.desk.keep(press)
        except (DatabaseDown, Refused) as error:
            return await self._tell(body, str(error) if isinstance(error, Refused) else SLOW)
        # Said only while it is true: when Slack is well again, the press itself is done, and told.
        words = kept_words(press.platform)
        if not await self.chat.reply(_reply(body), words) and _in_dialog(body):
            await self.chat.update(body["view"]["id"], note(words), "UTC")
        return None

    async def _listen(self, body: Payload, request: str, key: str) -> None:
        view_id = await self._opened(body, WAIT)
        page = await self.desk.listen(body["user"]["id"], request, key)
        if page is not None:
            await self._told(body, self.chat.update(view_id, page, "UTC"))

    async def _details(self, body: Payload, matter: str) -> None:
        await self._fill(body, await self._opened(body, WAIT), matter)

    async def _more(self, body: Payload, value: str) -> None:
        """A whole list in a dialog; from within that dialog it is turned to the next page."""
        view_id = body["view"]["id"] if _in_dialog(body) else await self._opened(body, WAIT)
        page, zone = await self.desk.listing(body["user"]["id"], value)
        await self._told(body, self.chat.update(view_id, page, zone))

    async def _fill(self, body: Payload, view_id: str, matter: str) -> None:
        page, zone = await self.desk.details(body["user"]["id"], matter)
        await self._told(body, self.chat.update(view_id, page, zone))

    async def _told(self, body: Payload, work: Awaitable[None]) -> None:
        """Draw what a dialog was opened for; where Slack does not take it, the person hears of it."""
        try:
            await work
        except Unavailable:
            await self._not_opened(body)
            raise

    async def _redraw(self, body: Payload, filled: Filled = render.NOTHING) -> None:
        """The reason was chosen: the form shows what that reason needs. What was typed stays, as the fields keep their names."""
        view = body["view"]
        state = (view.get("state") or {}).get("values", {})
        reason = str(render.answers(state).get("reason", ""))
        sheet = self.desk.redrawn(reason, render.about(view), render.sought(view))
        ids = render.typed_ids(state) | render.marks(filled)
        await self.chat.refill(view["id"], sheet, filled, ids, view.get("hash"))

    async def _refer(self, body: Payload) -> None:
        """Calls were chosen: their own CRM reference is filled in, unless somebody typed another one."""
        state = (body["view"].get("state") or {}).get("values", {})
        answers = render.answers(state)
        typed, own = str(answers.get("crm", "")), await self.desk.own_reference(body["user"]["id"], answers)
        ours = not typed or render.typed_ids(state).get("crm") == render.mark(typed)
        if ours and own not in ("", typed):
            await self._redraw(body, Filled({"crm": own}))

    async def _open(self, body: Payload, view: Sheet | Page) -> str:
        return await self.chat.open(body["trigger_id"], view, "UTC", push=_in_dialog(body))

    async def _notice(self, body: Payload, matter: str) -> None:
        await self.desk.notice(body["user"]["id"], matter, body["channel"]["id"], body["message"]["ts"])

    async def _tell(self, body: Payload, words: str) -> None:
        """Where it was pressed; what Slack does not take there comes by the outbox."""
        with suppress(Unavailable):
            if _in_dialog(body):
                return await self.chat.update(body["view"]["id"], note(words), "UTC")
            if "message" not in body:
                await self._open(body, note(words))
                return None
        return await self.desk.say(Address(body["user"]["id"], reply=_reply(body)), words, f"say:{body['trigger_id']}")


def _reply(body: Payload) -> str:
    return str(body.get("response_url") or "")


def _in_dialog(body: Payload) -> bool:
    return bool(body.get("view", {}).get("type") == "modal")


def _key(body: Payload, action: Payload) -> str:
    """The idempotency key of one press: Slack sends the same `action_ts` however often it sends it."""
    return f"slack:{body['user']['id']}:{action.get('action_ts', '')}:{action['action_id']}:{action.get('value', '')}"
