"""Handles commands and buttons in Slack: the desk does what they ask for, and dialogs show what they lead to.

A dialog opens only with the trigger id in Slack's payload, which lives for 3 seconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine
from contextlib import suppress
from functools import partial
from typing import Any

import structlog

from bot.chats.background import BackgroundTasks, code_in_link
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
SPENT = "This link was used, or its minute is over. For another one, press {label} again."
NOT_KNOWN = "I don’t know that command. Type a slash to see the list."


class Answers:
    """Handles commands and buttons in Slack; `after` runs what is done after the acknowledgement."""

    def __init__(self, chat: SlackChat, desk: Desk, after: BackgroundTasks) -> None:
        self.chat, self.desk, self.after, self.redraws = chat, desk, after, Redraws(chat, desk)
        self.later, self.dialogs = after.later, Dialogs(chat, desk, after)

    async def command(self, body: Payload) -> None:
        """Handle a slash command: one that makes a change (`does`) before the acknowledgement, one that opens a view after it."""
        name, words = str(body["command"]).removeprefix("/"), str(body.get("text") or "").strip()
        account, command = body["user_id"], COMMANDS.get(name)
        if command is None or words.casefold() in HELP:
            self.later(self._reply_in_words(body, command.help(f"/{name}") if command else NOT_KNOWN))
        elif command.does:
            key = f"slack:{account}:{body.get('trigger_id', '')}:{name}"
            await self._in_time(
                inbox.Press("slack", account, command.does, "", key), {**body, "user": {"id": account}}, command.done
            )
        else:
            self._do_later(body, self._open_by_command(body, name, command, words))

    async def _reply_in_words(self, body: Payload, words: str) -> None:
        await self.chat.reply(response_url(body), words)

    async def _open_by_command(self, body: Payload, name: str, command: Command, words: str) -> None:
        """Open what the words after a command lead to; without such words, the command's page from the policy or its form."""
        account = body["user_id"]
        if lead := self.desk.lead(name, words):
            await self._follow_lead(body, account, lead)
        elif command.page is not None:
            await self._show_policy_page(body, command.page, words)
        else:
            await self._open_form(body, account, self.desk.sheet(command.form))

    async def _follow_lead(self, body: Payload, account: str, lead: Lead) -> None:
        """Open the form or page that the words after a command lead to; for a private form no one is looked up."""
        match lead:
            case OpensForm(form=form, sought=sought):
                await self._open_filled_form(body, account, form, self.desk.filled_from_search(account, form, sought))
            case OpensPage(button=button, value=value):
                await self._show_or_turn_page(body, button, turns=False, value=value)
            case Say(page=page, about=about):
                await self._show_policy_page(body, page, about)
            case InConfidence(page=page):
                await self.dialogs.open_or_tell(body, page)

    async def press(self, body: Payload) -> None:
        """Handle a button, or a changed field of a form: a change is made before the acknowledgement, a view opens after it."""
        action, account = body["actions"][0], body["user"]["id"]
        name, value = render.read_press(action)
        if name in CHANGES:
            return await self._in_time(inbox.Press("slack", account, name, value, press_key(body, action)), body)
        if (redraw := self._redraw_form(body, name)) is not None:
            self.later(redraw)  # if it fails, the form stays as it is, with all that was typed
        else:
            self._do_later(body, self._show_page(body, name, value))
        # Pressing a card shows that messages reach the person.
        if "message" in body and value and not render.on_a_line(action):
            self.later(self.desk.note_reachable(body["user"]["id"], value))
        return None

    def _redraw_form(self, body: Payload, name: str) -> Coroutine[Any, Any, None] | None:
        """Return the work that a changed field of an open form asks for; None if no field was changed."""
        if "view" not in body:
            return None
        if name == render.REDRAW:
            return self.redraws.redraw(body)
        if name.startswith(aside.LOOKUP):
            return self.redraws.supply(body)
        return None

    async def _show_page(self, body: Payload, name: str, value: str) -> None:
        """Open what a button leads to; link buttons and buttons of old cards do nothing."""
        account = body["user"]["id"]
        match BUTTONS.get(name):
            case Opens(form=form, prefilled=True):
                await self._open_filled_form(body, account, form, self.desk.filled_as_before(account, form, value))
            case Opens(form=form):
                await self._open_form(body, account, self.desk.sheet(form, value))
            case Shows(turns=turns):
                await self._show_or_turn_page(body, name, turns=turns, value=value)
            case Hands():
                await self._hand_out(body, name, value)
            case Tells(page=page):
                await self._show_policy_page(body, page, value)
            case _:
                pass

    def _do_later(self, body: Payload, work: Coroutine[Any, Any, None]) -> None:
        """Do the work after the acknowledgement; the person is told of a fault of ours."""
        self.later(self.dialogs.safely(body, work))

    async def home(self, account: str, event_id: str) -> None:
        """Redraw the home, since its tab was opened."""
        with suppress(Refused):  # too much of this account is kept already; drawn once, the home shows it all
            await self.desk.take(inbox.Press("slack", account, "home", "", f"slack:{event_id or new_id('H')}"))

    async def _in_time(self, press: inbox.Press, body: Payload, said: str = "") -> None:
        """Do a press before Slack gives up waiting; if it isn't done by then it's kept, so that a crash can't lose it.

        `said` is told once it's done.
        """
        doing = self.later(self._do_press(body, press, said))
        done, _ = await asyncio.wait({doing}, timeout=PATIENCE)
        if not done:
            try:
                await asyncio.wait_for(self.desk.keep(press), KEEPING)
            except (DatabaseDown, Refused, TimeoutError) as error:
                log.warning("slack.press_not_kept", why=type(error).__name__)

    async def _open_filled_form(
        self, body: Payload, account: str, form: str, reading: Awaitable[tuple[Sheet, Filled]]
    ) -> None:  # fmt: skip
        """Open a waiting page at once, then show in it the filled-in form that `reading` returns; a blank one if it's late."""
        looking = asyncio.ensure_future(reading)
        try:
            view_id = await self.dialogs.open_or_tell(body, WAIT)
            await asyncio.wait({looking}, timeout=PATIENCE)
            sheet, filled = looking.result() if looking.done() else (self.desk.sheet(form), Filled())
            ids = render.filled_text_ids(filled)
            await self.dialogs.draw_or_tell(body, self.chat.refill(view_id, sheet, filled, ids, aside=typed_at(body)))
        finally:
            looking.cancel()
        await self._refuse_early(account, form, view_id)

    async def _open_form(self, body: Payload, account: str, sheet: Sheet) -> None:
        """Open the form at once, or the waiting page if its kind is `read_first`; then check whether the person may send it.

        `sheet.about` is what the button belongs to that opened it, empty after a command. A `read_first` form always has
        one, and its introduction replaces the waiting page.
        """
        view_id = await self.dialogs.open_or_tell(body, WAIT if FORMS[sheet.name].kind.read_first else sheet)
        if sheet.about:
            return await self._show_introduction(account, sheet, view_id)
        return await self._refuse_early(account, sheet.name, view_id)

    async def _show_introduction(self, account: str, sheet: Sheet, view_id: str) -> None:
        """Show what should be read first; a person who couldn't send the form is told so before filling it in."""
        try:
            shown: Sheet | Page = await self.desk.introduced(account, sheet.name, sheet.about)
        except Refused as refusal:
            shown = note_page(str(refusal))
        if shown != sheet:
            await self.chat.update(view_id, shown, "UTC")

    async def _refuse_early(self, account: str, form: str, view_id: str) -> None:
        """Tell a person who may not send the form before they fill it in."""
        try:
            await self.desk.begin(account, form)
        except Refused as refusal:
            await self.chat.update(view_id, note_page(str(refusal)), "UTC")
        except (DatabaseDown, Unavailable) as error:
            log.warning("slack.form_unchecked", why=type(error).__name__)

    async def _do_press(self, body: Payload, press: inbox.Press, said: str = "") -> None:
        """Do a press, then show what follows: `said` after a command; in a dialog, the change's own words, Details or Manage.

        A refusal on a card is told by the delivery, so that it survives a crash.
        """
        on_card = "message" in body
        done = await self._make_change(body, press, whisper=on_card)
        if on_card:
            # Where it was refused, the card in front of the person may be out of date.
            self.later(self.desk.note_reachable(body["user"]["id"], press.value))
        elif done and said:
            await self.chat.reply(response_url(body), said)
        elif done and in_dialog(body) and done_words(press.verb):
            await self.chat.update(body["view"]["id"], note_page(done_words(press.verb)), "UTC")
        elif done and in_dialog(body):
            # The dialog that the change was made in shows the matter again, or the person's lists.
            shows = showing.DETAILS if CHANGES[press.verb].back == "matter" else MANAGE
            await self._fill_page(body, body["view"]["id"], self.desk.page(press.account, shows, press.value))

    async def _make_change(self, body: Payload, press: inbox.Press, *, whisper: bool) -> bool:
        """Make the change that was pressed and return True; if it isn't made, tell the person why, unless the delivery does."""
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
        """Keep a press for later and say so; if it can't be kept, say that it wasn't done."""
        try:
            await self.desk.keep(press)
        except (DatabaseDown, Refused) as error:
            return await self.dialogs.tell(
                body, str(error) if isinstance(error, Refused) else words_meanwhile(press.verb, SLOW)
            )
        # Not sent later: once Slack works again, the press itself is done and its outcome told.
        words = words_meanwhile(press.verb, inbox.kept_words(press.platform))
        if not await self.chat.reply(response_url(body), words) and in_dialog(body):
            await self.chat.update(body["view"]["id"], note_page(words), "UTC")
        return None

    async def _hand_out(self, body: Payload, name: str, value: str) -> None:
        """Show what a button hands out, such as a one-time link until it is used; nothing for a press that Slack sent twice."""
        # The dialog that was pressed shows it in its place, or its spent page would come back from beneath the next.
        view_id = body["view"]["id"] if in_dialog(body) else await self.dialogs.open_or_tell(body, WAIT)
        page = await self.desk.hand(body["user"]["id"], name, value, press_key(body, body["actions"][0]))
        if page is not None:
            await self.dialogs.draw_or_tell(body, self.chat.update(view_id, page, "UTC"))
            if code := code_in_link(page):
                spent = note_page(SPENT.format(label=BUTTONS[name].label))
                self.desk.pages.add(view_id, partial(self.chat.update, view_id, spent, "UTC"), code)

    async def _show_or_turn_page(self, body: Payload, name: str, *, turns: bool, value: str) -> None:
        """Show a page in a new dialog; a button that `turns` pages shows it in the dialog that it's in."""
        view_id = body["view"]["id"] if turns and in_dialog(body) else await self.dialogs.open_or_tell(body, WAIT)
        await self._fill_page(body, view_id, self.desk.page(account_of(body), name, value))

    async def _show_policy_page(self, body: Payload, page: PolicyPage, about: str) -> None:
        """Show a page from the policy in a new dialog."""
        view_id = await self.dialogs.open_or_tell(body, WAIT)
        await self._fill_page(body, view_id, self.desk.policy_page(account_of(body), page, about))

    async def _fill_page(self, body: Payload, view_id: str, reading: Awaitable[tuple[Page, str]]) -> None:
        """Show in an open dialog the page that `reading` returns with the reader's zone, or why it can't be shown."""
        try:
            page, zone = await reading
        except Refused as refusal:
            page, zone = note_page(str(refusal)), "UTC"
        except (DatabaseDown, Unavailable) as error:
            log.warning("slack.not_shown", why=str(error))
            page, zone = note_page(SLOW), "UTC"
        except Exception as error:  # noqa: BLE001  a dialog must not stand at what it was opened with
            page, zone = note_page(self.dialogs.fault(body, error)), "UTC"
        await self.dialogs.draw_or_tell(body, self.chat.update(view_id, page, zone))


WAIT = Page("One moment", (Line("Looking it up. If nothing appears within a minute, close this and try again."),))
TRIGGER = 3.0  # seconds that a trigger lives
AGAIN = 1.0  # seconds before the second try to open a form
NOT_OPENED = "Slack may not have opened this. If you don’t see it, please try again in a minute."
FAULT = "Something went wrong on our side ({fault}). Please try again."
NOT_DONE = "Something went wrong on our side ({fault}), so this wasn’t done. Please try again."
WAITING_VIEW = (
    "steward_stands"  # in a payload: the id of a dialog that still says to wait; empty once it shows what was asked for
)


class Dialogs:
    """Opens and fills dialogs. If Slack refuses, its methods tell the person what they can, then raise `Unavailable`."""

    def __init__(self, chat: SlackChat, desk: Desk, after: BackgroundTasks) -> None:
        self.chat, self.desk, self.after = chat, desk, after

    def fault(self, body: Payload, error: Exception, words: str = FAULT) -> str:
        """Log a fault of ours, and return what to tell the person."""
        return self.after.fault(error, words, private=in_confidence(body))

    async def open_or_tell(self, body: Payload, view: Sheet | Page) -> str:
        """Open a view, trying twice while the trigger lives, and return its id; if that fails, the person is told."""
        clock = asyncio.get_running_loop().time
        dies = clock() + TRIGGER
        try:
            return await self._open_view(body, view)
        except Unavailable as error:
            pause = max(AGAIN, error.retry_after or 0)
            if error.outage or clock() + pause >= dies:
                await self._tell_not_opened(body, view)
                raise
        await asyncio.sleep(pause)
        try:
            return await self._open_view(body, view)
        except Unavailable:
            await self._tell_not_opened(body, view)
            raise

    async def draw_or_tell(self, body: Payload, work: Awaitable[None]) -> None:
        """Do the work that draws what a dialog was opened for; if Slack refuses, the person is told."""
        try:
            await work
        except Unavailable:
            await self._tell_not_opened(body)
            raise
        if WAITING_VIEW in body:
            body[WAITING_VIEW] = ""

    async def tell(self, body: Payload, words: str) -> None:
        """Tell the person in the dialog that they used, or in a new one; otherwise in words, if need be through the outbox.

        Words about a private form never go through the outbox, which would keep them.
        """
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
        """Do the work; on a fault of ours, show the person an id to quote. An open form stays as it is."""
        try:
            await work
        except (Unavailable, Unreachable, DatabaseDown, Refused):
            raise
        except Exception as error:  # noqa: BLE001  whatever it is, the person must not wait for nothing
            words, waiting_view = self.fault(body, error), body.get(WAITING_VIEW)
            if waiting_view is None:
                await self.tell(body, words)
            elif waiting_view:
                await self.draw_or_tell(body, self.chat.update(waiting_view, note_page(words), "UTC"))

    async def _open_view(self, body: Payload, view: Sheet | Page) -> str:
        """Open a view, over the open dialog if there is one; return its id, and note in the payload whether it's `WAIT`."""
        view_id = await self.chat.open(body["trigger_id"], view, "UTC", push=in_dialog(body), aside=typed_at(body))
        body[WAITING_VIEW] = view_id if view is WAIT else ""
        return view_id

    async def _tell_not_opened(self, body: Payload, view: Sheet | Page = WAIT) -> None:
        """Tell the person where they pressed that the view couldn't be opened; from the Home tab, through the outbox."""
        if await self.chat.reply(response_url(body), NOT_OPENED):
            return None
        to = Address(account_of(body))
        if isinstance(view, Sheet) and is_private(view.name):
            return await self.desk.unseen.say(to, NOT_OPENED)
        return await self.desk.say(to, NOT_OPENED, f"not_opened:{body['trigger_id']}")


def in_confidence(body: Payload) -> bool:
    """Return True if the payload comes from a private form, or from what opens one."""
    command = COMMANDS.get(str(body.get("command") or "").removeprefix("/"))
    pressed = [opened_by(render.read_press(one)[0]) for one in body.get("actions") or ()]
    forms = [command.form if command else "", str((body.get("view") or {}).get("callback_id") or ""), *pressed]
    return any(is_private(one) for one in forms)


Payload = dict[str, Any]  # Slack's own shapes


def response_url(body: Payload) -> str:
    """Return where this command or press can be answered; empty for a press in a dialog or on Home."""
    return str(body.get("response_url") or "")


def typed_at(body: Payload) -> aside.Aside:
    """Return what a form carries along so that its command can be answered once it's sent; nothing for a private form."""
    return {aside.TYPED_AT: response_url(body)} if "command" in body and not in_confidence(body) else aside.NOTHING


def account_of(body: Payload) -> str:
    """Return the account that typed or pressed; a command has it in another place."""
    return str(body["user_id"] if "user_id" in body else body["user"]["id"])


def in_dialog(body: Payload) -> bool:
    """Return True if the press was in an open dialog."""
    return bool(body.get("view", {}).get("type") == "modal")


def press_key(body: Payload, action: Payload) -> str:
    """Return the key of one press: Slack repeats its `action_ts` if it sends the press again."""
    return f"slack:{body['user']['id']}:{action.get('action_ts', '')}:{action['action_id']}:{action.get('value', '')}"
