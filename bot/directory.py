"""Who a chat account belongs to: looked up through the platform, remembered for a while, one look-up at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from cachetools import TTLCache

from bot.ports import Chat, Profile, Unavailable, Unreachable
from handlers.door import DELIVERY, Door, Visitor
from handlers.people import Meet
from handlers.rules.policy import Policy
from storage.people import Account

REMEMBERED = 600.0  # seconds for asking; a change that the platform tells of is forgotten at once
DECIDING = 5.0  # seconds for deciding: authority is checked at the click, not at the card
STALE = 900.0  # seconds that a look-up may be old while the platform doesn't answer


class Directory:
    """Turns an account into a `Visitor`, before the door."""

    def __init__(self, chat: Chat, door: Door, policy: Policy, seconds: Callable[[], float]) -> None:
        self.chat, self.door, self.policy, self.seconds = chat, door, policy, seconds
        self._known: TTLCache[str, tuple[float, Visitor]] = TTLCache(20_000, STALE, timer=seconds)
        self._asking: dict[str, asyncio.Task[Visitor]] = {}

    async def visitor(self, platform_id: str, *, deciding: bool = False) -> Visitor:
        """Who stands behind an account; for a decision, as the platform says it in these seconds.

        Raises `Unavailable` when the platform can't be asked: for a decision always, else where nothing recent is known.
        """
        at, known = self._known.get(platform_id, (float("-inf"), None))
        if known is not None and self.seconds() - at < (DECIDING if deciding else REMEMBERED):
            return known
        try:
            return await self._look_up(platform_id)
        except Unavailable:
            if known is None or deciding:
                raise
            return known

    def forget(self, platform_id: str) -> None:
        """The platform says that something about this account changed."""
        self._known.pop(platform_id, None)

    async def knows(self, platform_id: str) -> bool:
        """Whether this account is one of ours; of the others a platform tells us more than we want to know."""
        return await self.door.database.read(lambda store: store.people.knows(platform_id))

    async def meet(self, profile: Profile) -> Visitor:
        """Store a profile and remember whose it is."""
        account = Account(
            profile.platform_id, self._key(profile), profile.email, profile.name, profile.zone,
            profile.standing, self.door.now(),
        )  # fmt: skip
        met = await self.door.enter(Meet(account), DELIVERY)
        visitor = Visitor(f"{self.chat.platform}:{profile.platform_id}", met.person_id, met.standing)
        self._known[profile.platform_id] = (self.seconds(), visitor)
        return visitor

    async def _look_up(self, platform_id: str) -> Visitor:
        task = self._asking.get(platform_id)
        if task is None:
            task = self._asking[platform_id] = asyncio.create_task(self._ask(platform_id))
            task.add_done_callback(lambda _: self._asking.pop(platform_id, None))
        return await asyncio.shield(task)

    async def _ask(self, platform_id: str) -> Visitor:
        try:
            profile = await self.chat.profile(platform_id)
        except Unreachable:
            return Visitor(f"{self.chat.platform}:{platform_id}", None, "foreign")
        return await self.meet(profile)

    def _key(self, profile: Profile) -> str:
        try:
            return self.policy.key(profile.email) if profile.email else ""
        except ValueError:
            return ""
