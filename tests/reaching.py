"""The reach check of one process, as the clock calls it, and what people were told of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.chats.directory import Directory
from bot.clockwork.reach_check import ReachCheck
from bot.ports import Unreachable
from bot.rehearsal.fake_chat import Fault
from handlers.policy import Policy
from storage.tables.reach import ReachProblem
from tests.clocks import Seconds
from tests.offices import Office, profile

DAY = timedelta(days=1)


class Looks:
    """The check of one process; it rests in no time."""

    def __init__(self, office: Office, policy: Policy | None = None) -> None:
        self.office, self.rests, door = office, list[float](), office.company.door
        door.policy = policy or door.policy
        self.seconds = Seconds()
        directory = Directory(office.chat, door, door.policy, office.company.seconds)
        self.check = ReachCheck(door, {"slack": directory}, self.seconds, self._rest)

    async def _rest(self, seconds: float) -> None:
        self.rests.append(seconds)

    async def tick(self) -> None:
        """As the clock does it, and then the delivery."""
        await self.check.tick()
        await self.office.delivery.drain()

    async def on(self, moment: datetime) -> None:
        self.office.clock.now = moment
        self.seconds.now += 10_000.0
        await self.tick()

    def told(self) -> dict[str, list[str]]:
        """What people were told of it, by whom it was told."""
        found: dict[str, list[str]] = {}
        for posted, card in self.office.chat.messages.items():
            if "I tried whether" in card.summary:
                found.setdefault(posted.conversation.removeprefix("D-U").lower(), []).append(card.summary)
        return found

    async def problems(self) -> list[ReachProblem]:
        return await self.office.company.database.read(lambda store: store.reach.open())


def leaves(office: Office, short: str) -> None:
    office.chat.people[f"U{short.upper()}"] = profile(short, "deactivated")


def takes_away(office: Office) -> None:
    """Deven takes the app out of his chats, and the platform tells it only when it is asked."""
    office.chat.faults.append(Fault(Unreachable("not_installed"), "knock", "UDEVEN", times=99))
