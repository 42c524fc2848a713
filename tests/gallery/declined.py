"""Declined calls: their cards in every state, for whoever is on the call and for whoever decides, and what stands at home (P5)."""

from __future__ import annotations

from datetime import timedelta
from typing import TypeVar

from handlers.acting import CLOCK
from handlers.declined import deciding, saying
from handlers.declined.deciding import KeepForm
from handlers.declined.state import Live, Trouble
from handlers.handling import Intent
from tests.gallery.house import ANNA, BRAM, HELENA, House
from tests.gallery.requests import STAFF, approved
from tests.gallery.scene import Scene
from tests.gallery.shots import Shot

R = TypeVar("R")
GROUP = "A caller declines"
READERS = {"on the call": BRAM, "Head of Customer Success": HELENA}


async def _does(house: House, uid: str, wanted: Intent[R]) -> R:
    answer = await house.steward.door.enter(wanted, await house.steward.directories["slack"].visitor(uid))
    await house.settled()
    return answer


async def _clock(house: House, *wanted: Intent[None]) -> None:
    for one in wanted:
        await house.steward.door.enter(one, CLOCK)
    await house.settled()


async def _said(house: House) -> str:
    await _does(house, BRAM, saying.say())
    [matter] = await house.steward.database.read(lambda store: store.declines.looking())
    return matter


def _live(house: House, name: str = "call-7") -> Live:
    began = house.clock.now() - timedelta(minutes=3)
    address = "bram.tolliver@fernhill.example"
    return Live("file", name, "+61281979000", "+61412345678", address, began, (f"{name}.mp3",))


async def _midway(house: House) -> str:
    matter = await _said(house)
    await _clock(house, saying.find(matter, (_live(house),)))
    return matter


async def _afterwards(house: House) -> str:
    matter = await _said(house)
    await _clock(house, saying.find(matter))
    await _does(house, BRAM, saying.choose(f"{matter}:0"))
    return matter


def _cards(house: House, matter: str, readers: dict[str, str] = READERS) -> list[Shot]:
    return [house.shot_of_card(name, uid, matter) for name, uid in readers.items()]


def _mine(house: House, matter: str) -> list[Shot]:
    return _cards(house, matter, {"on the call": BRAM})


async def looking(house: House) -> list[Shot]:
    return _mine(house, await _said(house))


async def _in_vain(house: House, trouble: Trouble) -> list[Shot]:
    matter = await _said(house)
    await _clock(house, saying.find(matter, (), trouble))
    return _mine(house, matter)


async def no_answer(house: House) -> list[Shot]:
    return await _in_vain(house, "unreachable")


async def no_live_calls(house: House) -> list[Shot]:
    return await _in_vain(house, "cannot")


async def _two_mornings(house: House) -> None:
    """Whoever said it is silent until Thursday, 26 November, 9:00 in Sydney."""
    for span in ({"hours": 22, "minutes": 18}, {"days": 1}):
        await house.pass_(**span)


async def handed_over(house: House) -> list[Shot]:
    matter = await _said(house)
    await _clock(house, saying.find(matter, (), "cannot"))
    await _two_mornings(house)
    reminded = house.shot_of_card("reminded", HELENA, matter)
    await house.press(HELENA, house.card(HELENA, matter), "Details")
    return [reminded, house.shot_of_modal("Head of Customer Success", HELENA), *_mine(house, matter)]


async def none_of_them(house: House) -> list[Shot]:
    matter = await _said(house)
    await _clock(house, saying.find(matter))
    await _two_mornings(house)
    await _does(house, HELENA, saying.dismiss(matter))
    return _mine(house, matter)


async def two_calls(house: House) -> list[Shot]:
    matter = await _said(house)
    await _clock(house, saying.find(matter, (_live(house), _live(house, "call-8"))))
    return _mine(house, matter)


async def off(house: House) -> list[Shot]:
    matter = await _midway(house)
    await _clock(house, saying.confirm(matter))
    return _cards(house, matter)


async def still(house: House) -> list[Shot]:
    matter = await _midway(house)
    await _clock(house, saying.still(matter, ("customer",)))
    return _cards(house, matter)


async def ended(house: House) -> list[Shot]:
    matter = await _midway(house)
    await _clock(house, saying.over(matter))
    return _cards(house, matter)


async def after(house: House) -> list[Shot]:
    return _cards(house, await _afterwards(house))


async def approved_before(house: House) -> list[Shot]:
    """Whoever may hear the call reads why there is nothing to hear."""
    request = await approved(house, STAFF)
    await _afterwards(house)
    return [house.shot_of_card("requester", ANNA, request), await house.shot_of_home("requester’s home", ANNA)]


async def kept(house: House) -> list[Shot]:
    matter = await _afterwards(house)
    await _does(house, HELENA, deciding.keep(matter, KeepForm.read({"reason": "mistake"})))
    return _cards(house, matter)


async def going(house: House) -> list[Shot]:
    matter = await _afterwards(house)
    await _does(house, HELENA, deciding.erase(matter))
    return _cards(house, matter)


SCENES = (
    Scene(GROUP, "looking for the call", looking),
    Scene(GROUP, "the phone system does not answer", no_answer),
    Scene(GROUP, "a system without live calls", no_live_calls),
    Scene(GROUP, "no one said which call it was", handed_over),
    Scene(GROUP, "none of the calls, says the Head", none_of_them),
    Scene(GROUP, "on two calls", two_calls),
    Scene(GROUP, "off", off),
    Scene(GROUP, "still recorded", still),
    Scene(GROUP, "ended before it was certain", ended),
    Scene(GROUP, "after the call", after),
    Scene(GROUP, "after the call, which someone may hear", approved_before),
    Scene(GROUP, "kept", kept),
    Scene(GROUP, "being erased", going),
)
