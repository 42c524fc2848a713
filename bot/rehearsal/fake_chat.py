"""A chat platform in memory, which keeps every promise of the real ones and fails as it is told to."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from itertools import count
from typing import TypeVar

from bot.ports import Absent, Address, Posted, Profile, Unreachable
from handlers.cards import Card, Filled, Sheet

T = TypeVar("T")


@dataclass(slots=True)
class Fault:
    """What the next `times` calls of this `method` for this account raise (None: any account). With `done` the call
    still takes effect, and only the answer is lost.
    """

    error: Exception
    method: str | None = None
    whom: str | None = None
    times: int = 1
    done: bool = False

    def fits(self, method: str, whom: str) -> bool:
        """Return True if this fault is for the call."""
        return self.times > 0 and self.method in (None, method) and self.whom in (None, whom)


@dataclass(frozen=True, slots=True)
class Call:
    """One call, in order of arrival; `answered` says whether the caller heard that it was done."""

    method: str
    whom: str
    answered: bool


class FakeChat:
    """The Chat port over a dictionary. `before` is awaited at the start of each call, so that a test can hold it up;
    `after` is called with each that was done.
    """

    def __init__(self, people: Iterable[Profile] = (), platform: str = "slack") -> None:
        self.platform = platform
        self.people = {one.account_id: one for one in people}
        self.messages: dict[Posted, Card] = {}
        self.answers: dict[Posted, Posted] = {}
        self.whispers: list[tuple[str, str]] = []
        self.homes: dict[str, Card] = {}
        self.forms: list[tuple[str, Sheet]] = []
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.before: Callable[[str, str], Awaitable[None]] | None = None
        self.after: Callable[[str, str], None] | None = None
        self._numbers = count(1)

    def cards(self, account_id: str) -> list[Card]:
        """Return what the person sees in the conversation with the bot, oldest first."""
        return [card for posted, card in self.messages.items() if posted.conversation == f"D-{account_id}"]

    def called(self, method: str, account_id: str = "") -> list[Call]:
        """Return the calls of one method, for everyone or one person."""
        return [one for one in self.calls if one.method == method and account_id in ("", one.whom)]

    async def profile(self, to: Address) -> Profile:
        return await self._do("profile", to.account_id, lambda: self._person(to.account_id, "user_not_found"))

    async def knock(self, to: Address) -> Profile:
        return await self._do("knock", to.account_id, lambda: self._person(to.account_id, "user_not_found"))

    async def find(self, email: str) -> Profile:
        return await self._do("find", email, lambda: self._member(email))

    async def post(self, to: Address, card: Card, zone: str, under: Posted | None = None) -> Posted:
        return await self._do("post", to.account_id, lambda: self._posted(to.account_id, card, under))

    async def redraw(self, to: Address, posted: Posted, card: Card, zone: str) -> None:
        await self._do("redraw", to.account_id, lambda: self._redrawn(posted, card))

    async def whisper(self, to: Address, words: str) -> None:
        await self._do("whisper", to.account_id, lambda: self._whispered(to.account_id, words))

    async def home(self, to: Address, card: Card, zone: str, posted: Posted | None = None) -> None:
        await self._do("home", to.account_id, lambda: self._shown(to.account_id, card))

    async def form(self, to: Address, sheet: Sheet, filled: Filled) -> None:
        await self._do("form", to.account_id, lambda: self.forms.append((to.account_id, sheet)))

    async def greet(self) -> None:
        await self._do("greet", "", lambda: None)

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

    def _person(self, account_id: str, code: str) -> Profile:
        if account_id not in self.people:
            raise Unreachable(code)
        return self.people[account_id]

    def _member(self, email: str) -> Profile:
        living = (one for one in self.people.values() if one.standing in ("member", "guest"))
        found = next((one for one in living if one.email.casefold() == email.casefold()), None)
        if found is None:
            raise Unreachable("users_not_found")
        if found.standing != "member":
            raise Unreachable(found.standing)
        return found

    def _posted(self, account_id: str, card: Card, under: Posted | None) -> Posted:
        """Accept a message for a person who has left, as Slack does, though it is never read."""
        if self._person(account_id, "channel_not_found").standing in ("foreign", "bot"):
            raise Unreachable("channel_not_found")
        posted = Posted(f"D-{account_id}", f"{next(self._numbers)}")
        self.messages[posted] = card
        if under in self.messages:
            self.answers[posted] = under
        return posted

    def _redrawn(self, posted: Posted, card: Card) -> None:
        if posted not in self.messages:
            raise Absent("message_not_found")
        self.messages[posted] = card

    def _whispered(self, account_id: str, words: str) -> None:
        if self._person(account_id, "user_not_found").standing not in ("member", "guest"):
            raise Unreachable("user_disabled")
        self.whispers.append((account_id, words))

    def _shown(self, account_id: str, card: Card) -> None:
        self._person(account_id, "user_not_found")
        self.homes[account_id] = card
