"""An office for the delivery: a company, its chat in memory, and one worker."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from bot.chats.desk import Desk
from bot.chats.directory import Directory
from bot.delivery.worker import Delivery
from bot.ports import Profile
from bot.rehearsal.fake_chat import FakeChat
from handlers.cards import Title
from storage.database.store import DatabaseDown
from tests.handlers.builders import NAMES, Clock, Company, email, ledger
from tests.handlers.reading import title

GUEST, NAMELESS = "UGUEST", "UNAMELESS"


@dataclass
class Office:
    """A company, its chat, and one worker."""

    company: Company
    chat: FakeChat
    delivery: Delivery

    @property
    def clock(self) -> Clock:
        return self.company.clock

    async def all_delivered(self) -> None:
        """Let the worker work until nothing is waiting; the clock moves on to whatever is due next."""
        for _ in range(200):
            await self.delivery.drain()
            due = await self.company.database.read(lambda store: store.outbox.next_due())
            if due is None:
                return
            self.clock.now = max(due, self.clock.now + timedelta(microseconds=1))
        raise AssertionError("the outbox never ran empty")

    def titles(self, name: str) -> list[str]:
        """Return the first lines of the cards that a person sees."""
        return [title(card) for card in self.chat.cards(f"U{name.upper()}") if isinstance(card.parts[0], Title)]


def profile(short: str, standing: str = "member") -> Profile:
    name = NAMES.get(short, short.title())
    return Profile(f"U{short.upper()}", email(name), name, "Australia/Sydney", standing)  # type: ignore[arg-type]


def worker(company: Company, chat: FakeChat) -> Delivery:
    directory = Directory(chat, company.door, company.door.policy, lambda: company.clock().timestamp())
    return Delivery(company.door, [directory])


def a_desk(office: Office) -> Desk:
    """Return the office's desk; there is a guest, and a person whose address the platform doesn't tell."""
    office.chat.people[GUEST] = profile("guest", "guest")
    office.chat.people[NAMELESS] = Profile(NAMELESS, "", "Nameless", "UTC", "member")
    door = office.company.door
    directory = Directory(office.chat, door, door.policy, lambda: office.clock().timestamp())
    return Desk(door, directory, "https://steward.example.com/")


async def states(company: Company) -> list[tuple[str, str, str, int]]:
    return [(one.kind, one.state, one.code, one.attempts) for one in await ledger(company)]


def down(desk: Desk, monkeypatch: pytest.MonkeyPatch, *, only: tuple[str, ...] = ("read", "write")) -> None:
    """Take the database away from now on, or for one kind of work only."""

    async def nothing(*_: Any, **__: Any) -> Any:
        raise DatabaseDown("locked")

    for work in only:
        monkeypatch.setattr(desk.door.database, work, nothing)
