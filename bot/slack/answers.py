"""What is typed and pressed in Slack, taken to the desk; what it leads to is shown while Slack's trigger lives."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine
from contextlib import suppress
from typing import Any

import structlog

from bot.chats.background import BackgroundTasks
from bot.chats.desk import SLOW, Desk, note_page
from bot.ports import Address, Unavailable, Unreachable
from bot.slack import aside, render
from bot.slack.chat import SlackChat
from bot.slack.form import Redraws
from handlers import BUTTONS, CHANGES, COMMANDS, FORMS, done_words, inbox, is_private, opened_by, words_meanwhile
from handlers.cards import Filled, Line, Page, Sheet
from handlers.home import MANAGE
from handlers.matters import showing
from handlers.plain_words import InConfidence, Lead, OpensForm, OpensPage, Say
from handlers.room import HELP, Command, Hands, Opens, PolicyPage, Shows, Tells
from handlers.rules import Refused, identity
from handlers.sealing import new_id
from storage.database.store import DatabaseDown

log = structlog.get_logger()
PATIENCE, KEEPING = 2.3, 0.4  # seconds to do what was pressed, and then to keep it: Slack shows an error after 3
NOT_KNOWN = "I don't know that command. Type a slash to see the list."


class Answers:
    """Everything that is opened or pressed in Slack; `after` has what is done after the acknowledgement."""

    def __init__(self, chat: SlackChat, desk: Desk, after: BackgroundTasks) -> None:
        self.chat, self.desk, self.after, self.redraws = chat, desk, after, Redraws(chat, desk)
        self.later, self.dialogs = after.later, Dialogs(chat, desk, after)

    async def command(self, body: Payload) -> None:
        """Handle a slash command: a change is done before the acknowledgement, as with a button; a view opens after it."""
        name, words = str(body["command"]).removeprefix("/"), str(body.get("text") or "").strip()
        account, known = body["user_id"], COMMANDS.get(name)
        if known is None or words.casefold() in HELP:
            self.later(self._reply_in_words(body, known.help(f"/{name}") if known else NOT_KNOWN))
        elif known.does:
            key = f"slack:{account}:{body.get('trigger_id', '')}:{name}"
            await self._in_time(
                inbox.Press("slack", account, known.does, "", key), {**body, "user": {"id": account}}, known.done
            )
        else:
            self._do_later(body, self._open_by_command(body, name, known, words))

    async def _reply_in_words(self, body: Payload, words: str) -> None:
        await self.chat.reply(response_url(body), words)

    async def _open_by_command(self, body: Payload, name: str, known: Command, words: str) -> None:
        account = body["user_id"]
        if led := self.desk.lead(name, words):
            await self._follow_lead(body, account, led)
        elif known.page is not None:
            await self._filled_page(
                body, await self.dialogs.opened(body, WAIT), self.desk.tells(account, known.page, words)
            )
        else:
            await self._open_form(body, account, self.desk.sheet(known.form))

    async def _follow_lead(self, body: Payload, account: str, led: Lead) -> None:
        """Follow where free words lead; for a private form no one is looked up."""
        match led:
            case OpensForm(form=form, sought=sought) if sought and FORMS[form].sought:
                await self._open_filled_form(body, account, form, self.desk.sought(account, form, sought))
            case OpensForm(form=form):
                await self._open_form(body, account, self.desk.sheet(form))
            case OpensPage(button=button, value=value):
                await self._filled_page(
                    body, await self.dialogs.opened(body, WAIT), self.desk.page(account, button, value)
                )
            case Say(page=page, about=about):
                await self._filled_page(
                    body, await self.dialogs.opened(body, WAIT), self.desk.tells(account, page, about)
                )
            case InConfidence(page=page):
                await self.dialogs.opened(body, page)

    async def press(self, body: Payload) -> None:
        """Handle a button: a change is done before the acknowledgement; a view opens after it."""
        action, account = body["actions"][0], body["user"]["id"]
        name, value = render.read_press(action)
        if name in CHANGES:
            return await self._in_time(inbox.Press("slack", account, name, value, press_key(body, action)), body)
        if (redraw := self._redraw_form(body, name)) is not None:
            self.later(redraw)  # if it fails, the form stays as it is, with all that was typed
        else:
            self._do_later(body, self._show_page(body, name, value))
        if "message" in body and value and not render.on_a_line(action):
            self.later(self.desk.note_reachable(body["user"]["id"], value))
        return None

    def _redraw_form(self, body: Payload, name: str) -> Coroutine[Any, Any, None] | None:
        """Return what was touched within a form that is open, if it was that."""
        if "view" not in body:
            return None
        if name == render.REDRAW:
            return self.redraws.redraw(body)
        if name.startswith(aside.LOOKUP):
            return self.redraws.supply(body)
        return None

    async def _show_page(self, body: Payload, name: str, value: str) -> None:
        """Show what changes nothing; link buttons and those of cards older than this program do nothing."""
        account = body["user"]["id"]
        match BUTTONS.get(name):
            case Opens(form=form, prefilled=True):
                await self._open_filled_form(body, account, form, self.desk.again(account, form, value))
            case Opens(form=form):
                await self._open_form(body, account, self.desk.sheet(form, value))
            case Shows(turns=turns):
                await self._turn_page(body, name, turns=turns, value=value)
            case Hands():
                await self._hand_out(body, name, value)
            case Tells(page=page, turns=turns):
                await self._told_page(body, page, turns=turns, value=value)
            case _:
                pass

    def _do_later(self, body: Payload, work: Coroutine[Any, Any, None]) -> None:
        self.later(self.dialogs.safely(body, work))

    async def home(self, account: str, event_id: str) -> None:
        """Redraw the home, because the Home tab was opened."""
        with suppress(Refused):  # enough is kept already, and one home shows it all
            await self.desk.take(inbox.Press("slack", account, "home", "", f"slack:{event_id or new_id('H')}"))

    async def _in_time(self, press: inbox.Press, body: Payload, said: str = "") -> None:
        """Do it before Slack gives up waiting; what is not done by then is kept, so that no crash can lose it. `said` is told where it was done."""
        going = self.later(self._do_press(body, press, said))
        done, _ = await asyncio.wait({going}, timeout=PATIENCE)
        if not done:
            try:
                await asyncio.wait_for(self.desk.keep(press), KEEPING)
            except (DatabaseDown, Refused, TimeoutError) as error:
                log.warning("slack.press_not_kept", why=type(error).__name__)

    async def _open_filled_form(
        self, body: Payload, account: str, form: str, asked: Awaitable[tuple[Sheet, Filled]]
    ) -> None:  # fmt: skip
        """Open a form with content: a placeholder at once, then the form, blank if the content doesn't come in time."""
        looking = asyncio.ensure_future(asked)
        try:
            view_id = await self.dialogs.opened(body, WAIT)
            await asyncio.wait({looking}, timeout=PATIENCE)
            sheet, filled = looking.result() if looking.done() else (self.desk.sheet(form), Filled())
            ids = render.filled_text_ids(filled)
            await self.dialogs.drawn(body, self.chat.refill(view_id, sheet, filled, ids, aside=typed_at(body)))
        finally:
            looking.cancel()
        await self._refuse_early(account, form, view_id)

    async def _open_form(self, body: Payload, account: str, sheet: Sheet) -> None:
        """Open the form at once, unless it must be read first; then check whether the person may begin something new."""
        view_id = await self.dialogs.opened(body, WAIT if FORMS[sheet.name].kind.read_first else sheet)
        if sheet.about:
            return await self._show_introduction(account, sheet, view_id)
        return await self._refuse_early(account, sheet.name, view_id)

    async def _show_introduction(self, account: str, sheet: Sheet, view_id: str) -> None:
        """Show what should be read first, or tell a person who couldn't send the form before they fill it in."""
        try:
            told: Sheet | Page = await self.desk.introduced(account, sheet.name, sheet.about)
        except Refused as refusal:
            told = note_page(str(refusal))
        if told != sheet:
            await self.chat.update(view_id, told, "UTC")

    async def _refuse_early(self, account: str, form: str, view_id: str) -> None:
        """Tell a person who may not send the form before they fill it in."""
        try:
            await self.desk.begin(account, form)
        except Refused as refusal:
            await self.chat.update(view_id, note_page(str(refusal)), "UTC")
        except (DatabaseDown, Unavailable) as error:
            log.warning("slack.form_unchecked", why=type(error).__name__)

    async def _do_press(self, body: Payload, press: inbox.Press, said: str = "") -> None:
        """Do it. A refusal of what was pressed on a card is told by the delivery, so that it outlasts a crash."""
        on_card = "message" in body
        done = await self._was_done(body, press, whisper=on_card)
        if on_card:
            # Where it was refused, the card in front of the person may be out of date.
            self.later(self.desk.note_reachable(body["user"]["id"], press.value))
        elif done and said:
            await self.chat.reply(response_url(body), said)
        elif done and in_dialog(body) and done_words(press.verb):
            await self.chat.update(body["view"]["id"], note_page(done_words(press.verb)), "UTC")
        elif done and in_dialog(body):
            shows = showing.DETAILS if CHANGES[press.verb].back == "matter" else MANAGE
            await self._filled_page(body, body["view"]["id"], self.desk.page(press.account, shows, press.value))

    async def _was_done(self, body: Payload, press: inbox.Press, *, whisper: bool) -> bool:
        """Return True if it was done; otherwise tell the person why not, a refusal only if nothing else tells them."""
        whisper = whisper and self.desk.tells_later(press.verb, press.value)
        try:
            await self.desk.decide(press.account, press.verb, press.value, press.key, whisper=whisper)
        except Refused as refusal:
            # The delivery sends nothing to an account that may not act.
            if not whisper or refusal.code in identity.STANDINGS:
                await self.dialogs.tell(body, str(refusal))
        except DatabaseDown:
            await self.dialogs.tell(body, words_meanwhile(press.verb, SLOW))
        except Unavailable:
            await self._keep_press(body, press)
        except Exception as error:  # noqa: BLE001  whatever it is, nothing was done, and the person must hear so
            await self.dialogs.tell(body, words_meanwhile(press.verb, self.dialogs.fault(body, error, NOT_DONE)))
        else:
            return True
        return False

    async def _keep_press(self, body: Payload, press: inbox.Press) -> None:
        try:
            await self.desk.keep(press)
        except (DatabaseDown, Refused) as error:
            return await self.dialogs.tell(
                body, str(error) if isinstance(error, Refused) else words_meanwhile(press.verb, SLOW)
            )
        # Said only while it is true: when Slack is well again, the press itself is done, and told.
        words = words_meanwhile(press.verb, inbox.kept_words(press.platform))
        if not await self.chat.reply(response_url(body), words) and in_dialog(body):
            await self.chat.update(body["view"]["id"], note_page(words), "UTC")
        return None

    async def _hand_out(self, body: Payload, name: str, value: str) -> None:
        view_id = await self.dialogs.opened(body, WAIT)
        page = await self.desk.hand(body["user"]["id"], name, value, press_key(body, body["actions"][0]))
        if page is not None:
            await self.dialogs.drawn(body, self.chat.update(view_id, page, "UTC"))

    async def _turn_page(self, body: Payload, name: str, *, turns: bool, value: str) -> None:
        """Show a page in a dialog; turning it stays within the same dialog."""
        view_id = body["view"]["id"] if turns and in_dialog(body) else await self.dialogs.opened(body, WAIT)
        await self._filled_page(body, view_id, self.desk.page(body["user"]["id"], name, value))

    async def _told_page(self, body: Payload, page: PolicyPage, *, turns: bool, value: str) -> None:
        view_id = body["view"]["id"] if turns and in_dialog(body) else await self.dialogs.opened(body, WAIT)
        await self._filled_page(body, view_id, self.desk.tells(body["user"]["id"], page, value))

    async def _filled_page(self, body: Payload, view_id: str, looked: Awaitable[tuple[Page, str]]) -> None:
        """Show a page in an open dialog, or why it can't be shown."""
        try:
            page, zone = await looked
        except Refused as refusal:
            page, zone = note_page(str(refusal)), "UTC"
        except (DatabaseDown, Unavailable) as error:
            log.warning("slack.not_shown", why=str(error))
            page, zone = note_page(SLOW), "UTC"
        except Exception as error:  # noqa: BLE001  a dialog must not stand at what it was opened with
            page, zone = note_page(self.dialogs.fault(body, error)), "UTC"
        await self.dialogs.drawn(body, self.chat.update(view_id, page, zone))


WAIT = Page("One moment", (Line("Looking it up. If nothing comes within a minute, close this and try again."),))
TRIGGER = 3.0  # seconds that a trigger lives
AGAIN = 1.0  # seconds before the second try to open a form
NOT_OPENED = "Slack may not have opened this. If you don't see it, please try again in a minute."
FAULT = "Something went wrong on our side ({fault}). Please try again."
NOT_DONE = "Something went wrong on our side ({fault}), so this is not done. Please try again."
STANDS = (
    "steward_stands"  # in a payload: the dialog that only says to wait; empty once there is in it what was asked for
)


class Dialogs:
    """One workspace's. Where Slack takes nothing, its methods raise `Unavailable` once the person was told what can be told."""

    def __init__(self, chat: SlackChat, desk: Desk, after: BackgroundTasks) -> None:
        self.chat, self.desk, self.after = chat, desk, after

    def fault(self, body: Payload, error: Exception, words: str = FAULT) -> str:
        """Log a fault of ours; what the person is to hear of it."""
        return self.after.fault(error, words, private=in_confidence(body))

    async def opened(self, body: Payload, view: Sheet | Page) -> str:
        """Open it, with a second try while the trigger lives; a person is never left with nothing on the screen."""
        clock = asyncio.get_running_loop().time
        dies = clock() + TRIGGER
        try:
            return await self._open_view(body, view)
        except Unavailable as error:
            pause = max(AGAIN, error.retry_after or 0)
            if error.outage or clock() + pause >= dies:
                await self._not_opened(body, view)
                raise
        await asyncio.sleep(pause)
        try:
            return await self._open_view(body, view)
        except Unavailable:
            await self._not_opened(body, view)
            raise

    async def drawn(self, body: Payload, work: Awaitable[None]) -> None:
        """Draw what a dialog was opened for; where Slack does not take it, the person hears of it."""
        try:
            await work
        except Unavailable:
            await self._not_opened(body)
            raise
        if STANDS in body:
            body[STANDS] = ""

    async def tell(self, body: Payload, words: str) -> None:
        """Tell the person where they pressed; what Slack doesn't accept there goes through the outbox."""
        with suppress(Unavailable):
            if in_dialog(body):
                return await self.chat.update(body["view"]["id"], note_page(words), "UTC")
            if "message" not in body:
                await self._open_view(body, note_page(words))
                return None
        to = Address(account_of(body), reply=response_url(body))
        if in_confidence(body):
            return await self.desk.unseen.say(to, words)
        return await self.desk.say(to, words, f"say:{body['trigger_id']}")

    async def safely(self, body: Payload, work: Awaitable[None]) -> None:
        """Show an id for a fault of ours that the person can quote. An open form stays; sending it gets its own answer."""
        try:
            await work
        except (Unavailable, Unreachable, DatabaseDown, Refused):
            raise
        except Exception as error:  # noqa: BLE001  whatever it is, the person must not wait for nothing
            words, stands = self.fault(body, error), body.get(STANDS)
            if stands is None:
                await self.tell(body, words)
            elif stands:
                await self.drawn(body, self.chat.update(stands, note_page(words), "UTC"))

    async def _open_view(self, body: Payload, view: Sheet | Page) -> str:
        view_id = await self.chat.open(body["trigger_id"], view, "UTC", push=in_dialog(body), aside=typed_at(body))
        body[STANDS] = view_id if view is WAIT else ""
        return view_id

    async def _not_opened(self, body: Payload, view: Sheet | Page = WAIT) -> None:
        """Say where it was typed or pressed that the view couldn't be opened; from a Home tab, once Slack is well."""
        if await self.chat.reply(response_url(body), NOT_OPENED):
            return None
        to = Address(account_of(body))
        if isinstance(view, Sheet) and is_private(view.name):
            return await self.desk.unseen.say(to, NOT_OPENED)
        return await self.desk.say(to, NOT_OPENED, f"not_opened:{body['trigger_id']}")


def in_confidence(body: Payload) -> bool:
    """Return True if it came from a private form, or is to open one."""
    command = COMMANDS.get(str(body.get("command") or "").removeprefix("/"))
    pressed = [opened_by(render.read_press(one)[0]) for one in body.get("actions") or ()]
    forms = [command.form if command else "", str((body.get("view") or {}).get("callback_id") or ""), *pressed]
    return any(is_private(one) for one in forms)


Payload = dict[str, Any]  # Slack's own shapes


def response_url(body: Payload) -> str:
    return str(body.get("response_url") or "")


def typed_at(body: Payload) -> aside.Aside:
    """Return what a form carries along so that the command that opened it can be answered; nothing for a private form."""
    return {aside.TYPED_AT: response_url(body)} if "command" in body and not in_confidence(body) else aside.NOTHING


def account_of(body: Payload) -> str:
    """Return the account that typed or pressed; a command has it in another place."""
    return str(body["user_id"] if "user_id" in body else body["user"]["id"])


def in_dialog(body: Payload) -> bool:
    return bool(body.get("view", {}).get("type") == "modal")


def press_key(body: Payload, action: Payload) -> str:
    """Return the idempotency key of one press: Slack sends the same `action_ts` however often it sends it."""
    return f"slack:{body['user']['id']}:{action.get('action_ts', '')}:{action['action_id']}:{action.get('value', '')}"
