"""Confidential reports as chat shows them: the dialogs of who reports, and the card of who handles one (P13)."""

from __future__ import annotations

from handlers import read_report
from handlers.acting import WEB
from handlers.breach import handling, readers
from tests.gallery.house import ANNA, HELENA, RUTH, House
from tests.gallery.scene import Scene
from tests.gallery.shots import Shot

GROUP = "Confidential reports"
WHAT = {"what": "A colleague played a customer's call to friends.", "when": "Tuesday", "named": "named"}


async def _form(house: House) -> None:
    await house.person(ANNA).command("/recording-breach")
    await house.settled()


async def _filed(house: House, **more: str) -> None:
    await _form(house)
    await house.sent(ANNA, {**WHAT, **more})
    await house.steward.confidential.drain()


async def _page(house: House) -> tuple[str, str]:
    """Ruth opens the report's page."""
    name = house.workspace.dm(RUTH)[-1].text and str(house.workspace.dm(RUTH)[-1].blocks)
    report = name[name.index("B-") :][:10]
    who = await house.steward.directories["slack"].visitor(RUTH)
    code = await house.steward.door.enter(readers.link(report), who)
    _, session = await house.steward.door.enter(readers.exchange(code), WEB)
    await house.steward.door.enter(read_report(report, session), WEB)
    return report, session


async def form(house: House) -> list[Shot]:
    await _form(house)
    shots = [house.shot_of_modal("untouched", ANNA)]
    await _form(house)
    return [*shots, house.shot_of_modal("sent empty", ANNA, await house.refused(ANNA, {"what": " ", "named": "named"}))]


async def receipt(house: House) -> list[Shot]:
    await _filed(house)
    return [house.shot_of_modal("reporter", ANNA)]


async def came_in(house: House) -> list[Shot]:
    await _filed(house)
    shots = [house.shot_of_last(name, uid) for name, uid in (("Manager", RUTH), ("Head", HELENA))]
    await house.press(RUTH, house.workspace.dm(RUTH)[-1], "Details")
    return [*shots, house.shot_of_modal("Details", RUTH), await house.shot_of_home("at home", RUTH)]


async def acknowledged(house: House) -> list[Shot]:
    await _filed(house)
    await house.steward.door.enter(handling.acknowledge(*await _page(house)), WEB)
    await house.steward.confidential.drain()
    return [house.shot_of_last("Manager", RUTH), house.shot_of_last("who gave a name", ANNA)]


async def asked(house: House) -> list[Shot]:
    await _filed(house)
    await house.steward.door.enter(handling.ask(*await _page(house), "Which day was it?"), WEB)
    await house.steward.confidential.drain()
    await house.press(ANNA, house.workspace.dm(ANNA)[-1], "Reply")
    return [house.shot_of_last("who gave a name", ANNA), house.shot_of_modal("Reply", ANNA)]


async def closed(house: House) -> list[Shot]:
    await _filed(house)
    page = await _page(house)
    await house.steward.door.enter(handling.outcome(*page, "HR-12", "Settled."), WEB)
    await house.steward.door.enter(handling.close(*page, "Thank you."), WEB)
    await house.steward.confidential.drain()
    return [house.shot_of_last("Manager", RUTH)]


SCENES = (
    Scene(GROUP, "the form", form),
    Scene(GROUP, "the receipt", receipt),
    Scene(GROUP, "one came in", came_in),
    Scene(GROUP, "acknowledged", acknowledged),
    Scene(GROUP, "the reporter is asked", asked),
    Scene(GROUP, "closed", closed),
)
