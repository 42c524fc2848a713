"""Customers' requests: how one is filed in two steps, and its cards while it waits (P8)."""

from __future__ import annotations

from collections.abc import Mapping

from tests.gallery.house import ANNA, TARA, House
from tests.gallery.scene import Scene
from tests.gallery.shots import Shot

GROUP = "Customer’s request"
STEP = {
    "Who asks?": "customer", "What do they want?": "copy", "When did they first ask anyone here?": "2026-11-23",
    "At what time, if you know?": "16:00",
}  # fmt: skip
ADDRESS = "ada.pemberly@pemberly.example"
WHO = {
    "Their name": "Ada Pemberly", "How did you check who they are?": "called_back", "E-mail address that they name": ADDRESS,
    "The same address again": ADDRESS, "What do they know about the call?": "I rang about the pendant. My reference is CS-7.",
}  # fmt: skip
NOT_YET: dict[str, str | None] = {
    "How did you check who they are?": "none",
    "E-mail address that they name": None,
    "The same address again": None,
}
READERS = {"who filed it": ANNA, "team leader": TARA}


async def _turned(house: House, uid: str = ANNA) -> None:
    await house.form(uid, "customer")


async def _chosen(house: House, uid: str = ANNA) -> None:
    """The first step, filled in and left open."""
    await _turned(house, uid)
    found = await house.person(uid).options("lookup:customer_calls", "CS-10397")
    house.fill(uid, {**STEP, "Which calls?": [found[0]["value"]]})


async def _second(house: House, uid: str = ANNA) -> None:
    await _chosen(house, uid)
    await house.sent(uid, {})


async def _filed(house: House, uid: str = ANNA, more: Mapping[str, str | None] = WHO) -> str:
    await _second(house, uid)
    await house.sent(uid, {**WHO, **more})
    view = house.person(uid).modal or {}
    house.workspace.views.stack(uid).clear()
    told = str(view)
    return told[told.index("C-") :][:10]


def _cards(house: House, request: str, readers: dict[str, str] = READERS) -> list[Shot]:
    return [house.shot_of_card(name, uid, request) for name, uid in readers.items()]


async def forms(house: House) -> list[Shot]:
    await _turned(house)
    shots = [house.shot_of_modal("the first choice turned it", ANNA)]
    await _chosen(house)
    shots.append(house.shot_of_modal("first step", ANNA))
    await _turned(house)
    errors = await house.refused(ANNA, {})
    shots.append(house.shot_of_modal("first step, sent empty", ANNA, errors))
    await _turned(house)
    await house.person(ANNA).press("modal", "When did they first ask anyone here?", "2026-11-03")
    await house.settled()
    shots.append(house.shot_of_modal("long ago", ANNA))
    await _second(house)
    shots.append(house.shot_of_modal("second step", ANNA))
    await _second(house)
    errors = await house.refused(ANNA, {**WHO, "The same address again": "ada.pemberley@pemberly.example"})
    shots.append(house.shot_of_modal("second step, not the same twice", ANNA, errors))
    await _turned(house)
    await house.sent(ANNA, {**STEP, "Who asks?": "authority"})
    shots.append(house.shot_of_modal("with authority", ANNA))
    await _turned(house)
    await house.sent(ANNA, {**STEP, "Who asks?": "operator"})
    shots.append(house.shot_of_modal("a colleague", ANNA))
    await _second(house)
    await house.sent(ANNA, WHO)
    return [*shots, house.shot_of_modal("filed", ANNA)]


async def waiting(house: House) -> list[Shot]:
    request = await _filed(house)
    shots = [*_cards(house, request), await house.shot_of_home("team leader, home", TARA)]
    await house.person(TARA).open_home()
    await house.press(TARA, "home", "Details")
    return [*shots, house.shot_of_modal("team leader, details", TARA)]


async def not_identified(house: House) -> list[Shot]:
    request = await _filed(house, more=NOT_YET)
    shots = _cards(house, request)
    for button in ("Identified", "Another address"):
        await house.press(ANNA, house.card(ANNA, request), button)
        shots.append(house.shot_of_modal(button, ANNA))
    return shots


async def again(house: House) -> list[Shot]:
    request = await _filed(house)
    await _filed(house, TARA)
    return _cards(house, request)


async def withdrawn(house: House) -> list[Shot]:
    request = await _filed(house)
    await house.press(ANNA, house.card(ANNA, request), "Withdraw")
    shots = [house.shot_of_modal("the form", ANNA)]
    await house.press(ANNA, house.card(ANNA, request), "Withdraw")
    await house.sent(
        ANNA, {"When did they say so?": "2026-11-24", "How did they say so?": "She rang, and needs it no more."}
    )
    return [*shots, *_cards(house, request)]


async def late(house: House) -> list[Shot]:
    request = await _filed(house)
    await house.pass_(days=16)
    return _cards(house, request)


SCENES: tuple[Scene, ...] = (
    Scene(GROUP, "filing", forms),
    Scene(GROUP, "waiting", waiting),
    Scene(GROUP, "not identified yet", not_identified),
    Scene(GROUP, "asked for again", again),
    Scene(GROUP, "withdrawn", withdrawn),
    Scene(GROUP, "late", late),
)
