"""The register follows the recording system, and takes no call that has yet to begin (P4, P12)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import pytest_asyncio

from bot.ports import Sighting
from bot.retention.recording_sync import RecordingSync
from storage.database.store import Database
from storage.records import Recording
from tests.each import each
from tests.handlers.builders import AU, Clock, a_company, email
from tests.memory_recorder import MemoryRecorder
from tests.moments import NOW

HOUR = timedelta(hours=1)
AHEAD = (
    'calls/odd.mp3: "started" in its metadata lies more than an hour ahead. '
    "Write when the call began, with its offset from UTC."
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture
async def keeper(database: Database, clock: Clock) -> RecordingSync:
    company = await a_company(database, clock)
    return RecordingSync(company.door, MemoryRecorder(), "memory")


def keep(keeper: RecordingSync, native_id: str, started: datetime, operator: str = email("Bram Tolliver")) -> None:
    assert isinstance(keeper.recorder, MemoryRecorder)
    plain = Sighting(
        native_id=native_id, line=AU, direction="incoming", caller="+61412345678", operator_name="Bram Tolliver",
        operator_email=operator, department="customer_success", started=NOW, duration=60.0, crm="CS-1",
        media_type="audio/mpeg", size=0, stamp="",
    )  # fmt: skip
    keeper.recorder.keep(replace(plain, started=started), b"audio")


async def kept(keeper: RecordingSync) -> dict[str, datetime]:
    """When each call of the register began."""

    def ask(rows: list[Recording]) -> dict[str, datetime]:
        return {one.native_id: one.started for one in rows if one.system == "memory"}

    return await keeper.door.database.read(lambda store: ask(store.session.query(Recording).all()))


@each("started", [NOW - HOUR, NOW, NOW + HOUR])
async def test_p4_a_call_whose_clock_is_a_little_ahead_is_taken(keeper: RecordingSync, started: datetime) -> None:
    keep(keeper, "calls/one.mp3", started)
    assert await keeper.sync() == 1
    assert (await kept(keeper), keeper.problems) == ({"calls/one.mp3": started}, {})


async def test_p7_an_operator_whose_address_has_a_look_alike_letter_counts_as_unknown(keeper: RecordingSync) -> None:
    """P7: “brаm” with a Cyrillic а would be nobody of the company, so Bram might decide about his own call."""
    keep(keeper, "calls/one.mp3", NOW)
    keep(keeper, "calls/two.mp3", NOW, "br\u0430m.tolliver@fernhill.example")
    keep(keeper, "calls/three.mp3", NOW, "bram\u200b.tolliver@fernhill.example")
    keep(keeper, "calls/four.mp3", NOW, "bram.to\u1e37liver@fernhill.example")
    assert await keeper.sync() == 4

    def operators(rows: list[Recording]) -> dict[str, str]:
        return {one.native_id: one.operator_key for one in rows if one.system == "memory"}

    found = await keeper.door.database.read(lambda store: operators(store.session.query(Recording).all()))
    odd = dict.fromkeys(("calls/two.mp3", "calls/three.mp3", "calls/four.mp3"), "")
    assert found == {"calls/one.mp3": email("Bram Tolliver"), **odd}
    assert await keeper.sync() == 0


async def test_p12_a_call_that_has_yet_to_begin_is_no_entry_but_a_sentence(keeper: RecordingSync) -> None:
    """P12: it would be kept longer than twelve months from the real call."""
    keep(keeper, "calls/odd.mp3", NOW + HOUR + timedelta(seconds=1))
    keep(keeper, "calls/one.mp3", NOW)
    assert await keeper.sync() == 1
    assert await kept(keeper) == {"calls/one.mp3": NOW}
    assert keeper.problems == {"calls/odd.mp3": AHEAD}


async def test_p12_it_is_taken_once_its_time_is_mended(keeper: RecordingSync) -> None:
    keep(keeper, "calls/odd.mp3", NOW + timedelta(days=365))
    assert await keeper.sync() == 0
    keep(keeper, "calls/odd.mp3", NOW - HOUR)
    assert await keeper.sync() == 1
    assert (await kept(keeper), keeper.problems) == ({"calls/odd.mp3": NOW - HOUR}, {})


async def test_p12_a_known_call_keeps_its_time_when_the_new_one_is_impossible(
    keeper: RecordingSync, clock: Clock
) -> None:
    keep(keeper, "calls/odd.mp3", NOW - HOUR)
    await keeper.sync()
    keep(keeper, "calls/odd.mp3", NOW + 3 * HOUR)
    assert (await keeper.sync(), await kept(keeper)) == (0, {"calls/odd.mp3": NOW - HOUR})
    assert keeper.problems == {"calls/odd.mp3": AHEAD}
    clock.pass_(hours=2)
    assert (await keeper.sync(), await kept(keeper)) == (1, {"calls/odd.mp3": NOW + 3 * HOUR})
