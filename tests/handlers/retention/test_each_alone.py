"""P12: what fails while calls are erased keeps none of the others back, is on record, and is tried again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from bot.ports import Unavailable
from handlers import recordings
from handlers.acting import CLOCK, Context, Result
from handlers.handling import Handler
from handlers.retention import closing, erasing
from storage.database.store import Database
from tests.erasing import Archive
from tests.handlers.builders import Clock, a_company, words_for
from tests.handlers.holds.acts import hold

pytestmark = pytest.mark.long

MOMENT = datetime(2027, 11, 24, 3, tzinfo=UTC)  # twelve months after NOW


@pytest_asyncio.fixture
async def archive(database: Database) -> Archive:
    archive = Archive(await a_company(database, Clock()))
    await archive.company.door.enter(
        recordings.register_calls("file", (), [f"call-{number}" for number in (1, 2, 3)]), CLOCK
    )
    return archive


def spoil(monkeypatch: pytest.MonkeyPatch, handler: Handler[..., Any], touches: str) -> None:
    """From now on a handler fails where it is given that one, by a fault of ours."""
    sound = handler.do

    def spoilt(ctx: Context, **given: object) -> Result[Any]:
        if touches in repr(given):
            raise ValueError("a fault of ours")
        return sound(ctx, **given)

    monkeypatch.setattr(handler, "do", spoilt)


def counted() -> float:
    """Faults of the erasing, as an operator's metrics tell them."""
    return REGISTRY.get_sample_value("steward_tick_faults_total", {"part": "erasures"}) or 0.0


async def minutes(archive: Archive, number: int, *, since: int = 0) -> None:
    """So many ticks, one a minute."""
    for minute in range(since, since + number):
        archive.until(MOMENT, minutes=minute)
        await archive.erasing.tick()


async def states(archive: Archive, *numbers: int) -> list[str]:
    return [(await archive.by_id(one)).state for one in numbers]


@pytest.mark.parametrize("kind", [closing.close_call, erasing.take_erasures, erasing.ask_guard, erasing.send_delete])
async def test_p12_a_call_that_fails_at_any_step_keeps_no_other_one_back(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, kind: Handler[..., Any]
) -> None:
    """One that could not be closed stopped the erasing of all others, for good and without a word to the Head."""
    one, other, third = [await archive.record(name, audio=name.encode()) for name in ("one", "two", "three")]
    if kind is closing.close_call:
        spoil(monkeypatch, closing.close_call, f"'recording_id': {one}")
    else:
        archive.until(MOMENT)
        archive.recorder.outage = Unavailable("away")  # it is closed, and still there
        await archive.erasing.tick()
        archive.recorder.outage = None
        erasure = await archive.erasure(one)
        assert erasure is not None
        spoil(monkeypatch, kind, erasure.id)
    faults = counted()
    with capture_logs() as logs:
        await minutes(archive, 8)
    assert (await states(archive, other, third)) == ["erased", "erased"]
    assert (await states(archive, one)) == ["present" if kind is closing.close_call else "closed"]
    assert "tick.fault" in [line["event"] for line in logs]
    assert counted() > faults


@pytest.mark.soak
async def test_p12_the_head_hears_of_what_a_fault_of_ours_makes_late(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The alarm comes after all that can fail, and came no more."""
    await archive.record("one")
    spoil(monkeypatch, erasing.send_delete, "erasure")
    await minutes(archive, 62)
    told = await words_for(archive.company, archive.company.helena)
    assert [one for one in told if one.startswith("1 call should be erased by now")] != []


async def test_p12_a_hold_that_can_not_be_let_go_keeps_no_other_call(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, other = await archive.record("one"), await archive.record("two", audio=b"two")
    company = archive.company
    archive.until(MOMENT, days=-1)
    begun = await hold(company, company.helena, [held], until="2027-11-30")
    spoil(monkeypatch, closing.end_keep, begun.hold)
    archive.until(MOMENT, days=8)
    await archive.erasing.tick()
    assert (await archive.by_id(other)).state == "erased"
