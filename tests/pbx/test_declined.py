"""P5 on a real Asterisk: a caller on a SIP call declines, by a press in the stand-in workspace, and the bot says off when it is."""

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from storage.tables.calls import Declined
from tests.pbx.exchange import Exchange
from tests.pbx.sound import loudness
from tests.stories.errands import home, press_at_home
from tests.stories.house import BRAM, HELENA, House, a_house
from tests.stories.somebody import Seen
from tests.stories.waiting import until

pytestmark = [pytest.mark.pbx, pytest.mark.machine_clock]  # Asterisk has the machine's clock
AGENT = "bram.tolliver@fernhill.example"


@pytest_asyncio.fixture
async def house(pbx: Exchange, tmp_path: Path) -> AsyncIterator[House]:
    database = f"sqlite:///{tmp_path / 'steward.db'}"
    async with a_house(tmp_path, database, more={"recordings_url": pbx.url}) as opened:
        await opened.arrive([BRAM])
        yield opened


async def says(house: House, uid: str, words: str) -> Seen:
    """The card about the declined call, once it says so."""

    def found() -> list[Seen]:
        return [one for one in house.somebody(uid).cards("D-") if words in one.words]

    await until(found, f"a card says {words}", 40)
    return found()[-1]


async def press(house: House) -> None:
    await home(house, BRAM)
    await press_at_home(house, BRAM, "A caller declines")


@pytest.mark.parametrize("number", ["one", "both", "twice"])
async def test_p5_one_press_and_nothing_more_is_recorded_while_both_go_on_talking(
    pbx: Exchange, house: House, number: str
) -> None:
    there = set(pbx.files())
    call = pbx.call(operator=AGENT, number=number)
    await until(lambda: sum(size for one, size in pbx.files().items() if one not in there) > 40_000, "it is recorded")
    await press(house)
    await says(house, BRAM, "recording is off")
    before = pbx.files()
    await asyncio.sleep(5)
    assert pbx.files() == before
    assert len(pbx.channels(call)) > 1
    await says(house, HELENA, "unless the Head of Customer Success keeps it")


async def test_p5_what_remains_is_out_of_reach_and_goes_with_a_certificate(pbx: Exchange, house: House) -> None:
    there = set(pbx.files())
    call = pbx.call(operator=AGENT)
    await until(lambda: sum(size for one, size in pbx.files().items() if one not in there) > 40_000, "it is recorded")
    [name] = set(pbx.files()) - there
    await press(house)
    await says(house, BRAM, "recording is off")
    assert loudness(pbx.spool / name) > 100
    pbx.hang_up(call)
    await says(house, BRAM, "the recording is locked")
    declined = await house.steward.database.read(
        lambda store: store.matters.of_kind(Declined, store.matters.ids(Declined)[0])
    )
    assert declined is not None and declined.erase_at is not None

    async def registered() -> bool:
        await house.steward.tick()
        found = await house.steward.database.read(lambda store: store.recordings.known("asterisk", [name]))
        return [one.state for one in found.values()] == ["declined"]

    await until(registered, "it is registered, out of reach", 60, 0.5)
    await house.moving.move_to(declined.erase_at)

    async def gone() -> bool:
        await house.steward.tick()
        return name not in pbx.files()

    await until(gone, "it is erased", 60, 0.5)
    await says(house, BRAM, "erased for good, with a certificate")


async def test_p5_an_asterisk_that_falls_silent_is_one_that_still_records(pbx: Exchange, house: House) -> None:
    pbx.call(operator=AGENT)
    pbx.tell(signal.SIGSTOP)
    try:
        await press(house)
        assert await says(house, BRAM, "STILL being recorded, as far as I can tell")
    finally:
        pbx.tell(signal.SIGCONT)
    assert await says(house, BRAM, "recording is off")
