"""Time that passes for a company: the clock does each thing when it is due, and people receive what is sent."""

from contextlib import suppress
from datetime import datetime

from handlers import DUE, delivering
from handlers.acting import CLOCK, DELIVERY, LEASE, Actor, Digest, Show
from handlers.delivering import Broken, Job, MessageReference
from handlers.door import Repeated
from handlers.matters.reminding import morning_message
from storage.database.store import Store
from storage.records import Outgoing
from tests.handlers.builders import Company, ledger, seeded
from tests.handlers.reading import lines
from tests.ledgers import fallen


async def pass_until(company: Company, moment: datetime) -> None:
    """Let the time pass, doing whatever is due on the way when it is due."""
    while True:
        coming = await company.database.read(lambda store: store.deadlines.next())
        if coming is None or coming.due_at > moment:
            break
        company.clock.now = max(company.clock.now, coming.due_at)
        await fall(company)
    company.clock.now = moment


async def fall(company: Company) -> None:
    """Do everything that is due by now, in order, as the clock does."""
    while due := await company.database.read(lambda store: fallen(store, company.clock.now)):
        for one in due:
            with suppress(Repeated):
                await company.door.enter(DUE[one.kind](one.subject), CLOCK, due=one.key)


async def lives_in(company: Company, who: Actor, zone: str) -> None:
    """Move a person to another time zone (IANA)."""

    def moved(store: Store) -> None:
        store.people.get(who.person_id or 0).zone = zone
        seeded(store)

    await company.database.write(moved)


async def claimed(company: Company, most: int = 50) -> list[Job | Broken]:
    """Take what is due, as the delivery does."""
    due = await company.database.read(lambda store: store.outbox.due(company.clock(), LEASE, most))
    return await company.door.enter(delivering.claim_effects(due), DELIVERY) if due else []


async def delivered(company: Company) -> None:
    """Deliver all that is waiting, each card as its own message."""
    while jobs := await claimed(company):
        for job in jobs:
            assert isinstance(job, Job)
            effect = job.effect
            matter = effect.matter if isinstance(effect, Show) else ""
            message = (
                MessageReference(matter, "slack", f"D{job.person.id}", job.taken.id, effect.revision)
                if isinstance(effect, Show)
                else None
            )
            await company.door.enter(
                delivering.note_delivered(job.taken.id, "sent", "slack", matter, message), DELIVERY
            )


async def digests(company: Company, who: Actor) -> list[list[str]]:
    """Return the messages that remind this person, as they would be drawn now; nothing for those that are out of date."""
    rows = [row for row in await ledger(company, who) if row.kind == Digest.__name__.lower()]

    def draw(store: Store, row: Outgoing) -> list[str]:
        found = morning_message(company.door.context(store, who), row.payload["reminders"])
        return lines(found.card) if found is not None else []

    return [await company.database.read(lambda store, row=row: draw(store, row)) for row in rows]  # type: ignore[misc]
