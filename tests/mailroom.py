"""A stand-in for the room that writes letters, which keeps what it is told of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from bot.delivery.letters import Letters
from bot.mail import Writing
from bot.rehearsal.fake_mail import FakeMail
from handlers.acting import Actor, Context, Intent, Result
from handlers.cards import Written
from handlers.customers.letters import CollectedLetter
from tests.offices import Office

TO, CANARY = "jo.doe@customer.example", "Pemberly"
WRITTEN = Written("Your copy", f"Dear Ms {CANARY},", ("Here it is.",))


@dataclass
class Room:
    """A stand-in for the room: what is to be sent, and what became of it."""

    due: list[CollectedLetter] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    told: list[Any] = field(default_factory=list)
    asked: list[Actor] = field(default_factory=list)
    refuses: dict[str, Exception] = field(default_factory=dict)
    newest: ClassVar[Room]

    def __post_init__(self) -> None:
        Room.newest = self

    def names(self, *_: object) -> list[str]:
        """Return them as the worker looks for them, without the door."""
        return [one.mail for one in self.due]

    def collect(self, ctx: Context, intent: Intent[CollectedLetter | None]) -> Result[CollectedLetter | None]:
        self.asked.append(ctx.who)
        [found] = [one for one in self.due if one.mail == intent.given["mail_id"]]
        self.due.remove(found)
        self.taken.append(found.mail)
        return Result(found, subject=found.mail)

    def done(self, ctx: Context, intent: Any) -> Result[None]:
        if intent.given["mail_id"] in self.refuses:
            raise self.refuses[intent.given["mail_id"]]
        self.told.append(intent)
        return Result(None)

    def leave(self, *names: str, to: str = TO, written: Written = WRITTEN) -> None:
        self.due += [CollectedLetter(name, to, f"<{name.lower()}@fernhill.example>", written) for name in names]


def a_worker(office: Office, mail: FakeMail | None, **more: Any) -> Letters:
    return Letters(
        office.company.door, mail, Writing("Fernhill Telecare"), poll=0.01, **{"due": Room.newest.names, **more}
    )
