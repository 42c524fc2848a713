"""Who a chat account belongs to: looked up through the platform, remembered for a while, one look-up at a time."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast

import structlog
from cachetools import TTLCache

from bot.measures import Setbacks
from bot.ports import NOT_INSTALLED, Address, Chat, Profile, Unavailable, Unreachable
from handlers import people
from handlers.acting import DELIVERY, Actor
from handlers.door import Door
from handlers.policy import Policy
from handlers.rules.identity import Standing
from storage.database.store import Store
from storage.people import Account, is_shut_out
from storage.records import AMBIGUOUS
from storage.vouching import Owner

log = structlog.get_logger()
Reference = dict[str, Any]  # what a platform needs to be told to reach an account, in its own words
REMEMBERED = 600.0  # seconds for asking; a change that the platform tells of is forgotten at once
DECIDING = 5.0  # seconds for deciding: authority is checked at the click, not at the card
MOST_AT_ONCE = 20
ONLY_THIS_WAY = frozenset(
    {NOT_INSTALLED, "not_private", "another_account", "service_url"}
)  # errors about how we tried to reach an account: it still exists
NEVER = float("-inf")
STALE = 900.0  # seconds that a look-up may be old while the platform doesn't answer


@dataclass(slots=True)
class _RememberedVisitor:
    """A visitor, when they were looked up, how the platform reaches them, and when that way was last open."""

    at: float
    visitor: Actor
    reference: Reference
    open_at: float = field(init=False)

    def __post_init__(self) -> None:
        self.open_at = self.at


class Directory:
    """Turns an account of one platform into an `Actor`, before anything is done for it."""

    def __init__(self, chat: Chat, door: Door, policy: Policy, seconds: Callable[[], float]) -> None:
        self.chat, self.door, self.policy, self.seconds = chat, door, policy, seconds
        self._known: TTLCache[str, _RememberedVisitor] = TTLCache(20_000, STALE, timer=seconds)
        # The standing of accounts that aren't stored.
        self._passing: TTLCache[str, Standing] = TTLCache(1_000, REMEMBERED, timer=seconds)
        self._vouched: dict[
            str, dict[Owner, str]
        ] = {}  # by account: the rows that say whose it is, as the log last vouched for them
        self._tried: dict[str, float] = {}  # when each stale account was last tried
        self._setbacks = Setbacks(seconds, STALE)
        # Look-ups in progress, with the reference that each began with.
        self._asking: dict[str, tuple[Reference | None, asyncio.Task[Actor]]] = {}

    async def visitor(self, account_id: str, *, deciding: bool = False, reference: Reference | None = None) -> Actor:
        """Return who is behind an account; for a decision, as the platform said within the last seconds.

        A new `reference` is remembered. If the platform can't be asked it raises `Unavailable`, unless there is a recent
        look-up and nothing is being decided.
        """
        remembered = self._known.get(account_id)
        if (
            reference is not None
            and remembered is not None
            and await self._changes_how_reached(account_id, reference, remembered)
        ):
            remembered = None
        if remembered is not None and self.seconds() - remembered.at < self._seconds_to_remember(
            remembered, deciding=deciding
        ):
            return remembered.visitor
        try:
            return await self._look_up(account_id, reference)
        except Unavailable:
            if remembered is None or deciding:
                raise
            return remembered.visitor

    async def unseen(self, account_id: str) -> Standing:
        """Return an account's standing without leaving a trace: nothing is stored, and no person is created (P13).

        A stored standing counts; for an unknown account the platform is asked. Raises `Unavailable` and `DatabaseDown`.
        """
        stored = await self.door.database.read(lambda store: store.people.account(self.chat.platform, account_id))
        if stored is not None:
            # By the platform's word, an account that isn't settled yet is a member's.
            return "member" if stored.standing == AMBIGUOUS else cast("Standing", stored.standing)
        if account_id not in self._passing:
            self._passing[account_id] = await self._ask_standing(account_id)
        return self._passing[account_id]

    async def _ask_standing(self, account_id: str) -> Standing:
        """Return what the platform says of an account, storing nothing. Raises `Unavailable`."""
        try:
            return (await self.chat.profile(Address(account_id))).standing
        except Unreachable as error:
            return "absent" if error.code == NOT_INSTALLED else "foreign"

    def forget(self, account_id: str) -> None:
        """Forget an account that the platform says has changed."""
        self._known.pop(account_id, None)
        self._passing.pop(account_id, None)

    async def knows(self, account_id: str) -> bool:
        """Return True if this account is stored; platforms also report accounts that never used the bot."""
        return await self.door.database.read(
            lambda store: store.people.account(self.chat.platform, account_id) is not None
        )

    async def meet(self, profile: Profile, reference: Reference | None = None) -> Actor:
        """Store an account's profile and how it's reached, and return whose it is."""
        account = Account(
            self.chat.platform, profile.account_id, self._address_key(profile), profile.email, profile.name, profile.zone,
            profile.standing, self.door.now(), reference or {},
        )  # fmt: skip
        name = f"{self.chat.platform}:{profile.account_id}"
        if await self.door.database.read(lambda store: self._is_vouched_for(store, account)):
            met = await self.door.enter(people.meet_account(account), DELIVERY)
            visitor = Actor(name, met.person_id, met.standing, met.email_key)
        else:  # the altered rows stay as they are: once they are corrected, the account counts again
            log.warning("account.altered", account=name)
            visitor = Actor(name, None, "altered")
        self._known[profile.account_id] = _RememberedVisitor(self.seconds(), visitor, reference or {})
        return visitor

    def _is_vouched_for(self, store: Store, account: Account) -> bool:
        """Return True if the log vouches for the rows that say whose account this is; checked once for each state of them."""
        rows = store.meetings.rests_on(account)
        if self._vouched.get(account.account_id) == rows:
            return True
        if store.not_vouched(self.door.keys.log_seal, rows.keys()):
            return False
        self._vouched[account.account_id] = rows
        return True

    async def look_again(self) -> None:
        """Look up people with access to calls who weren't looked up for a while: a platform's notice may get lost.

        Each is tried alone. Raises `DatabaseDown`.
        """
        now, platform = self.door.now(), self.chat.platform
        stale = await self.door.database.read(
            lambda store: store.people.to_look_at(platform, now, now - timedelta(seconds=STALE))
        )
        # People who couldn't be reached come last, so that no number of them is in the way.
        self._tried = {one: self._tried.get(one, NEVER) for one in stale}
        for account_id in sorted(stale, key=self._tried.__getitem__)[:MOST_AT_ONCE]:
            self._tried[account_id] = self.seconds()
            await self._setbacks.alone("accounts", f"account:{platform}:{account_id}", partial(self._look, account_id))

    async def _look(self, account_id: str) -> None:
        """Look an account up now; if the platform doesn't answer, it's tried again later."""
        self.forget(account_id)
        with suppress(Unavailable):
            await self.visitor(account_id)

    async def note_blocked(self, account_id: str, began: datetime | None) -> None:
        """Note that the person blocked the bot, as a try that `began` then showed; raises `DatabaseDown`."""
        self.forget(account_id)
        await self.door.enter(people.note_blocked(self.chat.platform, account_id, began), DELIVERY)

    async def left(self, account_id: str) -> None:
        """Note that the person removed the bot: nothing is sent there until they add it again. Raises `DatabaseDown`."""
        self.forget(account_id)
        await self.door.enter(people.note_left(self.chat.platform, account_id), DELIVERY)

    async def lost(self, account_id: str, error: Unreachable) -> None:
        """Note that an account couldn't be reached: it removed or blocked the bot, or is gone. Raises `DatabaseDown`."""
        if error.code == NOT_INSTALLED:
            await self.left(account_id)
        else:
            await self._lose_account(account_id, error)

    async def reference(self, account_id: str) -> Reference:
        """Return how the platform reaches this account, as far as known."""
        stored = await self.door.database.read(lambda store: store.people.account(self.chat.platform, account_id))
        return stored.reference if stored is not None else {}

    def _seconds_to_remember(self, remembered: _RememberedVisitor, *, deciding: bool) -> float:
        """Return for how long a look-up counts; 0 for an ambiguous person, who may have been sorted out by now."""
        if remembered.visitor.standing == "ambiguous":
            return 0.0
        return REMEMBERED if remembered.visitor.standing == "member" and not deciding else DECIDING

    async def _changes_how_reached(self, account_id: str, reference: Reference, remembered: _RememberedVisitor) -> bool:
        """Return True if hearing from this person, with this reference, changes how they are reached.

        That is so with another reference, or if another process has noted meanwhile that they blocked the bot.
        """
        if reference != remembered.reference:
            return True
        if self.seconds() - remembered.open_at < DECIDING:
            return False
        remembered.open_at = self.seconds()
        return await self._is_shut_out(account_id)

    async def _is_shut_out(self, account_id: str) -> bool:
        """Return True if it's stored that the bot was blocked or removed there."""
        account = await self.door.database.read(lambda store: store.people.account(self.chat.platform, account_id))
        return account is not None and is_shut_out(account)

    async def _look_up(self, account_id: str, reference: Reference | None) -> Actor:
        """Ask the platform about an account; joins a look-up in progress unless the account is reached another way by now."""
        asking = self._asking.get(account_id)
        while asking is not None and reference not in (None, asking[0]):
            await asyncio.wait({asking[1]})
            asking = self._asking.get(account_id)
        if asking is None:
            task = asyncio.create_task(self._ask_platform(account_id, reference))
            asking = self._asking[account_id] = reference, task
            task.add_done_callback(lambda _: self._asking.pop(account_id, None))
        return await asyncio.shield(asking[1])

    async def _ask_platform(self, account_id: str, reference: Reference | None) -> Actor:
        """Return who the platform says it is; an account that it doesn't show is absent or foreign."""
        known = reference if reference is not None else await self.reference(account_id)
        try:
            profile = await self.chat.profile(Address(account_id, known))
        except Unreachable as error:
            await self._lose_account(account_id, error)
            standing = "absent" if error.code == NOT_INSTALLED else "foreign"
            return Actor(f"{self.chat.platform}:{account_id}", None, standing)
        return await self.meet(profile, known)

    async def _lose_account(self, account_id: str, error: Unreachable) -> None:
        """Note that an account is gone, or has blocked the bot; nothing is noted of one that isn't stored."""
        if error.code in ONLY_THIS_WAY or not await self.knows(account_id):
            return
        self.forget(account_id)
        if error.blocked:
            await self.door.enter(people.note_blocked(self.chat.platform, account_id), DELIVERY)
        else:
            await self.door.enter(people.note_gone(self.chat.platform, account_id), DELIVERY)

    def _address_key(self, profile: Profile) -> str:
        """Return the account's e-mail address in the form in which addresses are compared; empty if it has none."""
        try:
            return self.policy.key(profile.email) if profile.email else ""
        except ValueError:
            return ""
