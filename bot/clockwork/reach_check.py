"""Tries everybody in every route on the company's chats, once a working day, before a request needs them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

import structlog

from bot.chats.directory import Directory
from bot.measures import TICK_FAULTS
from bot.ports import NOT_INSTALLED, Address, Profile, Unavailable, Unreachable
from bot.setbacks import Setbacks, Work
from handlers.acting import CLOCK
from handlers.door import Door
from handlers.reach.intents import Attempt, Tried
from handlers.reach.trying import due
from handlers.rules.reach import Outcome, everybody, is_down, together
from storage.people import LIVING
from storage.records import ChatAccount

log = structlog.get_logger()
SILENT_AFTER = 3  # in a row that a platform did not answer: it is asked no more this time
IN_A_ROW, PAUSE = 25, 60.0  # people, and seconds: the strictest platform takes 50 calls of a kind in a minute
Rest = Callable[[float], Awaitable[object]]


@dataclass(slots=True)
class _Try:
    """One account, or one address that no account is known of: what the platform said of it."""

    who: str
    account: ChatAccount | None
    outcome: Outcome = "silent"
    why: str = ""
    profile: Profile | None = None
    error: Unreachable | None = None
    fault: Exception | None = None


@dataclass(slots=True)
class _Round:
    """What one platform said of everybody; `down` is its word where it lets us in no more."""

    tries: list[_Try] = field(default_factory=list)
    silences: int = 0
    down: str = ""


class ReachCheck:
    """A part of the clock's work; raises `DatabaseDown`. What a platform did not answer is tried again within the hour."""

    def __init__(
        self, door: Door, directories: Mapping[str, Directory], seconds: Callable[[], float] = time.monotonic,
        rest: Rest = asyncio.sleep,
    ) -> None:  # fmt: skip
        self.door, self.directories, self.rest = door, directories, rest
        self._setbacks = Setbacks(seconds)

    async def tick(self) -> None:
        """Try everybody, where that is due."""
        if bool(self.directories) and await self.door.look(CLOCK, due):
            await self._setbacks.alone("reach", "reach", self.look)

    async def look(self) -> None:
        """Try everybody now. What the platforms say is believed only once all of them were asked."""
        policy = self.door.policy
        seats = everybody(policy)
        accounts = await self.door.database.read(lambda store: store.reach.accounts(seats))
        rounds = {name: await self._asked(one, accounts) for name, one in self.directories.items()}
        for name, one in rounds.items():
            await self._settled(self.directories[name], one)
        attempts = tuple(_attempt(who, rounds) for who in seats)
        down = tuple((name, one.down) for name, one in rounds.items() if one.down)
        silent = tuple(
            name for name, one in rounds.items() if not one.down and all(t.outcome == "silent" for t in one.tries)
        )
        await self.door.enter(Tried(attempts, down, silent), CLOCK)

    async def _asked(self, directory: Directory, accounts: Mapping[str, list[ChatAccount]]) -> _Round:
        platform, found = directory.chat.platform, _Round()
        for number, who in enumerate(everybody(self.door.policy), 1):
            theirs = [one for one in accounts.get(who, []) if one.platform == platform]
            for account in [*theirs, *([] if any(one.standing == LIVING for one in theirs) else [None])]:
                one = _Try(who, account)
                found.tries.append(one)
                if not found.down and found.silences < SILENT_AFTER:
                    await self._tried(directory, one, found)
            if number % IN_A_ROW == 0:
                await self.rest(PAUSE)
        before = sum(one.account is not None and one.account.standing == LIVING for one in found.tries)
        if is_down(
            before, [one.outcome for one in found.tries if one.account is not None and one.account.standing == LIVING]
        ):
            found.down = next(one.why for one in found.tries if one.why)
        faults = [one.fault for one in found.tries if one.fault is not None]
        if faults and len(faults) == len(found.tries):  # then it is no one account's
            raise faults[0]
        return found

    async def _tried(self, directory: Directory, one: _Try, found: _Round) -> None:
        try:
            one.profile = await self._knocked(directory, one)
            one.outcome = "there" if one.profile.standing == LIVING else "gone"
            one.why = "" if one.outcome == "there" else one.profile.standing
        except Unreachable as error:
            one.error, one.why = error, error.code
            one.outcome = "removed" if error.code == NOT_INSTALLED or error.blocked else "gone"
        except Unavailable as error:
            one.why, found.silences = error.code, found.silences + 1
            found.down = error.code if error.outage else ""
            return
        except Exception as error:  # nobody can tell of this one, and the others are asked all the same
            TICK_FAULTS.labels("reach").inc()
            log.exception("reach.fault", platform=directory.chat.platform, error=type(error).__name__)
            one.fault = error
            return
        found.silences = 0

    async def _knocked(self, directory: Directory, one: _Try) -> Profile:
        if one.account is not None:
            return await directory.chat.knock(Address(one.account.account_id, one.account.reference))
        return await directory.chat.knock(Address((await directory.chat.find(one.who)).account_id))

    async def _settled(self, directory: Directory, found: _Round) -> None:
        """What was said of each account is stored, as with any other look at it; nothing, where the platform itself is wrong."""
        if found.down:
            log.warning("reach.platform_down", platform=directory.chat.platform, code=found.down)
            return
        for one in found.tries:
            if one.profile is not None:
                await self._alone(directory, one.profile.account_id, partial(directory.meet, one.profile))
            elif one.error is not None and one.account is not None:
                account = one.account.account_id
                await self._alone(directory, account, partial(directory.lost, account, one.error))

    async def _alone(self, directory: Directory, account: str, work: Work) -> None:
        await self._setbacks.alone("reach", f"account:{directory.chat.platform}:{account}", work)


def _attempt(who: str, rounds: Mapping[str, _Round]) -> Attempt:
    """What came of somebody over all platforms; of one that is wrong itself nobody can tell."""
    tries = [(one, bool(round_.down)) for round_ in rounds.values() for one in round_.tries if one.who == who]
    outcomes: list[tuple[Outcome, str]] = [
        ("silent", one.why) if down else (one.outcome, one.why) for one, down in tries
    ]
    outcome = together(told for told, _ in outcomes)
    return Attempt(who, outcome, next((why for told, why in outcomes if told == outcome and why), ""))
