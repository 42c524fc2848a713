"""The weekly digest in every state, with its details."""

from __future__ import annotations

from datetime import timedelta

from handlers.acting import CLOCK
from handlers.digest import steps
from handlers.digest.steps import Verified
from handlers.rules.deadlines import week_of
from tests.gallery.house import ANNA, BRAM, HELENA, RUTH, House
from tests.gallery.scene import Scene
from tests.gallery.shots import Shot

GROUP = "The week"


async def _monday(house: House, *, verified: bool = True, compared: bool = True) -> str:
    """The next Monday morning has come, and the digest is made; its id."""
    door = house.steward.door
    days = 7 - house.clock.now().weekday()
    house.clock.move((house.clock.now() + timedelta(days=days)).replace(hour=1, minute=0))
    entries = await door.database.read(lambda store: store.audit.head()[0])
    await door.enter(steps.make(Verified(entries, 0, house.clock.now(), compared) if verified else None), CLOCK)
    await house.settled()
    week = week_of(house.steward.policy, house.clock.now()).isoformat()
    digest = await door.database.read(lambda store: store.digests.of_week(week))
    assert digest is not None
    return digest.id


async def waiting(house: House) -> list[Shot]:
    await house.ask(ANNA)
    await house.ask(BRAM)
    card = await _monday(house)
    shots = [house.shot_of_card("Head of Customer Success", HELENA, card)]
    await house.press(HELENA, house.card(HELENA, card), "Details")
    return [*shots, house.shot_of_modal("Details", HELENA), await house.shot_of_home("at home", HELENA)]


async def unverified(house: House) -> list[Shot]:
    return [house.shot_of_card("Head of Customer Success", HELENA, await _monday(house, verified=False))]


async def uncompared(house: House) -> list[Shot]:
    return [house.shot_of_card("Head of Customer Success", HELENA, await _monday(house, compared=False))]


async def passed_on(house: House) -> list[Shot]:
    card = await _monday(house)
    monday = house.clock.now() + timedelta(days=7)
    for hour in (6, 22):  # when it is passed on, and when whoever is next begins to work
        house.clock.move(monday.replace(hour=hour) - timedelta(seconds=30))
        await house.pass_(minutes=1)
    return [
        house.shot_of_card(name, uid, card)
        for name, uid in (("Head of Customer Success", HELENA), ("Manager, Human Resources", RUTH))
    ]


async def seen(house: House) -> list[Shot]:
    card = await _monday(house)
    who = await house.steward.directories["slack"].visitor(HELENA)
    await house.steward.door.enter(steps.see(card), who)
    await house.settled()
    return [house.shot_of_card("Head of Customer Success", HELENA, card)]


SCENES = (
    Scene(GROUP, "The weekly digest, to be seen", waiting),
    Scene(GROUP, "The weekly digest, where the log was not verified", unverified),
    Scene(GROUP, "The weekly digest, where there was no journal to compare the log with", uncompared),
    Scene(GROUP, "The weekly digest, passed on", passed_on),
    Scene(GROUP, "The weekly digest, seen", seen),
)
