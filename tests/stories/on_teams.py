"""A person in Teams: words typed to the bot, cards that answer a press, the home card, and plain messages."""

import json
import re
from collections.abc import Mapping

from bot.rehearsal.teams import BOT, Message, Outcome, Person, words
from bot.rehearsal.teams.actions import inputs, spots
from handlers.telling import ON_A_LINE
from tests.stories.somebody import Seen
from tests.stories.waiting import found, until

REQUEST = re.compile(r"R-[2-9A-HJ-NP-Z]{8}")
HOME = "Call recordings"


class OnTeams:
    """A person who uses Teams' client."""

    def __init__(self, me: Person) -> None:
        self.me = me
        self._pressed = ""

    async def arrive(self) -> None:
        went(await self.me.install())
        if self.me.tenant.member(self.me.id).standing == "member":  # others are told only when they write
            await until(self.homes, f"the bot has met {self.me.id}")

    async def ask(self, reason: str, answers: Mapping[str, str], typed: str) -> None:
        form = await self._said("recording-request")
        offered = await found(lambda: self.me.search("Which calls?", typed, form))
        chosen = {**answers, "Why do you need it?": reason, "Which calls?": [offered[0]["value"]]}
        went(await self.me.fill(form, chosen, send_of(form)))
        assert not fields_of(self._find(form.id)), words(self._find(form.id).card)

    async def press(self, seen: Seen, button: str) -> None:
        self._pressed = seen.place.id
        went(await self.me.press(seen.place, button))

    async def send(self, seen: Seen, button: str, words: str) -> None:
        """Open a form, which is its own message; the card stays as it is."""
        before = {one.id for one in self.me.chat}
        await self.press(seen, button)
        form = await self._answer(before, f"the form of {button}")
        went(await self.me.fill(form, {"words": words}, send_of(form)))
        assert not fields_of(self._find(form.id))

    async def link(self, seen: Seen, button: str = "Listen", opens: str = "Open the player") -> str:
        await self.press(seen, button)
        page = self._find(seen.place.id)
        address = self.me.link(page, opens)
        went(await self.me.press(page, next(one for one in _seen(page).buttons if one.startswith("Back"))))
        return address

    async def open_home(self) -> None:
        before = len(self.homes())
        went(await self.me.say("home"))
        await until(lambda: len(self.homes()) > before, f"the home of {self.me.id}")

    def home(self) -> Seen:
        return _seen(self.homes()[-1])

    def front(self) -> Seen:
        return _seen(self._find(self._pressed))

    def cards(self, request: str = "R-") -> list[Seen]:
        """Find the card by what the bot has put there: a press may show something else in its place for a while."""
        there = {one.id for one in self._stands() if is_card(one) and request in words(one.card)}
        return [_seen(one) for one in self.me.chat if one.id in there]

    async def _said(self, typed: str) -> Message:
        """Write to the bot; return its answer, which comes as its own message."""
        before = {one.id for one in self.me.chat}
        went(await self.me.say(typed))
        return await self._answer(before, f"the answer to {typed}")

    async def _answer(self, before: set[str], what: str) -> Message:
        """Return the bot's first message since then."""

        def answer() -> list[Message]:
            return [one for one in self.me.chat if one.author == BOT and one.id not in before]

        [first, *_] = await until(answer, what)
        return self._find(first.id)

    def _find(self, name: str) -> Message:
        [found] = [one for one in self.me.chat if one.id == name]
        return found

    def _stands(self) -> list[Message]:
        """Return the messages as the bot has left them."""
        return self.me.own.messages

    def homes(self) -> list[Message]:
        """Return the cards that are homes, oldest first; only the newest is kept up to date."""
        there = {one.id for one in self._stands() if one.cards and is_home(one)}
        return [one for one in self.me.chat if one.id in there]


def went(outcome: Outcome) -> None:
    assert outcome.ok, outcome


def is_home(message: Message) -> bool:
    return HOME in words(message.card).partition("\n")[0]


def is_card(message: Message) -> bool:
    """Return True for a request's card: not a word in a box, the home or a form."""
    told = words(message.card) if message.cards else ""
    if not told or f'"{ON_A_LINE}' in json.dumps(message.card):
        return False
    return len(message.card["body"]) > 2 and bool(REQUEST.search(told)) and not is_home(message)


def fields_of(message: Message) -> list[str]:
    """Return what a form asks for, by label."""
    return [str(one.get("label", "")) for one in inputs(message.card)] if message.cards else []


def send_of(form: Message) -> str:
    """Return the title of the form's first button; the other one leaves the form."""
    return next(one.title for one in spots(form.card) if one.action["type"] != "Action.ShowCard")


def _seen(message: Message) -> Seen:
    shown = message.cards[0] if message.cards else {}
    pressed = [one.title for one in spots(shown) if one.action["type"] != "Action.ShowCard"] if shown else []
    return Seen(words(shown) if shown else message.text, pressed, message.summary or message.text, message)
