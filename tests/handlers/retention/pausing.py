"""A day on which three erasures are too many, for the tests of what waits until somebody has looked."""

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
    """The policy of a company where a third erasure in a day is one too many."""
    return policy.model_copy(update={"retention": policy.retention.model_copy(update={"pause_above": 2})})


async def an_archive(company: Company) -> Archive:
    """A company without the calls of the builders, which this recorder never had."""
    await company.door.enter(recordings.register_calls("file", (), [f"call-{number}" for number in (1, 2, 3)]), CLOCK)
    return Archive(company)


async def three(archive: Archive) -> list[int]:
    """Three calls of one day: two that have their moment at once, and one in the evening."""
    calls = [await archive.record(name, audio=name.encode()) for name in ("one", "two")]
    archive.until(NOW, hours=3)
    return [*calls, await archive.record("late", NOW + timedelta(hours=2), line=UK, audio=b"late")]


async def at_the_moment(archive: Archive) -> str:
    """Three calls' day has come, and it is paused; the pause's id."""
    await three(archive)
    archive.until(MOMENT)
    await archive.tick()
    return (await paused(archive)).id


async def pauses(archive: Archive) -> list[ErasurePause]:
    """All of them, the oldest first."""
    order = ErasurePause.asked_at, ErasurePause.id
    return await archive.company.database.read(lambda store: store.session.query(ErasurePause).order_by(*order).all())


async def paused(archive: Archive) -> ErasurePause:
    """The only one."""
    [pause] = await pauses(archive)
    return pause


async def let_go(archive: Archive, pause: str, who: Actor | None = None) -> None:
    """The Head, or this person, presses Continue on the card as it is."""
    await archive.company.door.enter(
        guard.continue_erasures(await pressed(archive, pause)), who or archive.company.helena
    )


async def kept(archive: Archive, pause: str, who: Actor | None = None) -> None:
    """The same with Keep."""
    await archive.company.door.enter(guard.keep_audio(await pressed(archive, pause)), who or archive.company.helena)


async def pressed(archive: Archive, pause: str) -> str:
    """What a button of the card says."""
    row = await archive.company.database.read(lambda store: store.matters.of_kind(ErasurePause, pause))
    assert row is not None
    return f"{pause}:{row.revision}"


async def restore(archive: Archive, mark: str = "a") -> None:
    """This database was restored from a copy, as a start finds it."""
    await archive.company.door.enter(journal.note_restored(9, mark * 64), CLOCK)


async def told(archive: Archive, who: Actor) -> list[str]:
    """What somebody is told, but for the calls of the builders."""
    return [one for one in await words_for(archive.company, who) if "vanished" not in one]


async def states(archive: Archive) -> list[str]:
    """How each erasure stands, by call."""

    def read(store: Store) -> list[str]:
        return [one.state for one in store.session.query(Erasure).order_by(Erasure.recording_id)]

    return await archive.company.database.read(read)
