"""The first working day of a week, and people who read the digest."""

from datetime import UTC, datetime

from handlers.acting import CLOCK, Actor
from handlers.cards import Facts
from handlers.digest import steps
from handlers.digest.steps import LogVerification
from storage.tables.reviews import Digest
from tests.handlers.builders import Company
from tests.handlers.reading import lines, seen, whole_of
from tests.handlers.reading import text as worded

MONDAY = datetime(2026, 11, 29, 22, tzinfo=UTC)  # 09:00 in Sydney, Monday 30 November


async def digest_of_the_week(
    company: Company, at: datetime = MONDAY, verified: LogVerification | None = None
) -> Digest:
    """Return the digest made at this moment; the log was verified just before."""
    company.clock.now = at
    entries = await company.database.read(lambda store: store.audit.head()[0])
    told = await company.door.look(CLOCK, steps.tell_readers)
    await company.door.enter(steps.make_digest(told, verified or LogVerification(entries, 0, at)), CLOCK)
    return (await digests(company))[-1]


async def digests(company: Company) -> list[Digest]:
    """Return all of them, the oldest first."""
    return await company.database.read(lambda store: store.session.query(Digest).order_by(Digest.week).all())


async def facts(company: Company, who: Actor, digest: Digest) -> dict[str, str]:
    """Return what this person reads on the card, by label."""
    tables = [one for one in (await seen(company, digest.id, who)).parts if isinstance(one, Facts)]
    return {label: worded(words) for one in tables for label, words in one.rows}


async def details(company: Company, who: Actor, digest: Digest) -> str:
    """Return all that this person can read, Details included."""
    whole = await whole_of(company, digest.id, who)
    assert whole is not None
    return "\n".join(lines(whole))
