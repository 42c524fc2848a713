"""Weeks of a lively company: what each card froze is counted again, from the exported log and the bare tables, by code that shares nothing."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import timedelta

import pytest

from bot.ports import Unavailable
from handlers.access.intents import Approve, Deny, Withdraw
from handlers.acting import CLOCK
from handlers.door import Repeated
from handlers.erasures_ahead.intents import KeepOutside
from handlers.reach.intents import Attempt, Tried
from handlers.rules.reach import everybody
from handlers.rules.refusal import Refused
from handlers.weekly.facts import read
from storage.tables.weeks import WeeklyCard
from tests.erasing import Archive
from tests.handlers.builders import CLAIM, ask
from tests.handlers.erasures_ahead.test_card import drawn
from tests.handlers.holds.acts import hold
from tests.handlers.weekly import recounted
from tests.handlers.weekly.acts import MONDAY, card_of_the_week, see

DAY, WEEK, YEAR = timedelta(days=1), timedelta(days=7), timedelta(days=365)
LATE = timedelta(minutes=60)
WEEKS = 4  # the fifth Monday is a public holiday


class Life:
    """Whatever comes, by chance."""

    def __init__(self, archive: Archive, chance: random.Random) -> None:
        self.archive, self.company, self.chance, self.number = archive, archive.company, chance, 0
        self.requests: list[str] = []

    async def record(self, line: str = "") -> int:
        """A call that comes to its moment in one of the next weeks, or on no line at all."""
        self.number += 1
        began = self.company.clock.now - YEAR + self.chance.randint(-1, 20) * DAY
        more = {"line": line} if line else {}
        return await self.archive.record(f"call-{self.number}", began, audio=f"{self.number}".encode(), **more)

    async def step(self) -> None:
        what = self.chance.choice(
            (
                self.asks,
                self.decides,
                self.records,
                self.outside,
                self.loses,
                self.holds,
                self.breaks,
                self.keeps,
                self.away,
            )
        )
        with suppress(Refused, Repeated, IndexError, Unavailable):
            await what()
        self.company.clock.pass_(hours=self.chance.randint(1, 5))

    async def asks(self) -> None:
        more = CLAIM if self.chance.random() < 0.3 else {}
        self.requests.append(
            await ask(
                self.company, self.company.anna, calls=[await self.record()], crm=f"CS-{30000 + self.number}", **more
            )
        )

    async def decides(self) -> None:
        which, how = self.chance.choice(self.requests), self.chance.choice(("approve", "deny", "withdraw"))
        company = self.company
        if how == "approve":
            await company.door.enter(Approve(which), company.tara)
        elif how == "deny":
            await company.door.enter(Deny(which, "No."), company.helena)
        else:
            await company.door.enter(Withdraw(which), company.anna)

    async def records(self) -> None:
        await self.record()

    async def outside(self) -> None:
        await self.record("+15550100")

    async def keeps(self) -> None:
        card = await drawn(self.archive, self.company.clock.now)
        ids = await self.company.database.read(lambda store: store.weeks.out_of_scope()[0])
        await self.company.door.enter(KeepOutside(f"{card}:{self.chance.choice(ids)}"), self.company.helena)

    async def loses(self) -> None:
        self.archive.recorder.lose(f"call-{self.chance.randint(1, max(1, self.number))}")
        await self.archive.sync.sync()

    async def holds(self) -> None:
        call, until = await self.record(), (self.company.clock.now + 30 * DAY).date().isoformat()
        await hold(self.company, self.company.helena, [call], until=until)

    async def breaks(self) -> None:
        whom = self.chance.choice(sorted(everybody(self.company.door.policy)))
        outcome = self.chance.choice(("gone", "removed", "silent"))
        tried = tuple(Attempt(one, outcome if one == whom else "there") for one in everybody(self.company.door.policy))  # type: ignore[arg-type]
        await self.company.door.enter(Tried(tried), CLOCK)

    async def away(self) -> None:
        """The recording system is silent for a while, or is back."""
        self.archive.recorder.outage = None if self.archive.recorder.outage else Unavailable("no_connection")

    async def clock_ticks(self) -> None:
        with suppress(Unavailable):
            await self.archive.tick()


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(4))
async def test_the_week_is_what_log_and_register_say_by_code_that_shares_nothing(archive: Archive, seed: int) -> None:
    life, company = Life(archive, random.Random(seed)), archive.company
    for week in range(WEEKS):
        monday = MONDAY + week * WEEK
        while company.clock.now < monday - DAY:
            await life.step()
            await life.clock_ticks()
        company.clock.now = monday
        card = await card_of_the_week(company, monday)
        await _same(archive, card)
        if life.chance.random() < 0.5:
            await see(company, company.helena, card)


async def _same(archive: Archive, card: WeeklyCard) -> None:
    company, told = archive.company, read(card.facts)
    log = [
        one for one in await company.database.read(lambda store: list(store.audit.rows())) if one["seq"] <= card.upto
    ]
    made = [one["detail"]["upto"] for one in log if one["action"] == "weekly.make"]
    before = made[-1] if made else 0
    recent = [one for one in log if made or one["at"] >= (card.asked_at - WEEK).isoformat()]
    kept, late = await company.database.read(
        lambda store: recounted.past_their_moment(store.session, card.asked_at, LATE)
    )
    assert {(one["matter"], one["why"]): set(one["recordings"]) for one in told["kept"]} == kept
    assert {number for one in told["late"] for number in one["recordings"]} == late
    assert {one["matter"] for one in (*told["waiting"], *told["overdue"])} == recounted.waiting(log)
    assert [one["entry"] for one in told["exceptions"]] == recounted.odd(recent, before, card.upto)
    assert told["vanished"] == recounted.vanished(recent, before, card.upto)
    assert {one["subject"]: one["kind"] for one in told["unreached"]} == recounted.unreached(log)
    assert told["outside"] == await company.database.read(lambda store: recounted.outside(store.session, log))
    assert told["log"]["entries"] == card.upto == log[-1]["seq"]
