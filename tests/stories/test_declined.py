"""P5: a caller declines, from the word on the line to the certificate, through real HTTP."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from bot.rehearsal.phone_system import PhoneSystem
from tests.stories.house import AU, BRAM, House
from tests.stories.waiting import until

pytestmark = pytest.mark.story
NAME = "call-7"


async def _the_card(house: House, says: str) -> None:
    """Bram's card about the declined call says so at last."""
    await until(lambda: any(says in one.words for one in house.somebody(BRAM).cards("D-")), f"a card says {says}")


async def _pass(phones: PhoneSystem) -> None:
    """Seconds pass on the line."""
    with suppress(FileNotFoundError):
        while True:
            phones.step(NAME)
            await asyncio.sleep(0.3)


async def test_p5_what_was_recorded_is_locked_and_erased_a_working_day_later(house: House, tmp_path: Path) -> None:
    told = {
        "line": AU, "direction": "incoming", "caller": "0412 345 678", "department": "customer_success", "crm": "",
        "operator": {"name": "Bram Tolliver", "email": "bram.tolliver@fernhill.example"},
        "started": house.clock.now().isoformat(),
    }  # fmt: skip
    phones = PhoneSystem(tmp_path / "calls")
    phones.ring(NAME, told, {"both sides": f"{NAME}.wav"})
    seconds = asyncio.create_task(_pass(phones))
    await house.on_slack(BRAM).say("recording-declined")
    await _the_card(house, "recording is off")
    seconds.cancel()
    phones.hang_up(NAME, 3.0)
    await house.steward.tick()
    known = await house.steward.database.read(lambda store: store.recordings.known("file", [f"{NAME}.wav"]))
    assert known[f"{NAME}.wav"].state == "declined"
    await house.moving.move_to(house.clock.now() + timedelta(days=8))
    await _the_card(house, "erased for good, with a certificate")
    assert not list((tmp_path / "calls").rglob(f"{NAME}.*"))
