"""Who listened to one's own calls (P11)."""

from __future__ import annotations

from handlers import listening
from handlers.acting import WEB
from handlers.whose_data.cards import LABEL
from tests.gallery.house import ANNA, CLEO, TARA, House
from tests.gallery.scene import Scene
from tests.gallery.shots import Shot

GROUP = "Whose data"
HERS = ("CS-10431", "CS-10385")
"""Calls that Anna took."""


async def _hears(house: House, uid: str, request: str) -> None:
    """As the player does it, for a minute."""
    who = await house.steward.directories["slack"].visitor(uid)
    opened = await house.steward.door.enter(
        listening.exchange(await house.steward.door.enter(listening.listen(request), who)), WEB
    )
    calls = await house.steward.database.read(lambda store: store.recordings.of_request(request))
    for one in calls:
        await house.steward.door.enter(listening.served(opened.grant, opened.secret, one.id, 0, 30), WEB)
    await house.pass_(minutes=1)


async def _page(house: House, name: str = "operator") -> Shot:
    await house.person(ANNA).open_home()
    await house.settled()
    await house.press(ANNA, "home", LABEL)
    return house.shot_of_modal(name, ANNA)


async def nobody(house: House) -> list[Shot]:
    return [await house.shot_of_home("agent", ANNA), await _page(house)]


async def listened(house: House) -> list[Shot]:
    """A colleague, who comes back the next day, and Anna herself."""
    first = await house.ask(CLEO, "training", HERS)
    await house.do(TARA, first, "Approve")
    await _hears(house, CLEO, first)
    own = await house.ask(ANNA, "transcription_check", HERS[:1], "CS-1002")
    await house.do(TARA, own, "Approve")
    await _hears(house, ANNA, own)
    await house.pass_(days=1)
    await _hears(house, CLEO, first)
    return [await _page(house)]


SCENES: tuple[Scene, ...] = (Scene(GROUP, "no one listened", nobody), Scene(GROUP, "colleagues listened", listened))
