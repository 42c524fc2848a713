"""C1, P12: when a call goes and how it stands is in the log, so nobody has one erased too soon by hand, keeps it, or puts it back in reach."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Executable, delete, update

from bot.proof.verification import verify
from handlers.acting import CLOCK
from handlers.reconciling import Finding, Gap
from handlers.recordings import Register
from handlers.retention.intents import EraseAgain
from storage.database.store import Store
from storage.records import Recording
from storage.tables.log import AuditEntry
from tests.handlers.builders import Company, audit, call, register
from tests.moments import NOW
from tests.reconciled import findings, results

pytestmark = pytest.mark.soak

SAID, YEAR = "2027-11-24 03:00:00.000000 UTC", timedelta(days=365)


async def _after(company: Company, change: Executable) -> list[str]:
    await company.database.write(lambda store: store.session.execute(change) and None)
    return await findings(company.database)


def _as_before(store: Store, name: str = "moments") -> None:
    for entry in store.session.query(AuditEntry):
        entry.detail = {one: told for one, told in entry.detail.items() if one != name}


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("moment", "stored"),
    [
        (NOW, "2026-11-24 03:00:00.000000 UTC"), (NOW + 2 * YEAR, "2028-11-23 03:00:00.000000 UTC"), (None, "nothing"),
    ],
)  # fmt: skip
async def test_c1_a_moment_that_was_moved_by_hand_is_found(company: Company, moment: object, stored: str) -> None:
    """P12: earlier it is erased before its time, later it stays, and without one it stays for good."""
    [number] = await register(company.door, call(0, native_id="one", started=NOW))
    entry = len(await audit(company))
    assert await _after(company, update(Recording).where(Recording.id == number).values(erase_at=moment)) == [
        f"recording {number}: “goes” is stored as {stored}, but entry {entry} says {SAID}"
    ]


@pytest.mark.by_hand
async def test_c1_so_is_a_call_that_is_no_longer_there(company: Company) -> None:
    [number] = await register(company.door, call(0, native_id="one", started=NOW))
    entry = len(await audit(company))
    assert await _after(company, delete(Recording).where(Recording.id == number)) == [
        f"entry {entry} says when recording {number} goes, but that is not stored any more, or can't be read"
    ]


@pytest.mark.by_hand
async def test_c1_calls_of_an_earlier_version_raise_no_alarm_and_it_is_said_how_many(company: Company) -> None:
    await company.database.write(_as_before)
    await company.database.write(lambda store: store.session.execute(update(Recording).values(erase_at=None)) and None)
    found = await company.database.read(results)
    assert Counter(found) == {Gap("when calls go that an earlier version registered"): len(company.calls)}


@pytest.mark.by_hand
@pytest.mark.parametrize(
    "detail",
    [
        {"moments": 1}, {"moments": {"one": ""}}, {"moments": {"1": "soon"}}, {"new": "x"}, {"states": 1}, {"states": {"gone": 1}},
        {"states": {"gone": ["one"]}},
    ],
)  # fmt: skip
async def test_c1_what_nobody_can_read_of_it_is_left_to_the_chain(company: Company, detail: dict[str, object]) -> None:
    def work(store: Store) -> None:
        for entry in store.session.query(AuditEntry).where(AuditEntry.action == "recordings.register"):
            entry.detail = detail

    await company.database.write(work)
    assert [one for one in await company.database.read(results) if isinstance(one, Finding)] == []


async def test_p12_other_audio_under_the_name_goes_when_its_entry_says(company: Company) -> None:
    [number] = await register(company.door, call(0, native_id="one", started=NOW))
    await register(company.door, call(0, native_id="one", started=NOW + timedelta(hours=1), size=7, stamp="2"))
    assert (await audit(company))[-1][-1]["moments"] == {str(number): "2027-11-24T04:00:00+00:00"}
    assert await findings(company.database) == []


@pytest.mark.by_hand
@pytest.mark.parametrize("state", ["out_of_scope", "declined", "closed", "gone", "erased", "nonsense"])
async def test_c1_a_state_that_was_changed_by_hand_is_found(company: Company, state: str) -> None:
    [number] = await register(company.door, call(0, native_id="one", started=NOW))
    entry = len(await audit(company))
    told = f"recording {number}: “state” is stored as {state}, but entry {entry} says present"
    assert told in await _after(company, update(Recording).where(Recording.id == number).values(state=state))
    assert told in (await verify(company.database)).faults


@pytest.mark.by_hand
async def test_c1_states_of_an_earlier_version_are_not_compared_and_it_is_said_how_many(company: Company) -> None:
    await company.database.write(partial(_as_before, name="states"))
    gone = update(Recording).values(state="gone")
    assert await _after(company, gone) == []
    gap = Gap("how calls stand that an earlier version registered")
    assert Counter(await company.database.read(results))[gap] == (await verify(company.database)).gaps[gap] == 3


@pytest.mark.by_hand
async def test_c1_what_an_earlier_version_may_have_changed_since_raises_no_alarm(company: Company) -> None:
    """As in the minutes in which one replica is of this version, and the other one is not yet."""
    await company.door.enter(Register("file", (), ["call-1"]), CLOCK)
    assert await findings(company.database) == []

    def earlier(store: Store) -> None:
        entry = store.session.query(AuditEntry).order_by(AuditEntry.seq.desc()).first()
        assert entry is not None
        entry.detail = {name: told for name, told in entry.detail.items() if name != "states"}

    await company.database.write(earlier)
    assert await findings(company.database) == []
    assert [one for one in (await verify(company.database)).faults if "recording" in one] == []


@pytest.mark.by_hand
async def test_c1_how_a_call_stands_is_said_where_nothing_says_when_it_goes(company: Company) -> None:
    await register(company.door, call(0, native_id="one", line="+15550100"))
    await company.database.write(_as_before)
    number = (await company.database.read(lambda store: store.recordings.known("file", ["one"])))["one"].id
    entry = len(await audit(company))
    found = await _after(company, delete(Recording).where(Recording.id == number))
    assert (
        f"entry {entry} says how recording {number} stands, but that is not stored any more, or can't be read" in found
    )


@pytest.mark.by_hand
async def test_p12_so_does_what_had_been_erased_before_a_restore(company: Company) -> None:
    """It goes at once, and only its entry tells why that is not its moment."""
    [number, *_] = company.calls
    await company.door.enter(EraseAgain((number,)), CLOCK)
    assert await findings(company.database) == []
    [found] = await _after(company, update(Recording).where(Recording.id == number).values(erase_at=NOW + YEAR))
    assert found.startswith(f"recording {number}: “goes” is stored as")
