"""`python -m tests.messages`: what each phone buzzes for, in a quiet fortnight and on a busy first working day of a month.

Everything runs but chat and recording system, which are in memory. Edited cards and answers that only one person sees are
no messages.
"""

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, cast
from zoneinfo import ZoneInfo

import structlog

from bot.beacon import Beacon, RandomDraws
from bot.chats.directory import Directory
from bot.clockwork.parts import PolicyOfTheDay, Reports, WeeklyDigest
from bot.clockwork.ticks import Ticks
from bot.delivery.confidential import Confidential
from bot.journal import Journal, Seal
from bot.pages import Noticing
from bot.proof.journalling import Patiently
from bot.rehearsal.fake_chat import FakeChat
from bot.rehearsal.website import SampleWebsite
from handlers.access import deciding
from handlers.cards import Card
from handlers.digest.steps import LogVerification
from storage.database.store import Database
from tests.databases import migrate
from tests.erasing import Archive
from tests.handlers.breach.reporting import report
from tests.handlers.builders import CLAIM, KEYS, NAMES, Clock, a_company, ask
from tests.handlers.customers.acts import a_request
from tests.handlers.declined.acts import afterwards
from tests.handlers.holds import acts as holds
from tests.handlers.notices.acts import answer, open_now
from tests.handlers.policy_review.acts import another
from tests.handlers.random_review.acts import SIGNATURE
from tests.offices import profile, worker

ROLES = {
    "helena": "Head of Customer Success", "henrik": "her deputy", "tara": "team leader, reviewer", "deven": "her deputy", "cora": "customers’ requests",
    "ruth": "Human Resources", "miles": "Managing Director, reviewer", "quinn": "reviewer", "anna": "agent", "bram": "agent",
}  # fmt: skip
SYDNEY, HOUR, YEAR = ZoneInfo("Australia/Sydney"), timedelta(hours=1), timedelta(days=365)
FIRST = date(2027, 3, 1)
"""A Monday, and the first working day of a month."""
BUSY = another(
    ("last: 2026-07-01", "last: 2025-03-31"),
    ("pause_above: 50", "pause_above: 1"),
    ("holders: [", "holders: [tara.lindqvist@fernhill.example, "),
)
"""The policy is to be reviewed within a month, two erasures a day are too many, and the team leader reviews calls as well."""


class Message(NamedTuple):
    """A new message: when it came (in Sydney), and to whom; a lock screen shows its summary."""

    at: datetime
    to: str
    card: Card


def in_quiet(messages: Iterable[Message]) -> list[Message]:
    """Return those of the fortnight in which no one does anything."""
    return [one for one in messages if one.at.date() < FIRST - timedelta(days=7)]


def on_first(messages: Iterable[Message]) -> list[Message]:
    return [one for one in messages if one.at.date() == FIRST]


@dataclass
class Days(Archive):
    """Days of a company, and every new message that they bring."""

    folder: Path = Path()
    messages: list[Message] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        door, seconds, chat = self.company.door, self.company.seconds, FakeChat(map(profile, NAMES))
        directories = {"slack": Directory(chat, door, door.policy, seconds)}
        journal = Patiently(Journal(self.folder / "journal", Seal(KEYS), make=True))
        self.chat, chat.after = chat, self._note
        self.delivery, self.confidential = worker(self.company, chat), Confidential(door, directories.values())
        more = {
            "erasures": self.erasing.tick, "policy": PolicyOfTheDay(door).look, "digest": WeeklyDigest(door, self, lambda: asyncio.sleep(0)).tick,
            "notices": Noticing(door, SampleWebsite(self.folder / "web")).tick, "confidential": Reports(door, journal).tick,
            "random review": RandomDraws(door, cast("Beacon", self), seconds).tick,
        }  # fmt: skip
        self.ticks = Ticks(door, self.sync, directories, seconds, more=more)
        self.last: LogVerification | None = LogVerification(7, 0, self.company.clock.now)

    async def signature(self, *_: object) -> str:
        return SIGNATURE

    def _note(self, method: str, whom: str) -> None:
        if method == "post":
            [*_, card] = self.chat.messages.values()
            self.messages.append(Message(self.company.clock.now.astimezone(SYDNEY), whom[1:].lower(), card))

    async def calls(self, name: str, number: int, last: datetime, apart: timedelta) -> None:
        """Record so many calls, which the register sees with the next tick."""
        for one in range(number):
            await self.record(f"{name}-{one}", last - one * apart, audio=f"{name}-{one}".encode())

    async def pass_to(self, day: int, hour: float, month: int = 2) -> None:
        """Let the time pass until then; what is due on the way is done and delivered, as in the program."""
        moment, clock = at(day, hour, month), self.company.clock
        await self._do_due()
        while clock.now < moment:
            coming = await self.company.database.read(lambda store: store.deadlines.next())
            opens = datetime.combine(clock.now.astimezone(SYDNEY), datetime.min.time(), SYDNEY) + 8.5 * HOUR
            looks = [one.astimezone(UTC) for one in (opens, opens + 15.5 * HOUR) if one > clock.now]
            clock.now = min(moment, *looks, *([max(coming.due_at, clock.now)] if coming else []))
            await self._do_due()

    async def _do_due(self) -> None:
        await self.ticks.tick()
        await self.delivery.drain()
        await self.confidential.drain()


def at(day: int, hour: float, month: int = 2) -> datetime:
    return (datetime(2027, month, day, tzinfo=SYDNEY) + hour * HOUR).astimezone(UTC)


async def three_weeks(database: Database, folder: Path) -> Days:
    """Play a fortnight with calls and erasures in which no one does anything, from the day of the installation on; then a
    week in which much begins and little is answered, and the first of March.
    """
    company = await a_company(database, Clock(at(8, 8)), BUSY)
    days, door = Days(company, folder=folder), company.door
    await days.calls("january", 12, at(31, 17, 1), 20 * HOUR)
    await days.calls("old", 10, at(28, 17) - YEAR, 52 * HOUR)
    await days.pass_to(22, 10)
    one, two, three = ([call] for call in company.calls)
    await a_request(company, received_on="2027-02-18")
    await a_request(company, company.bram, recordings=[f"{two[0]}"], person="Noor Patel", received_on="2027-02-19")
    await holds.hold(company, company.helena, three, until="2027-03-12")
    await days.pass_to(23, 10)
    await ask(company, company.anna, calls=one)
    await holds.ask(company, company.bram, two)
    await days.pass_to(24, 10)
    await ask(company, company.anna, **CLAIM)
    await ask(company, company.anna, calls=two, crm="CS-2")
    await days.pass_to(25, 10)
    await ask(company, company.anna, calls=three, crm="CS-3")
    await report(company, company.bram)
    await days.calls("february", 7, at(25, 9), HOUR)
    await days.calls("more", 2, at(28, 21) - YEAR, HOUR)
    await days.pass_to(26, 15)
    await afterwards(company)
    check = await open_now(company, "phone")
    assert check
    await answer(company, check.id, company.helena, answer="no")
    await days.pass_to(1, 9.5, 3)
    asked = await ask(company, company.anna, calls=company.calls[:2], crm="CS-4")
    own = await ask(company, company.tara, calls=company.calls[:2], crm="CS-5")
    await days.pass_to(1, 10, 3)
    await door.enter(deciding.approve_request(asked), company.tara)
    await door.enter(deciding.deny_request(own, "Not needed."), company.helena)
    await days.pass_to(1, 24, 3)
    return days


async def played() -> list[Message]:
    with TemporaryDirectory() as folder:
        await migrate(url := f"sqlite:///{folder}/steward.db")
        days = await three_weeks(database := Database(url), Path(folder))
        await database.close()
    return days.messages


def main() -> None:
    """Print each person's messages."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    messages = asyncio.run(played())
    for short, role in ROLES.items():
        quiet, busy = ([one for one in those(messages) if one.to == short] for those in (in_quiet, on_first))
        print(f"{NAMES[short]} ({role}): {len(quiet)} in a quiet fortnight, {len(busy)} on a busy first")
        print("".join(f"    {one.at:%a %d %b, %H:%M}  {one.card.summary}\n" for one in (*quiet, *busy)), end="")


if __name__ == "__main__":
    main()
