"""Sends messages about reports past outbox, log and metrics, so that nothing tells that there is a report (P13)."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

import structlog

from bot.chats.directory import Directory
from bot.delivery.letters import Rounds
from bot.ports import Absent, Address, Posted, Unavailable, Unreachable
from handlers.acting import DELIVERY, Intent
from handlers.breach import cards
from handlers.door import Door
from storage.database.store import DatabaseDown, Store
from storage.records import LIVING

log = structlog.get_logger()
SOON = 1.0  # seconds; the message waits longer with each try
PATIENCE = 3.0  # seconds that a stop waits for work in progress


@dataclass(frozen=True, slots=True)
class _WaysToPerson:
    """How a person is reached on each platform, the preferred one first, as stored."""

    ways: dict[str, Address]
    zone: str
    email: str = ""


class Confidential(Rounds):
    """One worker; `poll` is in seconds. It looks up no person and stores only what became of each message.

    A message that has to wait leaves no line in the log, since that would reveal that it exists. A message whose sending
    couldn't be stored yet isn't sent again by this process.
    """

    fault_event = unstored_event = "delivery.broken"
    no_database_event = "delivery.no_database"

    def __init__(self, door: Door, directories: Iterable[Directory], poll: float = 1.0) -> None:
        super().__init__(door, poll)
        self.directories = {one.chat.platform: one for one in directories}

    async def stop(self) -> None:
        """Take nothing new; what takes too long is sent after the next start."""
        await self._end(PATIENCE)

    async def _do_due(self) -> int:
        """Store what couldn't be stored before, and send the messages that are due; return how many were sent."""
        now = self.door.now()
        waits = await self.door.database.read(lambda store: cards.messages_wait(store, now))
        with suppress(DatabaseDown):
            await self._store_outcomes()
            return await self._sent_now() if waits else 0
        return 0

    async def _sent_now(self) -> int:
        """Send the messages that are due; return how many were sent. Raises `DatabaseDown`."""
        messages = [one for one in await self.door.enter(cards.collect_messages(), DELIVERY) if not self._was_sent(one)]
        outcomes = await asyncio.gather(*(self._try_message(one) for one in messages))
        self._unstored |= {one.name: outcome for one, outcome in zip(messages, outcomes, strict=True)}
        await self._store_outcomes()
        return sum(one.handler is cards.note_delivered for one in outcomes)

    def _was_sent(self, message: cards.Message) -> bool:
        """Return True if it was already sent, but that couldn't be stored yet."""
        outcome = self._unstored.get(message.name)
        return outcome is not None and outcome.handler is cards.note_delivered

    async def _try_message(self, message: cards.Message) -> Intent[None]:
        """Send one message and return the outcome to store: delivered, to be tried again, or undeliverable."""
        try:
            platform, posted = await self._send_message(message)
        except Unreachable:
            return cards.note_undelivered(message.name, gone=True)
        except Unavailable as error:
            return cards.note_undelivered(message.name, gone=False, seconds=error.retry_after or SOON)
        except DatabaseDown:
            return cards.note_undelivered(message.name, gone=False, seconds=SOON)
        except Exception as error:  # noqa: BLE001  a fault of ours on one message must not hold up the others
            log.error("delivery.broken", error=type(error).__name__)
            return cards.note_undelivered(message.name, gone=False, seconds=SOON)
        return cards.note_delivered(message.name, platform, posted.conversation, posted.message)

    async def _send_message(self, message: cards.Message) -> tuple[str, Posted]:
        """Redraw the message where it was posted, or else post it; return the platform and where on it the message is."""
        recipient = await self.door.database.read(lambda store: _ways_to_reach(store, message))
        directory = self.directories.get(message.platform)
        if message.conversation and directory is not None and message.platform in recipient.ways:
            posted = Posted(message.conversation, message.message)
            with suppress(Absent, Unreachable):
                await directory.chat.redraw(recipient.ways[message.platform], posted, message.card, recipient.zone)
                return message.platform, posted
        return await self._post_message(message, recipient)

    async def _post_message(self, message: cards.Message, recipient: _WaysToPerson) -> tuple[str, Posted]:
        """Post on the platform that the person prefers, or on another if that doesn't reach them or is down."""
        failure: Unreachable | Unavailable = Unreachable("no_platform")
        for platform in self._platforms_to_try(message, recipient):
            chat = self.directories[platform].chat
            try:
                to = recipient.ways.get(platform) or Address((await chat.find(recipient.email)).account_id)
                return platform, await chat.post(to, message.card, recipient.zone)
            except Unreachable as error:
                failure = error if isinstance(failure, Unreachable) else failure
            except Unavailable as error:
                if not error.outage:
                    raise
                failure = error
        raise failure

    def _platforms_to_try(self, message: cards.Message, recipient: _WaysToPerson) -> list[str]:
        """Return the platforms to try, in order.

        For an account it's that account's own. For a person, first those where we know the person, then all others, where
        the person is found by e-mail address.
        """
        known = [one for one in recipient.ways if one in self.directories]
        return known if message.account else list(dict.fromkeys((*known, *self.directories)))


def _ways_to_reach(store: Store, message: cards.Message) -> _WaysToPerson:
    """Return how the message's account or person is reached. Raises `Unreachable` for a person who may not act."""
    if message.account:
        return _ways_to_account(store, *message.account.split(":", 1))
    person = store.people.get(message.person or 0)
    if person.standing != LIVING:
        raise Unreachable(person.standing)
    addresses = {one.platform: Address(one.account_id, one.reference) for one in store.people.accounts([person.id])}
    preferred = [one for one in addresses if one == person.prefers]
    return _WaysToPerson({one: addresses[one] for one in (*preferred, *addresses)}, person.zone or "UTC", person.email)


def _ways_to_account(store: Store, platform: str, account: str) -> _WaysToPerson:
    """Return how to reach the account of a reporter who gave their name, even if we never met this account."""
    row = store.people.account(platform, account)
    person = store.people.get(row.person_id) if row is not None and row.person_id is not None else None
    to = Address(account, row.reference if row is not None else {})
    return _WaysToPerson({platform: to}, person.zone if person is not None and person.zone else "UTC")
