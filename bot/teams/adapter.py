"""Listens to Teams: what people write, press and fill in becomes intents at the door, and the answer goes back in time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any
from weakref import WeakValueDictionary

import structlog
from botbuilder.core import Bot, InvokeResponse, TurnContext
from botbuilder.schema import Activity, ActivityTypes, ChannelAccount
from cachetools import TTLCache

from bot.afterwards import Afterwards
from bot.desk import Desk
from bot.ports import Address, Unavailable, Unreachable
from bot.teams import answers
from bot.teams.chat import TeamsChat, said
from bot.teams.presses import Presses
from bot.teams.turn import Turn, read
from handlers import COMMANDS
from handlers.ids import new_id
from handlers.rules.refusal import Refused
from storage.store import DatabaseDown

log = structlog.get_logger()
PATIENCE = 4.0  # seconds; learn.microsoft.com gives a message extension 5, and a card's button more
AGAIN = 600.0  # seconds in which Teams may tell of a message once more
HOME = ("home", "hello", "hi", "help", "start")
FAULT = "Something went wrong on our side ({fault}). Nothing is lost: please try again."
SLOW = "That took too long, and nothing was lost. Please try again in a minute."
NOBODY = "Teams did not tell me who you are. Please write to me from your own account at this company."
IN_PRIVATE = "Recordings are a private matter. Please write to me in our own chat."
INSTALL = "Please add me to your own chats first. Then I can recognise you."


class TeamsAdapter(Bot):  # type: ignore[misc]
    """Dispatches by what an activity is; what a press leads to stands in presses.py."""

    def __init__(self, chat: TeamsChat, desk: Desk, seconds: Callable[[], float] = time.monotonic) -> None:
        self.chat, self.desk, self.presses = chat, desk, Presses(chat, desk)
        self._read: TTLCache[str, bool] = TTLCache(20_000, AGAIN, timer=seconds)
        self._meeting: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self.after = Afterwards("teams")
        self.later = self.after.later

    async def on_turn(self, context: TurnContext) -> None:
        """One activity. An invoke has its answer when this returns; the rest is acknowledged, and worked on after."""
        turn = read(context.activity)
        match turn.kind:
            case "invoke":
                body = await self._invoked(turn)
                response = Activity(type=ActivityTypes.invoke_response, value=InvokeResponse(status=200, body=body))
                await context.send_activity(response)
            case "message" if self._repeated(turn):
                pass
            case "message" if turn.value:
                await self._in_time(self._heard(turn, self._submitted(turn)), lambda: None)
            case "message":
                self.later(self._heard(turn, self._written(turn)))
            case "installationUpdate" | "conversationUpdate":
                self.later(self._met(turn, context.activity))
            case _:
                pass

    async def _invoked(self, turn: Turn) -> answers.Body:
        if not turn.account:
            return self._sentence(turn, NOBODY)
        try:
            body: answers.Body = await self._in_time(self._answer(turn), lambda: self._sentence(turn, SLOW))
            return body
        except Exception as error:  # noqa: BLE001  whatever it is, Teams must hear an answer that it can show
            words, ours = _excuse(error)
            return answers.failed(words) if ours and turn.name == answers.PRESSED else self._sentence(turn, words)

    async def _heard(self, turn: Turn, work: Coroutine[Any, Any, None]) -> None:
        """A message has no answer, so what goes wrong with it is said by another one."""
        try:
            await work
        except Unreachable as error:
            log.warning("teams.unavailable", code=error.code)
        except Exception as error:  # noqa: BLE001  the activity has been acknowledged; the person must hear of it
            words, _ = _excuse(error)
            if turn.learnt is not None:
                self.later(self.chat.whisper(self._to(turn), words))

    async def _answer(self, turn: Turn) -> answers.Body:
        await self._known(turn)
        if turn.name == answers.SEARCHED:
            return answers.found(await self.desk.find(turn.account, str(turn.value.get("queryText") or "")[:100]))
        if turn.name == answers.COMMANDED:
            return answers.task(await self.presses.commanded(turn))
        if turn.name == answers.FETCHED:
            return answers.task(await self.presses.dialog(turn))
        if turn.name in answers.SUBMITTED:
            return answers.task(await self.presses.sent_in_dialog(turn))
        if turn.name != answers.PRESSED:
            return {}
        if not turn.private:
            return answers.words(IN_PRIVATE)
        shown = await self.presses.pressed(turn, _data(turn))
        self._keep(turn, shown.lasting)
        return answers.words(shown.words) if shown.card is None else answers.card(shown.card)

    async def _submitted(self, turn: Turn) -> None:
        """Action.Submit, from a client that knows no Action.Execute: the message itself becomes what an answer would show."""
        if not (turn.private and turn.account):
            return await self._shy(turn)
        await self._known(turn)
        shown = await self.presses.pressed(turn, turn.value)
        if shown.card is None:
            self.later(self.chat.whisper(self._to(turn), shown.words))
        else:
            self._keep(turn, self.chat.form(shown.card, shown.words))
        return None

    async def _written(self, turn: Turn) -> None:
        if not (turn.private and turn.account):
            return await self._shy(turn)
        await self._known(turn)
        if turn.command in COMMANDS:
            await self.presses.post_form(turn, COMMANDS[turn.command].form)
        elif turn.words in HOME:
            await self._home(turn, turn.key)
        else:
            await self.chat.whisper(self._to(turn), _known_words())
        return None

    async def _met(self, turn: Turn, activity: Activity) -> None:
        """Somebody added the app, a new version of it, or took it away; Teams tells of each several times."""
        if turn.learnt is None:
            return
        bot = turn.reference["bot"]
        # In the order in which Teams told of it, and one after the other.
        async with self._meeting.setdefault(turn.account, asyncio.Lock()):
            if activity.action == "remove" or bot in _ids(activity.members_removed):
                await self.desk.directory.left(turn.account)
            elif activity.action in ("add", "add-upgrade") or bot in _ids(activity.members_added):
                await self._welcomed(turn)

    async def _welcomed(self, turn: Turn) -> None:
        """The home is shown to whoever has none yet; whoever may not act hears of it when he or she writes."""
        await self._known(turn)
        if not await self.desk.has_home(turn.account):
            await self.desk.home(turn.account, turn.key)

    async def _home(self, turn: Turn, key: str) -> None:
        closed = await self.desk.home(turn.account, key)
        if closed is not None:
            await self.chat.post(self._to(turn), closed, turn.reference["zone"])

    async def _shy(self, turn: Turn) -> None:
        words = said(IN_PRIVATE if turn.account else NOBODY)
        await self.chat.connector.send(turn.service_url, turn.conversation, words)

    async def _known(self, turn: Turn) -> None:
        """Remember how to reach the person; a place that others read teaches nothing."""
        if turn.learnt is not None:
            await self.desk.directory.visitor(turn.account, reference=turn.learnt)
        elif not await self.desk.directory.knows(turn.account):
            raise Refused(INSTALL)

    def _repeated(self, turn: Turn) -> bool:
        """Whether Teams told of this message before."""
        if turn.key in self._read:
            return True
        if turn.key:
            self._read[turn.key] = True
        return False

    def _sentence(self, turn: Turn, words: str) -> answers.Body:
        """An answer of words alone; a form that was sent in a dialog comes back with them, filled as it was."""
        if turn.name in answers.SUBMITTED:
            with suppress(Refused):
                return answers.task(self.presses.again(turn, words))
        if turn.name == answers.SEARCHED:
            return answers.found([])
        return answers.words(words) if turn.name == answers.PRESSED else answers.task(words)

    def _to(self, turn: Turn) -> Address:
        return Address(turn.account, turn.reference)

    def _keep(self, turn: Turn, message: dict[str, Any] | None) -> None:
        """An answer is seen until the client is opened anew; what is to last becomes the message itself."""
        if message is not None and turn.card:
            self.later(self.chat.replace(self._to(turn), self.presses.place(turn), message))

    async def _in_time(
        self, work: Coroutine[Any, Any, Any], instead: Callable[[], Any]
    ) -> Any:  # an answer's body, or nothing
        """Wait as long as Teams does, and not longer; work that has begun goes on."""
        going = asyncio.create_task(work)
        done, _ = await asyncio.wait({going}, timeout=PATIENCE)
        if done:
            return going.result()
        self.later(_awaited(going))
        return instead()


async def _awaited(work: asyncio.Task[Any]) -> None:
    await work


def _excuse(error: Exception) -> tuple[str, bool]:
    """What the person hears of it, and whether it is a fault of ours."""
    if isinstance(error, Refused):
        return str(error), False
    if isinstance(error, (DatabaseDown, Unavailable, Unreachable)):
        log.warning("teams.not_answered", why=type(error).__name__)
        return SLOW, False
    fault = new_id("F")
    log.error("teams.fault", fault=fault, error=type(error).__name__, exc_info=error)
    return FAULT.format(fault=fault), True


def _ids(members: list[ChannelAccount] | None) -> list[str]:
    return [one.id for one in members or []]


def _data(turn: Turn) -> dict[str, Any]:
    action = turn.value.get("action")
    data = action.get("data") if isinstance(action, dict) else None
    return data if isinstance(data, dict) else {}


def _known_words() -> str:
    return f"I know these words: {', '.join(COMMANDS)} and home."
