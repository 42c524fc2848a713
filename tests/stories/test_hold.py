"""P4, P12: a hold keeps a call past its twelve months; when it is released, the call is erased with a certificate."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from tests.stories.errands import card, done, manage, press
from tests.stories.house import ANNA, HELENA, House, another_call
from tests.stories.somebody import Looked
from tests.stories.waiting import until

pytestmark = pytest.mark.story
WHY = {"For which case?": "Claim of Mrs Pemberly", "Why must they be kept?": "Her lawyer has written."}
HELD, UNHELD = "CS-20001", "CS-20002"


async def two_old_calls(house: House) -> Path:
    """Two calls whose twelve months are over in two or three days; their folder."""
    folder = Path(house.steward.settings.recordings_url.removeprefix("file://"))
    for days, crm in ((363, HELD), (362, UNHELD)):
        began = house.clock.now() - timedelta(days=days)
        await asyncio.to_thread(another_call, folder, crm, began, crm=crm, caller=f"+61 412 345 {days}")
    await asyncio.to_thread(_sounds_otherwise, folder / f"{UNHELD}.wav")
    await house.steward.tick()
    await house.settled()
    return folder


def _sounds_otherwise(audio: Path) -> None:
    """Silence its end, so that it is no copy of the other call."""
    audio.write_bytes(audio.read_bytes()[:-8000] + bytes(8000))


def left(folder: Path) -> set[str]:
    return {crm for crm in (HELD, UNHELD) if (folder / f"{crm}.wav").exists()}


async def certified(house: House) -> int:
    return [one["action"] for one in await house.audit()].count("retention.certify")


async def test_p12_a_held_call_is_erased_when_its_hold_is_released(house: House) -> None:
    folder = await two_old_calls(house)
    helena = house.on_slack(HELENA)
    await house.on_slack(ANNA).fill_behind(await manage(house, ANNA), "Hold", {"Which calls?": Looked(HELD), **WHY})
    await house.settled()
    [asked] = await until(lambda: helena.cards("H-"), "Helena's card")
    hold = asked.words[asked.words.index("H-") :].split()[0]
    assert "Her lawyer has written." in asked.words
    await press(house, HELENA, hold, "Confirm")
    assert "· confirmed by Helena Marsh" in card(house, ANNA, hold).words

    await house.moving.move_to(house.clock.now() + timedelta(days=10))
    await house.settled()
    assert (left(folder), await certified(house)) == ({HELD}, 1)

    why = {"Why is it no longer needed?": "The claim is settled."}
    await helena.fill_behind(card(house, HELENA, hold), "Release hold", why)
    await house.settled()
    assert "released by Helena Marsh" in card(house, ANNA, hold).words
    await house.moving.move_to(house.clock.now() + timedelta(hours=1))
    await house.settled()
    assert (left(folder), await certified(house)) == (set(), 2)
    assert await done(house, hold) == ["hold.ask", "hold.confirm", "hold.release"]
