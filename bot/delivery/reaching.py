"""How a person is reached now: on which platform, by which account, and on which other one when that fails."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from bot.chats.directory import Directory
from bot.ports import Address, Chat, Unavailable, Unreachable
from handlers.acting import Visitor
from handlers.delivering import Job
from handlers.door import Door
from handlers.effects import Placed
from storage.database.store import DatabaseDown, Store
from storage.records import ChatAccount

S = TypeVar("S")
T = TypeVar("T")
MOST_ATTEMPTS = 12


@dataclass(frozen=True, slots=True)
class Recipient:
    """How to reach a person now, as whom the card is read, and in which time zone (IANA)."""

    chat: Chat
    to: Address
    reader: Visitor
    zone: str


Look = Callable[[Store, Recipient], S]
"""What is read for a recipient while the store is asked how to reach whoever that is."""


class Reach:
    """The ways to people over all chat platforms of the company."""

    def __init__(self, door: Door, directories: Iterable[Directory]) -> None:
        self.door = door
        self.directories = {one.chat.platform: one for one in directories}

    async def first(self, job: Job, send: Callable[[Recipient], Awaitable[T]]) -> T:
        """As `first_with`, of what is sent without a look at the store, or with several."""
        return await self.first_with(job, lambda _, __: None, lambda recipient, _: send(recipient))

    async def first_with(self, job: Job, look: Look[S], send: Callable[[Recipient, S], Awaitable[T]]) -> T:
        """Try the person's platforms, the one that he or she prefers first, until one of them reaches.

        Another one is tried where the first is out altogether, and with the last attempt; not after a fault that
        may have posted the card all the same.
        """
        gone: Unreachable | Unavailable | None = None
        for platform in _platforms(job, self.directories):
            try:
                return await send(*await self.recipient_with(job, platform, look))
            except Unreachable as error:
                gone = gone or error
                if error.blocked and platform in job.accounts:
                    await self._shut(job, platform)
            except Unavailable as error:
                if not error.outage and job.taken.attempts < MOST_ATTEMPTS:
                    raise
                gone = error
        raise gone or Unreachable("no_platform")

    async def recipient_with(self, job: Job, platform: str, look: Look[S]) -> tuple[Recipient, S]:
        """How to reach the person there, and what there is to see for whoever that is, in one look at the store.

        A platform may take a message for somebody who has left, and nobody reads it: such a person is `Unreachable`.
        """
        directory, account = self.directories[platform], job.accounts.get(platform)
        if account is None:
            profile = await directory.chat.find(job.person.email)
            visitor, to, zone = await directory.meet(profile), Address(profile.account_id), ""
        else:
            visitor, to = await directory.visitor(account.account_id), Address(account.account_id)
            zone = job.person.zone
        begun = Recipient(directory.chat, to, visitor, zone)
        return await self.store(lambda store: _reached(store, job.person.id, account, begun, look))

    async def _shut(self, job: Job, platform: str) -> None:
        try:
            await self.directories[platform].blocked(job.accounts[platform].account_id, job.began)
        except DatabaseDown as error:
            raise Unavailable("database") from error

    async def store(self, ask: Callable[[Store], T]) -> T:
        try:
            return await self.door.database.read(ask)
        except DatabaseDown as error:
            raise Unavailable("database") from error


def _reached(
    store: Store, person: int, account: ChatAccount | None, begun: Recipient, look: Look[S]
) -> tuple[Recipient, S]:
    """With what the person is reached by now: somebody may have taken the bot away and added it again since the job was taken."""
    if account is None:
        reached = replace(begun, zone=store.people.get(person).zone)
    else:
        reached = replace(begun, to=Address(account.account_id, _reference(store, account, person)))
    standing = reached.reader.standing
    if standing != "member" or reached.reader.person_id != person:
        raise Unreachable(standing if standing != "member" else "another_person")
    return reached, look(store, reached)


def _reference(store: Store, account: ChatAccount, person_id: int) -> dict[str, Any]:
    """By what the platform reaches it; `Unreachable` where the person may not act, of whom more may be known than of one account."""
    standing = store.people.get(person_id).standing
    if standing != "member":
        raise Unreachable(standing)
    known = store.people.account(account.platform, account.account_id)
    return known.reference if known is not None else {}


def _platforms(job: Job, configured: Iterable[str]) -> list[str]:
    """Where to try, in this order: where the effect belongs or the person wants it, where he or she is, anywhere else."""
    there = [one for one in configured if one in job.accounts]
    if isinstance(job.effect, Placed) and job.effect.platform:
        return [one for one in configured if one == job.effect.platform]
    preferred = [one for one in there if one == job.person.prefers]
    return list(dict.fromkeys((*preferred, *there, *configured)))
