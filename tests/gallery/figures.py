"""The month at a glance: the page in words, of a month in which something happened and of one in which nothing did."""

from __future__ import annotations

from handlers import listening
from handlers.acting import WEB
from handlers.figures.month import WHAT
from tests.gallery.house import ANNA, CLEO, RUTH, TARA, House
from tests.gallery.scene import Scene
from tests.gallery.shots import Shot

GROUP = "The month at a glance"


async def _page(house: House, name: str, *presses: str) -> Shot:
    await house.person(RUTH).open_home()
    await house.settled()
    await house.press(RUTH, "home", WHAT)
    for one in presses:
        await house.press(RUTH, "modal", one)
    return house.shot_of_modal(name, RUTH)


async def nothing(house: House) -> list[Shot]:
    return [await house.shot_of_home("home", RUTH), await _page(house, "Manager, Human Resources")]


async def something(house: House) -> list[Shot]:
    """A request is heard, another lapses."""
    request = await house.ask(CLEO, "training", ("CS-10431",))
    await house.do(TARA, request, "Approve")
    who = await house.steward.directories["slack"].visitor(CLEO)
    opened = await house.steward.door.enter(
        listening.exchange(await house.steward.door.enter(listening.listen(request), who)), WEB
    )
    [call] = await house.steward.database.read(lambda store: store.recordings.of_request(request))
    await house.steward.door.enter(listening.served(opened.grant, opened.secret, call.id, 0, 30), WEB)
    await house.ask(ANNA, "transcription_check", ("CS-10385",), "CS-1002")
    await house.pass_(days=1)
    return [
        await _page(house, "Manager, Human Resources", "Month after"),
        await _page(house, "the link", "Open with pictures"),
    ]


SCENES: tuple[Scene, ...] = (Scene(GROUP, "nothing happened", nothing), Scene(GROUP, "a month so far", something))
