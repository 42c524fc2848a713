"""P12: what the recording system was told of holds is on record, and a change by hand is found."""

from datetime import datetime, timedelta

from handlers import keeping
from handlers.acting import CLOCK
from storage.holds import FIRST
from tests.handlers.builders import Company
from tests.handlers.holds.acts import hold, keeps, release
from tests.moments import NOW
from tests.reconciled import findings

DAY = timedelta(days=1)


async def _mirrored(company: Company, matter: str, *recordings: int) -> None:
    await company.door.enter(keeping.note_mirrored(matter, recordings), CLOCK)


async def _let_go(company: Company, matter: str, *recordings: int) -> None:
    await company.door.enter(keeping.note_unmirrored(matter, recordings), CLOCK)


async def _due(
    company: Company, after: tuple[int, str] = FIRST, most: int = 9
) -> tuple[list[int], list[int], list[int]]:
    """Calls that are to be held, that are held, and that are to be let go."""
    now = company.clock.now
    found = await company.database.read(
        lambda store: (
            store.mirrors.to_hold("file", now, after, most),
            store.mirrors.held("file", now, after, most),
            store.mirrors.to_release("file", now, after, most),
        )
    )
    return [one.recording for one in found[0]], [one.recording for one in found[1]], [one.recording for one in found[2]]


async def _marks(company: Company, recording: int) -> tuple[datetime | None, datetime | None]:
    [keep] = await keeps(company, recording)
    return keep.mirrored_at, keep.unmirrored_at


async def test_p12_what_is_held_is_to_be_told_once_and_let_go_at_its_end(company: Company) -> None:
    first, second, third = company.calls
    one = (await hold(company, company.helena, [first, second])).hold
    assert await _due(company) == ([first, second], [], [])
    await _mirrored(company, one, first, second)
    assert await _due(company) == ([], [first, second], [])
    assert await _marks(company, first) == (NOW, None)
    company.clock.pass_(days=1)
    await release(company, one, company.helena)
    assert await _due(company) == ([], [], [first, second])
    await _let_go(company, one, first)
    assert await _due(company) == ([], [], [second])
    assert await _marks(company, first) == (None, NOW + DAY)
    assert await findings(company.database) == []
    assert await keeps(company, third) == []


async def test_p12_a_hold_that_ends_by_itself_is_let_go_before_anyone_has_seen_to_its_end(company: Company) -> None:
    one = (await hold(company, company.helena, until="2026-12-01")).hold
    await _mirrored(company, one, *company.calls[:1])
    [keep] = await keeps(company, company.calls[0])
    company.clock.now = keep.ends_at
    assert await _due(company) == ([], [], company.calls[:1])
