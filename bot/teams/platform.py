"""Teams' front door: its address, with everything behind it put together."""

import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeVar

import structlog
from aiohttp import ClientSession, web
from botbuilder.core import Bot, InvokeResponse, TurnContext
from botbuilder.schema import Activity, ActivityTypes, ChannelAccount
from cachetools import TTLCache

from bot.chats.background import BackgroundTasks
from bot.chats.desk import Desk
from bot.measures import acknowledging
from bot.ports import Address, Chat, Unavailable, Unreachable
from bot.settings.config import TeamsSettings
from bot.teams import cloud, presses, render, tokens
from bot.teams.chat import TeamsChat, plain_message
from bot.teams.cloud import Cloud
from bot.teams.connector import Connector, TokenSource
from bot.teams.turn import PRESSED, SUBMITTED, Turn, read_turn, with_lead
from handlers import CHANGES, inbox, sealing, words_meanwhile
from handlers.cards import HINT, Option
from handlers.plain_words import OpensForm
from handlers.rules import Refused
from storage.database.store import DatabaseDown


class TeamsPlatform:
    """Teams over HTTP (`POST /api/messages`)."""

    def __init__(self, settings: TeamsSettings, http: ClientSession, desk: Callable[[Chat], Desk], host: str) -> None:
        """`host` is where this program listens: only a loopback one may use services on this machine.

        With `settings.open`, for Microsoft's local client, requests aren't verified and sends carry no token.
        """
        hosts = tokens.HOSTS | tokens.LOOPBACK if host in tokens.LOOPBACK else tokens.HOSTS
        scope = f"{tokens.issuer_of(settings.metadata_url)}/.default"
        self.tokens = None if settings.open else TokenSource(
            http, settings.tenant, settings.app_id, settings.password, settings.login_url, scope
        )  # fmt: skip
        self.verifier = None if settings.open else tokens.Verifier(
            settings.app_id, settings.tenant, settings.metadata_url, http, allowed_hosts=hosts
        )  # fmt: skip
        self.chat = TeamsChat(Connector(http, self.tokens, hosts), self.tokens, settings.tenant)
        self.adapter = TeamsAdapter(self.chat, desk(self.chat))
        self.cloud = Cloud(self.verifier)

    def routes(self) -> list[web.RouteDef]:
        """Return Teams' address."""
        return [web.post("/api/messages", self._handle_request)]

    async def start(self) -> None:
        """Do nothing: Teams calls our address, so there is no connection to open."""

    def unheard(self) -> None:
        """Return None instead of the seconds without a connection, since Teams needs none: it calls our address."""

    async def finish(self) -> None:
        """Wait for work that continues after an acknowledgement."""
        await self.adapter.after.finish()

    async def stop(self) -> None:
        """Finish what is in flight; give up what is fetched."""
        await self.adapter.after.finish()
        if self.tokens is not None:
            await self.tokens.close()
        if self.verifier is not None:
            await self.verifier.keys.close()

    async def _handle_request(self, request: web.Request) -> web.Response:
        with acknowledging("teams"):
            return await self.cloud.process(request, self.adapter)


T = TypeVar("T")
log = structlog.get_logger()
PATIENCE = 4.0  # seconds; learn.microsoft.com gives a message extension 5, and a card's button more
AGAIN = 600.0  # seconds within which Teams may report a message again
FAULT = "Something went wrong on our side ({fault}). Nothing is lost: please try again."
SLOW = "That took too long. Nothing is lost: please try again in a minute."
NOT_NOW = "I couldn’t do that just now. Nothing is lost: please try again in a minute."
AWAY = "Teams isn’t answering at the moment. Nothing is lost: please try again in a minute."
COMES = "Teams isn’t answering at the moment. You’ll get what you asked for as soon as it does."
NOBODY = "Teams couldn’t tell me who you are. Please write to me from your own account at this company."
IN_PRIVATE = "Recordings are private. Please write to me in our private chat."
INSTALL = "Please add me to your own chats first, so that I can recognise you."


class TeamsAdapter(Bot):  # type: ignore[misc]
    """Handles what Teams sends, by its kind; presses.py says what a press leads to."""

    def __init__(self, chat: TeamsChat, desk: Desk, seconds: Callable[[], float] = time.monotonic) -> None:
        self.chat, self.desk, self.presses = chat, desk, presses.Presses(chat, desk)
        self._read: TTLCache[str, bool] = TTLCache(20_000, AGAIN, timer=seconds)
        self.after = BackgroundTasks("teams")
        self.later = self.after.later

    async def on_turn(self, context: TurnContext) -> None:
        """Handle one activity. What it asks for is done or kept on return; only answers to free words may come later."""
        turn = with_lead(read_turn(context.activity), self.desk)
        match turn.kind:
            case "invoke":
                body = await self._answer_invoke(turn)
                response = Activity(type=ActivityTypes.invoke_response, value=InvokeResponse(status=200, body=body))
                await context.send_activity(response)
            case "message" if form := self.presses.private_form(turn):
                if not self._is_repeated(turn):
                    self.later(self._post_private_form(turn, form))
            case "message" if turn.value:  # a button or form, from an older client
                await self._do_or_keep(turn, self._handle_submit(turn))
            case "message" if self.presses.press_to_keep(turn):
                await self._do_or_keep(turn, self._handle_words(turn))
            case "message" if not self._is_repeated(turn):
                self.later(self._answer_message(turn, self._handle_words(turn)))
            case "installationUpdate" | "conversationUpdate":
                await self._handle_install(turn, context.activity)
            case _:
                pass

    async def _answer_invoke(self, turn: Turn) -> cloud.Body:
        """Return the answer to an invoke, in time; a press that can't be done in time is kept. Never raises."""
        if not turn.account:
            return self._sentence_answer(turn, NOBODY)
        try:
            return await self.after.within(PATIENCE, self._answer_turn(turn))
        except TimeoutError:
            return self._sentence_answer(turn, await self._keep_press(turn) or self._words_meanwhile(turn, SLOW))
        except Unavailable as error:
            log.warning("teams.not_answered", why=error.code)
            return self._sentence_answer(turn, await self._keep_press(turn) or self._words_meanwhile(turn, AWAY))
        except Exception as error:  # noqa: BLE001  whatever it is, Teams must hear an answer that it can show
            words, ours = self._sentence_for_error(turn, error)
            return cloud.failed_answer(words) if ours and turn.name == PRESSED else self._sentence_answer(turn, words)

    async def _do_or_keep(self, turn: Turn, work: Coroutine[Any, Any, None]) -> None:
        """Do the work before the activity is acknowledged, or keep its press for later, so that a crash can't lose it."""
        try:
            await self.after.within(PATIENCE, self._answer_message(turn, work))
        except TimeoutError:
            await self._keep_press(turn)

    async def _answer_message(self, turn: Turn, work: Coroutine[Any, Any, None]) -> None:
        """Do a message's work; errors are told in another message, since a message has no answer."""
        try:
            await work
        except Unreachable as error:
            log.warning("teams.unavailable", code=error.code)
        except Exception as error:  # noqa: BLE001  the activity is acknowledged; the person must hear of it
            if isinstance(error, Unavailable) and await self._keep_press(turn):
                return
            words, _ = self._sentence_for_error(turn, error)
            if turn.learnt is not None:
                self.later(self._say_in_chat(turn, words))

    async def _keep_press(self, turn: Turn) -> str:
        """Keep what was asked for, and return words about that; empty if there is nothing to keep, or it couldn't be kept."""
        press = self.presses.press_to_keep(turn)
        if press is None:
            return ""
        try:
            await self.desk.keep(press)
        except Refused as refusal:
            return str(refusal)
        except DatabaseDown:
            return ""
        return words_meanwhile(press.verb, inbox.kept_words(press.platform)) if press.verb in CHANGES else COMES

    def _words_meanwhile(self, turn: Turn, words: str) -> str:
        """Return the words, followed by what the command that couldn't be done says to do meanwhile."""
        press = self.presses.press_to_keep(turn)
        return words_meanwhile(press.verb, words) if press is not None else words

    def _sentence_for_error(self, turn: Turn, error: Exception) -> tuple[str, bool]:
        """Return what to tell the person about an error, and whether it's a fault of ours."""
        if isinstance(error, Refused):
            return str(error), False
        if isinstance(error, (DatabaseDown, Unavailable, Unreachable)):
            log.warning("teams.not_answered", why=type(error).__name__)
            return self._words_meanwhile(turn, NOT_NOW if isinstance(error, DatabaseDown) else AWAY), False
        return self._words_meanwhile(turn, self.after.fault(error, FAULT)), True

    async def _answer_turn(self, turn: Turn) -> cloud.Body:
        """Return the answer to an invoke, by its name. Raises `Refused`, `Unavailable` and `DatabaseDown`."""
        if form := self.presses.private_form(turn):
            return self._offer_private_form(turn, form)
        await self._remember_reference(turn)
        if turn.name == cloud.SEARCHED:
            typed, source = (str(turn.value.get(name) or "")[:100] for name in ("queryText", "dataset"))
            return cloud.choices_answer(await self.desk.find(turn.account, source, typed))
        if turn.name == cloud.COMMANDED:
            return cloud.dialog_answer(await self.presses.commanded(turn))
        if turn.name == cloud.FETCHED:
            return cloud.dialog_answer(await self.presses.fetched(turn))
        if turn.name in SUBMITTED:
            return cloud.dialog_answer(await self.presses.sent_in_dialog(turn))
        if turn.name != PRESSED:
            return {}
        if not turn.private:
            return cloud.words_answer(IN_PRIVATE)
        shown = await self.presses.pressed(turn, turn.pressed)
        self._make_lasting(turn, shown.lasting)
        return cloud.words_answer(shown.words) if shown.card is None else cloud.card_answer(shown.card)

    def _offer_private_form(self, turn: Turn, form: str) -> cloud.Body:
        """Return a page with a link to a private form, without looking anyone up and without leaving a trace (P13)."""
        if turn.name == PRESSED and not turn.private:
            return cloud.words_answer(IN_PRIVATE)
        page, zone = self.presses.private_form_page(turn, form), turn.reference["zone"]
        if turn.name != PRESSED:
            return cloud.dialog_answer(render.dialog_task(page.title, render.render_page(page, zone, dialog=True)))
        return cloud.card_answer(render.render_page(replace(page, parts=(*page.parts, presses.BACK)), zone))

    async def _post_private_form(self, turn: Turn, form: str) -> None:
        """Post that page as a message, now or never: nothing may be stored that says who asked for it."""
        if not (turn.private and turn.account):
            return await self._answer_in_public(turn)
        page = self.presses.private_form_page(turn, form)
        try:
            await self.chat.post(self._address_of(turn), render.as_card(page), turn.reference["zone"])
        except Unavailable:
            await self.desk.unseen.say(self._address_of(turn), AWAY)
        return None

    async def _handle_submit(self, turn: Turn) -> None:
        """Handle Action.Submit, from a client without Action.Execute: the message itself becomes the answer."""
        if not (turn.private and turn.account):
            return await self._answer_in_public(turn)
        await self._remember_reference(turn)
        shown = await self.presses.pressed(turn, turn.value)
        if shown.card is None:
            self.later(self._say_in_chat(turn, shown.words))
        else:
            self._make_lasting(turn, self.chat.message(shown.card, shown.words))
        return None

    async def _handle_words(self, turn: Turn) -> None:
        """Handle typed words: a command, a form that they wish for, or anything else."""
        if not (turn.private and turn.account):
            return await self._answer_in_public(turn)
        if press := self.presses.press_to_keep(turn):
            await self.desk.carry_out(press)
            return None
        with suppress(Unavailable):  # these words are no secret
            await self._remember_reference(turn)
        if isinstance(turn.lead, OpensForm):
            return await self.chat.form(self._address_of(turn), *await self.presses.fill(turn, turn.lead))
        return await self._answer_words(turn)

    async def _handle_install(self, turn: Turn, activity: Activity) -> None:
        """Handle adding, updating or removing the app; Teams reports each several times.

        It is stored before Teams' roster is asked for anything, and handled in the order of Teams' reports.
        """
        bot, verb = turn.reference["bot"], ""
        if activity.action == "remove" or bot in _member_ids(activity.members_removed):
            verb = "leave"
        elif activity.action in ("add", "add-upgrade") or bot in _member_ids(activity.members_added):
            verb = "welcome"
        if not verb or turn.learnt is None:
            return
        press = inbox.Press("teams", turn.account, verb, "", turn.key or sealing.new_id("K"), turn.learnt)
        try:
            await self.desk.keep(press, at_once=True)
        except (DatabaseDown, Refused) as error:
            # Teams won't report it again; the person is met with their first message instead.
            log.error("teams.install_not_kept", why=type(error).__name__)

    async def _answer_words(self, turn: Turn) -> None:
        """Answer words with a card; if Teams fails, only its text follows later."""
        card, zone = await self.presses.answer(turn)
        try:
            await self.chat.post(self._address_of(turn), card, zone)
        except Unavailable:
            await self._say_in_chat(turn, card.summary)

    async def _say_in_chat(self, turn: Turn, words: str) -> None:
        """Send words through the outbox, once for each activity, however often Teams reports it."""
        await self.desk.say(self._address_of(turn), words, f"say:{turn.key or sealing.new_id('K')}")

    async def _answer_in_public(self, turn: Turn) -> None:
        """Say that recordings are discussed only in the person's own chat, or that no account was named."""
        message = plain_message(IN_PRIVATE if turn.account else NOBODY)
        await self.chat.connector.send(turn.service_url, turn.conversation, message)

    async def _remember_reference(self, turn: Turn) -> None:
        """Remember how to reach the person. Raises `Refused` for an unknown person in a place that others read."""
        if turn.learnt is not None:
            await self.desk.directory.visitor(turn.account, reference=turn.learnt)
        elif not await self.desk.directory.knows(turn.account):
            raise Refused(INSTALL)

    def _sentence_answer(self, turn: Turn, words: str) -> cloud.Body:
        """Return an answer of words alone; a form sent in a dialog comes back with them, as it was filled in."""
        if turn.name in SUBMITTED:
            with suppress(Refused):
                return cloud.dialog_answer(self.presses.again(turn, words))
        if turn.name == cloud.SEARCHED:
            return cloud.choices_answer([Option(HINT, words)])
        return cloud.words_answer(words) if turn.name == PRESSED else cloud.dialog_answer(words)

    def _address_of(self, turn: Turn) -> Address:
        return Address(turn.account, turn.reference)

    def _make_lasting(self, turn: Turn, message: dict[str, Any] | None) -> None:
        """Write a lasting answer into the message itself, since the answer to a press is lost when the client restarts."""
        if message is not None and turn.card:
            self.later(self.chat.replace(self._address_of(turn), self.presses.place(turn), message))

    def _is_repeated(self, turn: Turn) -> bool:
        """Return True if Teams has reported these words before."""
        if turn.key in self._read:
            return True
        if turn.key:
            self._read[turn.key] = True
        return False


def _member_ids(members: list[ChannelAccount] | None) -> list[str]:
    return [one.id for one in members or []]
