"""Checks each minute that a person who listens or has a page open still belongs to the company.

After five minutes without an answer the audio stops, by the steady clock (P7).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import structlog

from bot.chats.directory import Directory
from bot.ports import Unavailable
from handlers.door import Door
from storage.database.store import DatabaseDown

log = structlog.get_logger()
LOOK, SURE = 60.0, 300.0  # seconds between two look-ups while a person listens; for how long an answer counts
AGAIN = 15.0  # seconds between two tries without an answer
PATIENCE = 2.0  # seconds that a listener waits for an answer: the page gives up after four
NEVER = float("-inf")


class Unsure(Unavailable):
    """It can't be known at the moment whether a person still belongs to the company."""

    def __init__(self) -> None:
        super().__init__("unsure")


class Membership:
    """Asks the chat platforms who still belongs to the company."""

    def __init__(self, door: Door, directories: Mapping[str, Directory]) -> None:
        self.door, self.directories = door, directories

    async def confirmed(self, person_id: int) -> bool:
        """Return True if a platform says now that one of the person's accounts is a member's.

        Anything else that a platform says is stored, so that it takes effect at once.
        """
        try:
            accounts = await self.door.database.read(lambda store: store.people.accounts([person_id]))
        except DatabaseDown:
            return False
        reachable = [one for one in accounts if one.platform in self.directories]
        answers = await asyncio.gather(*(self._is_member(one.platform, one.account_id, person_id) for one in reachable))
        return any(answers)

    async def _is_member(self, platform: str, account_id: str, person_id: int) -> bool:
        """Return True if this account is a member's and still this person's; False if the platform can't say."""
        try:
            visitor = await self.directories[platform].visitor(account_id, deciding=True)
        except (Unavailable, DatabaseDown):
            return False
        except Exception as error:  # another account of the same person may still answer
            log.exception("listening.look_failed", person=person_id, error=type(error).__name__)
            return False
        return visitor.standing == "member" and visitor.person_id == person_id


@dataclass(slots=True)
class _Listener:
    """A person's times: when membership was last certain (at first: now), last confirmed, and last asked about."""

    sure: float
    confirmed: float = NEVER
    asked: float = NEVER
    looking: asyncio.Task[None] | None = None


class Listeners:
    """The people who listen, or have a page open, through this process.

    `confirmed` asks the platforms about a person (`Membership.confirmed`); `seconds` never goes back. `opened` is called
    with the code of each link that was used.
    """

    def __init__(
        self, confirmed: Callable[[int], Awaitable[bool]], seconds: Callable[[], float] = time.monotonic,
        opened: Callable[[str], object] = bool,
    ) -> None:  # fmt: skip
        self.confirmed, self.seconds, self.opened = confirmed, seconds, opened
        self._known: dict[int, _Listener] = {}

    async def check(self, person_id: int, *, fresh: bool = False, in_confidence: bool = False) -> None:
        """Check that a person still belongs to the company; raises `Unsure` after five minutes without a platform's yes.

        It asks the platforms if it's time to. `fresh` waits for a look-up in progress, before something is read at once.
        `in_confidence` keeps the person out of our log (P13).
        """
        now = self.seconds()
        listener = self._known.setdefault(person_id, _Listener(now))
        if now - listener.confirmed >= LOOK and now - listener.asked >= AGAIN and listener.looking is None:
            listener.asked, listener.looking = (
                now,
                asyncio.create_task(self._look_up(person_id, listener, quiet=in_confidence)),
            )
        if now - listener.sure <= SURE and not fresh:
            return
        if listener.looking is not None:
            await asyncio.wait({listener.looking}, timeout=PATIENCE)
        if self.seconds() - listener.sure > SURE:
            raise Unsure

    async def _look_up(self, person_id: int, listener: _Listener, *, quiet: bool) -> None:
        """Ask whether the person is still a member, and note the answer. Never raises."""
        whom = {} if quiet else {"person": person_id}
        try:
            if await self.confirmed(person_id):
                listener.sure = listener.confirmed = self.seconds()
            elif self.seconds() - listener.sure > SURE and not quiet:
                log.warning("listening.unsure", **whom)
        except Exception as error:
            log.exception("listening.look_failed", **whom, error=type(error).__name__)
        finally:
            listener.looking = None
