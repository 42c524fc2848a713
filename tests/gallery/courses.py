"""The ways that a request may take before somebody decides: passed on, or past whoever is out of reach."""

from __future__ import annotations

from tests.gallery import odd
from tests.gallery.house import ANNA, HELENA, TARA, House
from tests.gallery.scene import Scene
from tests.gallery.shots import Shot

WHY = "Mrs Pemberly is my aunt, so I should not be the one to decide about her call."


async def _in_details(house: House, uid: str, button: str) -> None:
    """Press a button that stands in the request's details, which open from the home."""
    await house.person(uid).open_home()
    await house.settled()
    await house.press(uid, "home", "Details")
    await house.press(uid, "modal", button)


async def passing_on(house: House) -> list[Shot]:
    """The form."""
    await house.ask()
    await _in_details(house, TARA, "Pass on")
    shots = [house.shot_of_modal("untouched", TARA)]
    await _in_details(house, TARA, "Pass on")
    return [*shots, house.shot_of_modal("sent empty", TARA, await house.refused(TARA, {"words": ""}))]


async def passed_on(house: House) -> list[Shot]:
    """The team leader has given it to the Head."""
    request = await house.ask()
    await _in_details(house, TARA, "Pass on")
    await house.sent(TARA, {"words": WHY})
    readers = {"requester": ANNA, "who passed it on": TARA, "the next authority": HELENA}
    return [house.shot_of_card(name, uid, request) for name, uid in readers.items()]


async def passed_on_at_length(house: House) -> list[Shot]:
    request = await house.ask()
    await _in_details(house, TARA, "Pass on")
    await house.sent(TARA, {"words": odd.long(1000)})
    return [house.shot_of_card("the next authority", HELENA, request)]


async def asked_at_length(house: House) -> list[Shot]:
    """In a script of which each sign takes six bytes on the way, so that no card in Teams has room for all of it."""
    request = await house.ask()
    for _ in range(4):
        await house.do(TARA, request, "Ask a question", "問" * 1000)
        await house.do(ANNA, request, "Answer", "答" * 1000)
    return [house.shot_of_card("approver", TARA, request)]


SCENES: tuple[Scene, ...] = (
    Scene("Other forms", "pass on", passing_on),
    Scene("Access request", "passed on", passed_on),
    Scene("Odd texts", "passed on at length", passed_on_at_length),
    Scene("Odd texts", "asked at length", asked_at_length),
)
