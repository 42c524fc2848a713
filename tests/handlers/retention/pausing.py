"""A day on which three erasures are too many, for the tests of what waits for a decision."""

from datetime import UTC, datetime, timedelta

from handlers import journal, recordings
from handlers.acting import CLOCK, Actor
from handlers.policy import Policy
from handlers.retention import guard
from storage.database.store import Store
from storage.tables.calls import Erasure, ErasurePause
from tests.erasing import Archive
from tests.handlers.builders import POLICY, UK, Company, words_for
from tests.moments import NOW

MOMENT = datetime(2027, 11, 24, 3, tzinfo=UTC)  # twelve months after NOW; 14:00 in Sydney
EVENING = datetime(2027, 11, 24, 12, 59, tzinfo=UTC)  # 23:59 in Sydney


def small(policy: Policy = POLICY) -> Policy:
    """The policy of a company that pauses at a third erasure in a day."""
    return policy.model_copy(update={"retention": policy.retention.model_copy(update={"pause_above": 2})})


async def an_archive(company: Company) -> Archive:
    """A company without the builders' calls, which this recorder never had."""
    await company.door.enter(recordings.register_calls("file", (), [f"call-{number}" for number in (1, 2, 3)]), CLOCK)
    return Archive(company)


async def three(archive: Archive) -> list[int]:
    """Return three calls of one day: two whose time is up at once, and one in the evening."""
    calls = [await archive.record(name, audio=name.encode()) for name in ("one", "two")]
    archive.until(NOW, hours=3)
    return [*calls, await archive.record("late", NOW + timedelta(hours=2), line=UK, audio=b"late")]


async def at_the_moment(archive: Archive) -> str:
    """Reach the day of three calls, which is paused; return the pause's id."""
    await three(archive)
    archive.until(MOMENT)
    await archive.tick()
    return (await paused(archive)).id


async def pauses(archive: Archive) -> list[ErasurePause]:
    """Return all of them, the oldest first."""
    order = ErasurePause.asked_at, ErasurePause.id
    return await archive.company.database.read(lambda store: store.session.query(ErasurePause).order_by(*order).all())


async def paused(archive: Archive) -> ErasurePause:
    """Return the only one."""
    [pause] = await pauses(archive)
    return pause


async def let_go(archive: Archive, pause: str, who: Actor | None = None) -> None:
    """Press Continue on the card as it is, as the Head or this person."""
    await archive.company.door.enter(
        guard.continue_erasures(await pressed(archive, pause)), who or archive.company.helena
    )


async def kept(archive: Archive, pause: str, who: Actor | None = None) -> None:
    """The same with Keep."""
    await archive.company.door.enter(guard.keep_audio(await pressed(archive, pause)), who or archive.company.helena)


async def pressed(archive: Archive, pause: str) -> str:
    """Return what a button of the card says."""
    row = await archive.company.database.read(lambda store: store.matters.of_kind(ErasurePause, pause))
    assert row is not None
    return f"{pause}:{row.revision}"


async def restore(archive: Archive, mark: str = "a") -> None:
    """Let the next start find that this database was restored from a copy."""
    await archive.company.door.enter(journal.note_restored(9, mark * 64), CLOCK)


async def told(archive: Archive, who: Actor) -> list[str]:
    """Return what this person is told, except about the builders' calls."""
    return [one for one in await words_for(archive.company, who) if "vanished" not in one]


async def states(archive: Archive) -> list[str]:
    """Return the state of each erasure, by call."""

    def read(store: Store) -> list[str]:
        return [one.state for one in store.session.query(Erasure).order_by(Erasure.recording_id)]

    return await archive.company.database.read(read)
