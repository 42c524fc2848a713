"""Holds: their cards in every state, their forms, and what stands at home of them (P12)."""

from __future__ import annotations

from datetime import timedelta
from typing import TypeVar

from handlers.acting import CLOCK
from handlers.handling import Intent
from handlers.holds import steps
from handlers.holds.forms import AskForm, ReleaseForm
from storage.records import Recording
from storage.searches import Wanted
from tests.gallery.house import ANNA, HELENA, RUTH, House
from tests.gallery.scene import Scene
from tests.gallery.shots import Shot

R = TypeVar("R")
GROUP = "Hold"
WORDS = {
    "case": "Claim of Mrs Pemberly",
    "reason": "She claims that we promised her a free visit. Her lawyer has written.",
}
READERS = {"who asked": ANNA, "Head of Customer Success": HELENA}


async def _calls(house: House) -> list[Recording]:
    now = house.clock.now()
    return await house.steward.database.read(lambda store: store.searches.find(Wanted(), 3, now))


async def _does(house: House, uid: str, wanted: Intent[R]) -> R:
    answer = await house.steward.door.enter(wanted, await house.steward.directories["slack"].visitor(uid))
    await house.settled()
    return answer


async def _asked(house: House) -> str:
    form = AskForm.read({"recordings": [str(one.id) for one in await _calls(house)], **WORDS})
    return (await _does(house, ANNA, steps.ask(form, "gallery:ask"))).hold


def _cards(house: House, hold: str, readers: dict[str, str] = READERS) -> list[Shot]:
    return [house.shot_of_card(name, uid, hold) for name, uid in readers.items()]


async def waiting(house: House) -> list[Shot]:
    return _cards(house, await _asked(house))


async def in_force(house: House) -> list[Shot]:
    hold = await _asked(house)
    await _does(house, HELENA, steps.confirm(hold))
    return _cards(house, hold, READERS | {"Manager, Human Resources": RUTH})


async def let_go(house: House) -> list[Shot]:
    hold = await _asked(house)
    await _does(house, HELENA, steps.release(hold, ReleaseForm.read({"words": "The lawyer has taken it back."})))
    return _cards(house, hold)


async def ended(house: House) -> list[Shot]:
    hold = await _asked(house)
    house.clock.move(house.clock.now() + timedelta(days=8))
    await house.steward.door.enter(steps.end(hold), CLOCK)
    await house.settled()
    return _cards(house, hold)


async def forms(house: House) -> list[Shot]:
    shots = [await house.shot_of_home("agent", ANNA)]
    await house.press(ANNA, "home", "Ask for a hold")
    shots.append(house.shot_of_modal("Ask for a hold", ANNA))
    hold = await _asked(house)
    shots.append(await house.shot_of_home("Head of Customer Success", HELENA))
    await house.press(HELENA, "home", "Set a hold")
    shots.append(house.shot_of_modal("Hold", HELENA))
    await house.press(HELENA, house.card(HELENA, hold), "Let go")
    shots.append(house.shot_of_modal("Let go", HELENA))
    await _does(house, HELENA, steps.confirm(hold))
    await house.press(HELENA, house.card(HELENA, hold), "Renew")
    shots.append(house.shot_of_modal("Renew", HELENA))
    await house.press(HELENA, house.card(HELENA, hold), "Release hold")
    return [*shots, house.shot_of_modal("Release hold", HELENA)]


SCENES: tuple[Scene, ...] = (
    Scene(GROUP, "waiting", waiting),
    Scene(GROUP, "in force", in_force),
    Scene(GROUP, "let go", let_go),
    Scene(GROUP, "ended unconfirmed", ended),
    Scene(GROUP, "forms", forms),
)
