"""A month in which a small company does everything that is counted, in an order that chance chooses and a seed repeats."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.access.intents import Approve, Deny, Withdraw
from handlers.acting import CLOCK, WEB
from handlers.declined import intents as declined
from handlers.door import Repeated
from handlers.listening import Exchange, Heard, Listen, Served
from handlers.random_review import intents as review
from handlers.rules.refusal import Refused
from tests.handlers.builders import AU, UK, Company, ask, call, claim_about, register
from tests.handlers.customers import acts as customers
from tests.handlers.customers import releasing
from tests.handlers.declined.acts import LEGS, afterwards, live, midway
from tests.handlers.holds import acts as holds
from tests.handlers.notices import acts as notices
from tests.handlers.passing_time import pass_until
from tests.handlers.random_review.acts import SIGNATURE, reviewed, reviews_of

SYDNEY = ZoneInfo("Australia/Sydney")
ENDS = datetime(2027, 1, 5, 12, tzinfo=SYDNEY)


@dataclass
class Lively:
    """What goes on, and what chance decides it."""

    company: Company
    chance: random.Random
    requests: list[str] = field(default_factory=list)
    claims: list[str] = field(default_factory=list)
    asked_by_customers: list[str] = field(default_factory=list)
    old: list[int] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    number: int = 20

    async def play(self) -> None:
        """From late November to early January."""
        company = self.company
        await company.door.enter(review.Schedule(), CLOCK)
        await notices.planned(company)
        self.company.calls += await self._calls(10)
        acts = (
            self._ask, self._ask, self._claim, self._decide, self._decide, self._listen, self._listen, self._customer, self._answer, self._answer,
            self._decline, self._hold, self._hold_on, self._erase, self._erase, self._review, self._review, self._notice, self._withdraw,
        )  # fmt: skip
        while company.clock.now < ENDS:
            await pass_until(company, company.clock.now + timedelta(hours=self.chance.uniform(0.5, 5)))
            await self._try(self.chance.choice(acts))
            await self._try(self._draw)

    async def _try(self, act: Callable[[], Awaitable[object]]) -> None:
        with suppress(Refused, Repeated, AssertionError, IndexError, ValueError):
            await act()

    async def _calls(self, number: int) -> list[int]:
        found = []
        for _ in range(number):
            self.number += 1
            facts = {
                "native_id": f"m-{self.number}",
                "line": self.chance.choice([AU, UK]),
                "caller": f"+614100{self.number:05}",
            }
            if self.chance.random() < 0.3:
                facts |= {"operator_name": "Helena Marsh", "operator_key": "helena.marsh@fernhill.example"}
            began = self.company.clock.now - timedelta(days=self.chance.uniform(1, 60))
            found.append(call(1, started=began, **facts))
        return await register(self.company.door, *found)

    def _some(self) -> list[int]:
        return self.chance.sample(self.company.calls, self.chance.randint(1, 3))

    async def _ask(self) -> None:
        who = self.chance.choice([self.company.anna, self.company.bram, self.company.cora])
        reason = self.chance.choice(["complaint", "training", "quality"])
        self.requests.append(await ask(self.company, who, calls=self._some(), reason=reason))

    async def _claim(self) -> None:
        about = self.chance.choice([[], ["helena"], ["ruth"]])
        self.claims.append(await ask(self.company, self.company.anna, calls=self._some(), **claim_about(*about)))

    async def _decide(self) -> None:
        one = self.chance.choice([*self.requests, *self.claims])
        intent = Deny(one, "Not needed.") if self.chance.random() < 0.3 else Approve(one)
        for who in (self.company.tara, self.company.helena, self.company.ruth):
            with suppress(Refused):
                await self.company.door.enter(intent, who)
                return

    async def _withdraw(self) -> None:
        for who in (self.company.anna, self.company.bram):
            with suppress(Refused):
                await self.company.door.enter(Withdraw(self.chance.choice(self.requests)), who)

    async def _listen(self) -> None:
        one = self.chance.choice([*self.requests, *self.claims])
        for who in (self.company.anna, self.company.bram, self.company.cora):
            with suppress(Refused):
                opened = await self.company.door.enter(Exchange(await self.company.door.enter(Listen(one), who)), WEB)
                heard = await self.company.database.read(lambda store: store.recordings.of_request(one))
                at = (opened.grant, opened.secret, heard[0].id)
                await self.company.door.enter(Served(*at, 0.0, 30.0), WEB)
                if self.chance.random() < 0.8:
                    await self.company.door.enter(Heard(*at, 0.0, self.chance.uniform(1, 30)), WEB)

    async def _customer(self) -> None:
        today = self.company.clock.now.astimezone(SYDNEY)
        told = {
            "received_on": f"{today:%Y-%m-%d}",
            "received_at": "00:01",
            "recordings": [f"{one}" for one in self._some()],
        }
        by = self.chance.choice([self.company.anna, self.company.tara])
        more = {
            **told,
            "seen_on": f"{today:%Y-%m-%d}",
            "person": f"Caller {self.number}",
            "address": f"c{self.number}@mail.example",
        }
        self.number += 1
        self.asked_by_customers.append(await customers.a_request(self.company, by, **more))

    async def _answer(self) -> None:
        one = self.chance.choice(self.asked_by_customers)
        what = self.chance.random()
        if what < 0.1:
            today = self.company.clock.now.astimezone(SYDNEY)
            await self.company.door.enter(customers.withdrawing(one, f"{today:%Y-%m-%d}"), self.company.anna)
            return
        for who in (self.company.tara, self.company.helena):
            with suppress(Refused):
                if what < 0.3:
                    await self.company.door.enter(releasing.refusing(one), who)
                else:
                    await releasing.release(self.company, one, who)
                await (releasing.not_taken if what > 0.9 else releasing.accepted)(self.company)
                return

    async def _decline(self) -> None:
        self.number += 1
        if self.chance.random() < 0.4:
            began = self.company.clock.now - timedelta(minutes=2)
            legs = tuple(f"{self.number}-{leg}" for leg in LEGS)
            await midway(self.company, live(f"call-{self.number}", began=began, recordings=legs))
            return
        one = await afterwards(self.company)
        if self.chance.random() < 0.6:
            await self.company.door.enter(declined.Erase(one), self.company.helena)

    async def _hold(self) -> None:
        calls = self.chance.sample([*self.old, *self.company.calls[:4]], 1)
        who = self.chance.choice([self.company.anna, self.company.helena, self.company.ruth])
        until = f"{self.company.clock.now + timedelta(days=30):%Y-%m-%d}"
        about = {"concerned": holds.about("helena")} if self.chance.random() < 0.3 else {}
        if who is self.company.anna:
            self.held.append((await holds.ask(self.company, who, calls, **about)).hold)
        else:
            self.held.append((await holds.hold(self.company, who, calls, until=until, **about)).hold)

    async def _hold_on(self) -> None:
        one, act = self.chance.choice(self.held), self.chance.choice([holds.confirm, holds.release])
        for who in (self.company.helena, self.company.ruth):
            with suppress(Refused):
                await act(self.company, one, who)
                return

    async def _erase(self) -> None:
        """A call comes to its moment; some are erased at once, some late, and some that a hold keeps are not."""
        began = self.company.clock.now - timedelta(days=364, hours=self.chance.uniform(2, 23))
        self.number += 1
        [one] = await register(self.company.door, call(1, native_id=f"old-{self.number}", started=began))
        self.old.append(one)
        due = self.chance.choice(self.old[-3:])
        erasure = await holds.close(self.company, due)
        await pass_until(
            self.company, self.company.clock.now + timedelta(minutes=self.chance.choice([1, 20, 59, 61, 200]))
        )
        if await holds.asked_to_delete(self.company, erasure):
            await holds.certified(self.company, erasure)

    async def _draw(self) -> None:
        for draw in await self.company.database.read(lambda store: store.draws.open()):
            await self.company.door.enter(review.DrawWithBeacon(draw.id, SIGNATURE), CLOCK)

    async def _review(self) -> None:
        [draw, *_] = await self.company.database.read(lambda store: store.draws.last(1))
        one = (await reviews_of(self.company, draw.id))[0]
        await self.company.door.enter(review.Give(one.id), CLOCK)
        await reviewed(self.company, one)

    async def _notice(self) -> None:
        waiting = [one for one in await notices.checks(self.company) if one.is_open]
        one = self.chance.choice(waiting)
        for who in (self.company.helena, self.company.ruth, self.company.tara):
            with suppress(Refused):
                await notices.confirmed(self.company, one.id, who)
                return
