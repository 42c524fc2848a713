"""A company with everything that a master key wraps or marks, and what of it can be read with which key."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from bot.commands.rotating import Wrapped, begin_rotation, wrap_all
from bot.journal import Marks, Seal
from bot.trouble import unlock_keys
from handlers.acting import CLOCK, Context
from handlers.breach import cards, readers
from handlers.breach.cards import queue_message
from handlers.breach.state import Entry, Reader
from handlers.breach.vault import Vault
from handlers.customers.state import read_details as known_of
from handlers.door import Door
from handlers.sealing import Keys, Unopened, read_request_words
from storage.database.store import Database
from storage.records import Matter, Request
from storage.tables.breaches import ReportPart
from storage.tables.customers import CustomerRequest
from tests.handlers.breach.reporting import a_known
from tests.handlers.builders import POLICY, Clock, Company, a_company, chosen
from tests.handlers.forgetting.customers import ADDRESS, a_customers_request
from tests.handlers.forgetting.words import WORDS, talked

T = TypeVar("T")
ONE, OTHER = (bytes((place * step) % 256 for place in range(32)) for step in (1, 7))
RUTH, HELENA, ACCOUNT = int(chosen("ruth")), int(chosen("helena")), "slack:UANNA"
SEATS = [
    Reader(person=RUTH, role="manager_human_resources", deputy=False),
    Reader(person=HELENA, role="head_of_customer_success", deputy=False),
]


@dataclass
class House:
    """Everything in the database, and the ids and secrets that find it."""

    company: Company
    folder: Path
    matter: str = ""
    customers: str = ""
    report: str = ""
    quiet: str = ""
    receipt: str = ""
    code: str = ""
    erased: str = ""

    def door(self, *masters: bytes) -> Door:
        return Door(self.company.database, POLICY, self.company.clock, keys=Keys(*masters))

    async def start(self, *masters: bytes) -> Door:
        """Return the door as a start with these keys leaves it, or with both as the command does; raises
        `Misconfigured`.
        """
        door = self.door(*masters)
        await (unlock_keys(door) if len(masters) == 1 else begin_rotation(door))
        return door

    async def rotate(self, *masters: bytes) -> Wrapped:
        """Do what the command does."""
        return await wrap_all(self.door(*masters))

    async def within(self, door: Door, do: Callable[[Context], T]) -> T:
        return await door.database.write(lambda store: do(door.context(store, CLOCK)))

    async def reads(self, *masters: bytes) -> dict[str, Any]:
        """Return what of it can be read with these keys."""
        door = await self.start(*masters)
        found = await self.within(door, self._all)
        return {**found, "erased": Marks(door.keys).of(self.erased), "seal": Seal(door.keys).key_id}

    def _all(self, ctx: Context) -> dict[str, Any]:
        vault = Vault(ctx)
        own = {one: vault.is_own(one, ACCOUNT) for one in (self.report, self.quiet)}
        request = ctx.store.matters.of_kind(Request, self.matter)
        row = ctx.store.matters.of_kind(CustomerRequest, self.customers)
        assert request is not None
        assert row is not None
        mine = vault.by_rule(self.report)
        return {
            "words": read_request_words(ctx, request).decision, "address": known.address if (known := known_of(ctx, row)) else "",
            "readers": [one for one in (RUTH, HELENA) if vault.for_reader(self.report, one)],
            "of one": [one.id for one in vault.of_reader(RUTH)] == sorted([self.report, self.quiet]), "own": list(own.values()),
            "log": [one.kind for one in mine.known.log] if mine else [], "cause": vault.has_cause("a cause"),
            "receipt": bool(vault.with_receipt(self.receipt)), "messages": _messages(ctx), "all": len(vault.all()),
        }  # fmt: skip


def _messages(ctx: Context) -> int:
    """Return messages about reports that can be drawn."""
    found = cards.collect_messages.do(ctx).reply
    for one in found:
        row = Vault(ctx).rows.row(ReportPart, one.name)
        assert row is not None
        row.due_at = ctx.now
    return len(found)


WHOLE = {
    "words": WORDS[-1], "address": ADDRESS, "readers": [RUTH, HELENA], "of one": True, "own": [True, False],
    "log": ["filed"], "cause": True, "receipt": True, "messages": 2, "all": 2, "erased": Marks(ONE).of("a call"),
    "seal": Seal(ONE).key_id,
}  # fmt: skip


async def a_house(database: Database, folder: Path) -> House:
    """A company started with the first key; a claim, a customer's request, a report with a name and one without, and an
    open page.
    """
    house = House(await a_company(database, Clock()), folder)
    door = await house.start(ONE)
    house.company.door = door
    house.matter, house.customers = await talked(house.company), await a_customers_request(house.company)

    def file(ctx: Context) -> None:
        vault = Vault(ctx)
        for name, account in (("report", ACCOUNT), ("quiet", "")):
            one, receipt = vault.file(a_known(source="chat", account=account))
            vault.give_sight(one, SEATS)
            one.save(Entry(kind="filed", by="reporter", at="2026-11-24"))
            setattr(house, name, one.id)
            house.receipt = house.receipt or receipt
            queue_message(ctx, one, SEATS[0].person, "alert")
        vault.new_causes(["a cause"])

    await house.within(door, file)
    house.code = await door.enter(readers.make_code(house.report), house.company.ruth)
    house.erased = "a call"
    return house


async def unopened(database: Database, *masters: bytes) -> int:
    """Return how many keys of matters these master keys don't open."""
    keys, number = Keys(*masters), 0
    for row in await database.read(lambda store: store.rows(Matter, Matter.wrap.is_not(None))):
        try:
            keys.open(row.wrap or b"", row.id, "matter", row.id)
        except Unopened:
            number += 1
    return number
