"""A chat platform that lives in memory, keeps every promise of the real ones, and fails as it is told to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from itertools import count
from typing import TypeVar

from bot.ports import Absent, Posted, Profile, Unreachable
from handlers.cards import Card

T = TypeVar("T")


@dataclass(slots=True)
class Fault:
    """What the next `times` calls of this `method` for this account raise (None: any).

    With `done` the call does its work all the same, and only the answer is lost.
    """

    error: Exception
    method: str | None = None
    whom: str | None = None
    times: int = 1
    done: bool = False

    def fits(self, method: str, whom: str) -> bool:
        """Whether a call meets it."""
        return self.times > 0 and self.method in (None, method) and self.whom in (None, whom)


@dataclass(frozen=True, slots=True)
class Call:
    """One call, in the order in which they came; `answered` says whether the caller heard that it was done."""

    method: str
    whom: str
    answered: bool


class FakeChat:
    """The Chat port over a dictionary.

    `before` is awaited at the start of each call, so that a test can hold one up; `after` is told of each that was done.
    """

    platform = "slack"

    def __init__(self, people: Iterable[Profile] = ()) -> None:
        self.people = {one.platform_id: one for one in people}
        self.messages: dict[Posted, Card] = {}
        self.whispers: list[tuple[str, str]] = []
        self.homes: dict[str, Card] = {}
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.before: Callable[[str, str], Awaitable[None]] | None = None
        self.after: Callable[[str, str], None] | None = None
        self._numbers = count(1)

    def cards(self, platform_id: str) -> list[Card]:
        """What the person sees in the conversation with the bot, oldest first."""
        return [card for posted, card in self.messages.items() if posted.conversation == f"D-{platform_id}"]

    def called(self, method: str, platform_id: str = "") -> list[Call]:
        """The calls of one method, of everybody or of one person."""
        return [one for one in self.calls if one.method == method and platform_id in ("", one.whom)]

    async def profile(self, platform_id: str) -> Profile:
        return await self._do("profile", platform_id, lambda: self._person(platform_id, "user_not_found"))

    async def find(self, email: str) -> Profile:
        return await self._do("find", email, lambda: self._member(email))

    async def post(self, platform_id: str, card: Card, zone: str) -> Posted:
        return await self._do("post", platform_id, lambda: self._posted(platform_id, card))

    async def redraw(self, posted: Posted, card: Card, zone: str) -> None:
        whom = posted.conversation.removeprefix("D-")
        await self._do("redraw", whom, lambda: self._redrawn(posted, card))

    async def whisper(self, platform_id: str, words: str) -> None:
        await self._do("whisper", platform_id, lambda: self._whispered(platform_id, words))

    async def home(self, platform_id: str, card: Card, zone: str) -> None:
        await self._do("home", platform_id, lambda: self._shown(platform_id, card))

    async def _do(self, method: str, whom: str, work: Callable[[], T]) -> T:
        if self.before is not None:
            await self.before(method, whom)
        fault = next((one for one in self.faults if one.fits(method, whom)), None)
        if fault is not None:
            fault.times -= 1
        self.calls.append(Call(method, whom, fault is None))
        if fault is not None and not fault.done:
            raise fault.error
        answer = work()
        if self.after is not None:
            self.after(method, whom)
        if fault is not None:
            raise fault.error
        return answer

    def _person(self, platform_id: str, code: str) -> Profile:
        if platform_id not in self.people:
            raise Unreachable(code)
        return self.people[platform_id]

    def _member(self, email: str) -> Profile:
        living = (one for one in self.people.values() if one.standing in ("member", "guest"))
        found = next((one for one in living if one.email.casefold() == email.casefold()), None)
        if found is None:
            raise Unreachable("users_not_found")
        if found.standing != "member":
            raise Unreachable(found.standing)
        return found

    def _posted(self, platform_id: str, card: Card) -> Posted:
        """Like Slack, it takes a message for somebody who has left, and nobody reads it."""
        if self._person(platform_id, "channel_not_found").standing in ("foreign", "bot"):
            raise Unreachable("channel_not_found")
        posted = Posted(f"D-{platform_id}", f"{next(self._numbers)}")
        self.messages[posted] = card
        return posted

    def _redrawn(self, posted: Posted, card: Card) -> None:
        if posted not in self.messages:
            raise Absent("message_not_found")
        self.messages[posted] = card

    def _whispered(self, platform_id: str, words: str) -> None:
        if self._person(platform_id, "user_not_found").standing not in ("member", "guest"):
            raise Unreachable("user_disabled")
        self.whispers.append((platform_id, words))

    def _shown(self, platform_id: str, card: Card) -> None:
        self._person(platform_id, "user_not_found")
        self.homes[platform_id] = card
