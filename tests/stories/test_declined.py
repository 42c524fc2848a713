"""P5: a caller declines, from the word on the line to the certificate, through real HTTP, in Slack and in Teams."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from bot.rehearsal.phone_system import PhoneSystem
from tests.stories.errands import home, press_at_home
from tests.stories.house import AU, BRAM, House
from tests.stories.somebody import Seen
from tests.stories.waiting import until

pytestmark = pytest.mark.story
NAME, LEG = "call-7", "both sides"


@pytest.fixture
def house(anywhere: House) -> House:
    return anywhere


class Line:
    """Bram's caller on the line, while seconds pass."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.folder = Path(house.steward.settings.recordings_url.removeprefix("file://"))
        self.phones = PhoneSystem(self.folder)

    async def ring(self) -> asyncio.Task[None]:
        told = {
            "line": AU, "direction": "incoming", "caller": "0412 345 678", "department": "customer_success", "crm": "",
            "operator": {"name": "Bram Tolliver", "email": "bram.tolliver@fernhill.example"},
            "started": self.house.clock.now().isoformat(),
        }  # fmt: skip
        self.phones.ring(NAME, told, {LEG: f"{NAME}.wav"})
        await self.house.arrive([BRAM])
        return asyncio.create_task(self._pass())

    async def _pass(self) -> None:
        with suppress(FileNotFoundError):
            while True:
                self.phones.step(NAME)
                await asyncio.sleep(0.3)


async def say(house: House) -> None:
    """Bram presses the button at home."""
    await home(house, BRAM)
    await press_at_home(house, BRAM, "A caller declines")


async def the_card(house: House, uid: str, says: str) -> Seen:
    """The card about the declined call, once it says so."""

    def found() -> list[Seen]:
        return [one for one in house.somebody(uid).cards("D-") if says in one.words]

    await until(found, f"a card says {says}")
    return found()[-1]


async def test_p5_what_was_recorded_is_locked_and_erased_a_working_day_later(house: House) -> None:
    line = Line(house)
    seconds = await line.ring()
    await house.somebody(BRAM).say("recording-declined")
    await the_card(house, BRAM, "Recording is off, confirmed at")
    seconds.cancel()
    line.phones.hang_up(NAME, 3.0)
    await house.steward.tick()
    known = await house.steward.database.read(lambda store: store.recordings.known("file", [f"{NAME}.wav"]))
    assert known[f"{NAME}.wav"].state == "declined"
    await house.moving.move_to(house.clock.now() + timedelta(days=8))
    await the_card(house, BRAM, "erased for good, with a certificate")
    assert not list(line.folder.rglob(f"{NAME}.*"))
