"""The people whom the policy names: looked up when a chat platform first answers, and all of them tried before the weekly digest."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

import structlog

from bot.chats.directory import Directory
from bot.ports import NOT_INSTALLED, Address, Unavailable, Unreachable
from bot.setbacks import Setbacks
from handlers.door import Door
from handlers.policy import Policy
from handlers.rules.availability import everybody
from storage.database.store import DatabaseDown
from storage.people import LIVING
from storage.records import ChatAccount

log = structlog.get_logger()
ASKED_AGAIN = 5.0  # seconds until a platform that did not answer is greeted again
SILENT_AFTER = 3  # in a row that a platform did not answer: it is asked no more this time
LOST_AT_ONCE = 3  # of people who were there, and all of them: then the platform is wrong, and nobody is gone
IN_A_ROW, PAUSE = 25, 60.0  # people, and seconds: the strictest platform takes 50 calls of a kind in a minute


async def greet(
    directory: Directory, policy: Policy, stopping: Callable[[], bool], answered: Callable[[], None]
) -> None:
    """Ask a platform who we are until it answers, which is told; then look up whom the policy names. Raises nothing of the platform's."""
    while not stopping():
        try:
            await directory.chat.greet()
        except Exception as error:  # noqa: BLE001  whatever it is, another try may find the platform well
            log.error("chat.not_reached", platform=directory.chat.platform, why=str(error) or type(error).__name__)
            await asyncio.sleep(ASKED_AGAIN)
        else:
            answered()
            await meet_holders(directory, policy)
            return


async def meet_holders(directory: Directory, policy: Policy) -> None:
    """Look up whoever the policy names for something, so that their names and zones stand on the first card. Raises nothing."""
    held = (email for role in policy.roles.held().values() for email in (role.holder, *role.deputies))
    for email in dict.fromkeys((*held, *policy.customers.handlers)):
        try:
            await directory.meet(await directory.chat.find(email))
        except (Unavailable, Unreachable) as error:
            if error.code != NOT_INSTALLED:
                log.warning("officer.not_found", platform=directory.chat.platform, code=error.code)
        except DatabaseDown:
            log.warning("officer.not_found", platform=directory.chat.platform, code="database")
        except Exception as error:  # whatever it is, the others are met
            log.exception("officer.fault", platform=directory.chat.platform, error=type(error).__name__)


Rest = Callable[[float], Awaitable[object]]


@dataclass(slots=True)
class _Found:
    """On one platform: how many accounts answered, and which were lost."""

    there: int = 0
    lost: list[tuple[ChatAccount, Unreachable]] = field(default_factory=list)


class Reaching:
    """What each platform says of everybody is stored as with any other look at an account. Raises `DatabaseDown`."""

    def __init__(
        self, door: Door, directories: Mapping[str, Directory], seconds: Callable[[], float] = time.monotonic,
        rest: Rest = asyncio.sleep,
    ) -> None:  # fmt: skip
        self.door, self.directories, self.rest = door, directories, rest
        self._setbacks = Setbacks(seconds)

    async def try_everybody(self) -> None:
        """On every platform; one that doesn't answer changes nothing."""
        seats = everybody(self.door.policy)
        accounts = await self.door.database.read(lambda store: store.people.accounts_of(seats))
        for directory in self.directories.values():
            await self._try_on(directory, accounts)

    async def _try_on(self, directory: Directory, accounts: Mapping[str, list[ChatAccount]]) -> None:
        platform, silences, found = directory.chat.platform, 0, _Found()
        for number, who in enumerate(accounts, 1):
            theirs = [one for one in accounts[who] if one.platform == platform]
            try:
                work = partial(self._try_person, directory, who, theirs, found)
                await self._setbacks.alone("reach", f"{platform}:{who}", work)
                silences = 0
            except Unavailable as error:
                silences += 1
                if error.outage or silences >= SILENT_AFTER:
                    log.warning("reach.platform_silent", platform=platform, code=error.code)
                    return
            if number % IN_A_ROW == 0:
                await self.rest(PAUSE)
        if not found.there and len(found.lost) >= LOST_AT_ONCE:
            log.warning("reach.platform_down", platform=platform, code=found.lost[0][1].code)
            return
        for account, why in found.lost:
            work = partial(directory.lost, account.account_id, why)
            await self._setbacks.alone("reach", f"{platform}:lost:{account.account_id}", work)

    async def _try_person(
        self, directory: Directory, who: str, accounts: list[ChatAccount], found: _Found
    ) -> None:  # fmt: skip
        """Each account; and by the address, if none of them lives."""
        for one in accounts:
            try:
                profile = await directory.chat.knock(Address(one.account_id, one.reference))
            except Unreachable as error:
                found.lost.append((one, error))
            else:
                found.there += 1
                await directory.meet(profile)
        if not any(one.standing == LIVING for one in accounts):
            with suppress(Unreachable):
                address = await directory.chat.find(who)
                await directory.meet(await directory.chat.knock(Address(address.account_id)))
