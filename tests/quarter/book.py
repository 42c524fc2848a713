"""The chat of the quarter: what it has taken stands in a file that outlives whoever was talking to it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from pathlib import Path

from bot.delivery.people import AGAIN
from bot.ports import NOT_INSTALLED, Address, Posted, Profile, Unreachable
from handlers.cards import Card, Filled, Sheet
from tests.quarter.firm import BY_ACCOUNT, TWIN
from tests.quarter.plan import Lost
from tests.quarter.timetable import How

OUTGOING: ContextVar[str] = ContextVar("outgoing")
"""The row of the outbox that is being done."""

REFUSALS: dict[How | None, str] = {"gone": "user_not_found", "blocked": "403", "removed": NOT_INSTALLED}
"""How the chat refuses a message to whom it does not reach; it takes one for somebody whose address another one has, too."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Something that the chat took: for which row of the outbox, how, for whom, and whether it says that it may be there twice."""

    outgoing: str
    method: str
    account: str
    again: bool


def taken(path: Path) -> list[Taken]:
    """All that the chat took so far, oldest first."""
    return [Taken(*json.loads(line)) for line in path.read_text().splitlines()] if path.exists() else []


class Book:
    """The Chat port over a file, to which any number of processes append; `reach` is called before and after each word.

    `lost` are the accounts that it does not reach, by the clock `now`.
    """

    platform = "slack"

    def __init__(
        self,
        path: Path,
        lost: Sequence[Lost],
        now: Callable[[], datetime],
        reach: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._lost, self._now, self._reach, self._numbers = lost, now, reach, count(1)

    async def profile(self, to: Address) -> Profile:
        return self._known(to.account_id)

    async def knock(self, to: Address) -> Profile:
        return await self.profile(to)

    async def find(self, email: str) -> Profile:
        found = next((one for one in BY_ACCOUNT.values() if one.email == email), None)
        return self._known(found.account if found else "")

    async def post(self, to: Address, card: Card, zone: str, under: Posted | None = None) -> Posted:
        self._take("post", to, again=AGAIN in card.parts)
        return Posted(f"D-{to.account_id}", f"{os.getpid()}.{next(self._numbers)}")

    async def redraw(self, to: Address, posted: Posted, card: Card, zone: str) -> None:
        self._take("redraw", to)

    async def whisper(self, to: Address, words: str) -> None:
        self._take("whisper", to)

    async def home(self, to: Address, card: Card, zone: str, posted: Posted | None = None) -> None:
        self._take("home", to)

    async def form(self, to: Address, sheet: Sheet, filled: Filled) -> None:
        self._take("form", to)

    async def greet(self) -> None:
        """It is always there."""

    def close(self) -> None:
        os.close(self._file)

    def _known(self, account: str) -> Profile:
        owner = account.removesuffix(TWIN)
        there = self._how(owner) == "doubled" if owner != account else self._how(account) != "gone"
        if not there or owner not in BY_ACCOUNT:
            raise Unreachable("user_not_found")
        return replace(BY_ACCOUNT[owner].profile, account_id=account)

    def _how(self, account: str) -> How | None:
        """In which way this account is not reached now, if it is not."""
        now = self._now()
        return next((one.how for one in self._lost if one.account == account and one.since <= now < one.until), None)

    def _take(self, method: str, to: Address, *, again: bool = False) -> None:
        if (how := self._how(to.account_id)) in REFUSALS:
            raise Unreachable(REFUSALS[how], blocked=how == "blocked")
        self._reach(f"before {method}")
        # One write to the end of the file: whole, or not there, whoever dies and whoever else writes.
        os.write(self._file, json.dumps([OUTGOING.get(), method, to.account_id, again]).encode() + b"\n")
        self._reach(f"after {method}")
