"""A person in Slack: commands, dialogs, the Home tab, and words that only one person sees."""

from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

from bot.rehearsal.slack import Message, Person
from bot.rehearsal.slack.blockkit import elements_of
from bot.rehearsal.slack.state import fields
from handlers.telling import ON_A_LINE
from tests.stories.somebody import Answers, Looked, Seen
from tests.stories.waiting import found, until

Blocks = list[Any]


class OnSlack:
    """A person who uses Slack's client."""

    def __init__(self, me: Person) -> None:
        self.me = me

    async def arrive(self) -> None:
        """Do nothing: the bot may write to everyone in its workspace."""

    async def ask(self, reason: str, answers: Mapping[str, str], typed: str) -> None:
        await self.begin()
        await self.fill({**answers, "Why do you need it?": reason, "Which calls?": Looked(typed)})

    async def begin(self) -> Seen:
        """Type the command; return the form."""
        await open_form(self.me)
        return self.front()

    async def say(self, command: str) -> None:
        """Type a command, without its slash."""
        outcome = await self.me.command(f"/{command}")
        assert outcome.ok, outcome

    async def open(self, seen: Seen, button: str, says: str = "") -> Seen:
        """Press a button that opens a form; return the form, once it says so much."""
        if seen.place != "modal":
            await clear(self.me)
        before = _stamp(self.me)
        await self.press(seen, button)
        await until(lambda: _stamp(self.me) != before and is_form(self.me.modal), f"the form behind {button}")
        await until(lambda: says in self.front().words, f"the form says {says}")  # what is above it arrives later
        return self.front()

    async def fill(self, answers: Answers) -> Seen:
        """Fill in the open form, step after step, and send it; return what is shown then. A choice that changes the
        form is made first, since other fields may depend on it.
        """
        made = set[str]()
        while is_form(self.me.modal):
            before, there = _stamp(self.me), [one for one in _fields(self.me) if one in answers]
            first = next((one for one in there if one not in made and _fields(self.me)[one]), "")
            values = {one: await self._value(one, answers[one]) for one in ([first] if first else there)}
            outcome = await (self.me.press("modal", first, values[first]) if first else self.me.submit(values))
            assert outcome.ok, outcome
            made.add(first)
            await until(lambda stamp=before: _stamp(self.me) != stamp, f"the form goes on after {there}")  # type: ignore[misc]
        return self.front()

    async def fill_behind(self, seen: Seen, button: str, answers: Answers) -> Seen:
        """Press a button that opens a form, fill it in and send it; return what is shown then."""
        await self.open(seen, button)
        return await self.fill(answers)

    async def _value(self, label: str, answer: str | Looked) -> Any:
        if isinstance(answer, str):
            return answer
        offered = await found(lambda: self.me.options(label, answer.typed), answer.most)
        return [one["value"] for one in offered[: answer.most]]

    async def press(self, seen: Seen, button: str) -> None:
        outcome = await self.me.press(seen.place, button)
        assert outcome.ok, outcome

    async def send(self, seen: Seen, button: str, words: str) -> None:
        await self.open(seen, button)
        outcome = await self.me.submit({"words": words})
        assert outcome.ok, outcome

    async def link(self, seen: Seen, button: str = "Listen", opens: str = "Open the player") -> str:
        if seen.place != "modal":
            await clear(self.me)
        await self.press(seen, button)
        await until(lambda: self.me.modal and opens in str(self.me.modal), f"the link behind {opens}")
        return self.me.link("modal", opens)

    async def open_home(self) -> None:
        await self.me.open_home()

    def home(self) -> Seen:
        return _seen(self.me.home["blocks"] if self.me.home else [], "", "home")

    def front(self) -> Seen:
        modal = self.me.modal
        return _seen(modal["blocks"] if modal else [], "", "modal")

    def cards(self, request: str = "R-") -> list[Seen]:
        found = [_message(one) for one in self.me.dm if is_card(one)]
        return [one for one in found if request in one.words]

    def lines(self) -> list[Seen]:
        """Return the bot's messages that aren't a matter's card, oldest first."""
        there = (one for one in self.me.dm if one.author != self.me.id and not one.ephemeral)
        return [_message(one) for one in there if one.blocks and not is_card(one)]

    async def open_from_morning(self, says: str) -> Seen:
        """Open Details of the matter of which the newest morning message says this."""
        [*_, morning] = [one for one in self.lines() if says in one.words]
        await clear(self.me)
        which = morning.words.partition(says)[0].count("\nDetails\n")
        assert (await self.me.press(morning.place, "Details", which=which)).ok
        await until(lambda: self.front().buttons, f"the Details of {says}")
        return self.front()


def is_form(modal: Mapping[str, Any] | None) -> bool:
    """Return True if the open dialog can be sent."""
    return bool(modal and modal["submit"])


def _stamp(me: Person) -> tuple[str, str]:
    return (me.modal["id"], me.modal["hash"]) if me.modal else ("", "")


def _fields(me: Person) -> dict[str, bool]:
    """Return the open form's labels, and whether it changes with the answer."""
    blocks = me.modal["blocks"] if me.modal else []
    return {
        one.block["label"]["text"]: bool(one.block.get("dispatch_action"))
        for one in fields(blocks)
        if "label" in one.block
    }


async def clear(me: Person) -> None:
    """Close what is still open from before."""
    if me.modal:
        await me.close(everything=True)


async def open_form(me: Person) -> Person:
    """Type the command and wait for the form."""
    await clear(me)
    assert (await me.command("/recording-request")).ok
    await until(lambda: me.modal, f"the form opens for {me.id}")
    return me


def is_card(message: Message) -> bool:
    """Return True for a matter's card, not for words, whose buttons have a line to themselves."""
    actions = [str(part.get("action_id")) for block in message.blocks or [] for part in elements_of(block)]
    return len(message.blocks or []) > 2 and not any(one.startswith(ON_A_LINE) for one in actions)


def buttons(blocks: Blocks | None) -> list[str]:
    """Return what can be pressed, by its words."""
    return [part["text"]["text"] for block in blocks or [] for part in elements_of(block) if part["type"] == "button"]


def _message(message: Message) -> Seen:
    return _seen(message.blocks or [], message.text, message)


def _seen(blocks: Blocks, news: str, place: Message | str) -> Seen:
    return Seen("\n".join(_texts(blocks)), buttons(blocks), news, place)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield unescape(value["text"]) if value.get("type") == "mrkdwn" else value["text"]
        for one in value.values():
            yield from _texts(one)
