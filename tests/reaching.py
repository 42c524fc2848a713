"""One process that looks up everyone in a route, as before each weekly digest, and what the digest would say then."""

from bot.chats.directory import Directory
from bot.clockwork.parts import PolicyPeople
from handlers.acting import seated
from handlers.digest.steps import unreached_people
from tests.clocks import Seconds
from tests.offices import Office, profile


class Looks:
    """One process."""

    def __init__(self, office: Office) -> None:
        self.office = office
        door = office.company.door
        directory = Directory(office.chat, door, door.policy, office.company.seconds)
        self.directories = {"slack": directory}
        self.reaching = PolicyPeople(door, self.directories, Seconds())

    async def told(self) -> str:
        """Return what the digest would say."""
        await self.reaching.try_everybody()
        company = self.office.company
        day = company.door.policy.company_day(company.clock.now)
        found = await company.database.write(
            lambda store: unreached_people(store, seated(store, company.door.policy), day)
        )
        return "\n".join(found)


def leaves(office: Office, *short: str) -> None:
    for one in short:
        office.chat.people[f"U{one.upper()}"] = profile(one, "deactivated")
