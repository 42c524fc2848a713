"""What comes when nobody answers: each reminder, alone and with others, in time and late (P7, P9)."""

from __future__ import annotations

from datetime import timedelta

from tests.gallery.house import ANNA, CLEO, DEVEN, HELENA, TARA, House
from tests.gallery.scene import Scene
from tests.gallery.shots import Shot

WAITING = "Waiting for an answer"
MORNING = timedelta(hours=22, minutes=30)  # from 10:42 in Sydney to a quarter past nine
LONDON = timedelta(hours=11)  # from then until it is as late there, where the deputy lives


async def _wait(house: House, days: int) -> None:
    """Until the morning after so many days, one morning after the other."""
    await house.pass_(hours=MORNING.total_seconds() / 3600)
    for _ in range(days):
        await house.pass_(days=1)


def _saying(house: House, name: str, uid: str, words: str) -> Shot:
    """The newest message that says so; some people get others on the same morning."""
    return house.shot_of_message(name, uid, [one for one in house.workspace.dm(uid) if words in one.text][-1])


async def reminded(house: House) -> list[Shot]:
    request = await house.ask()
    await _wait(house, 1)
    return [house.shot_of_last("approver", TARA), house.shot_of_card("the card", TARA, request)]


async def several(house: House) -> list[Shot]:
    await house.ask()
    await house.ask(CLEO, "process_quality", ["CS-10439"], "CS-1003")
    await _wait(house, 2)
    shots = [house.shot_of_last("approver", TARA)]
    await house.pass_(hours=LONDON.total_seconds() / 3600)
    return [*shots, house.shot_of_last("deputy", DEVEN)]


async def escalated(house: House) -> list[Shot]:
    request = await house.ask()
    await _wait(house, 0)
    for _ in range(6):  # also through the mornings of the deputy, to whom it would be late otherwise
        await house.pass_(hours=LONDON.total_seconds() / 3600)
        await house.pass_(hours=24 - LONDON.total_seconds() / 3600)
    await house.pass_(hours=LONDON.total_seconds() / 3600)
    readers = {"deputy": DEVEN, "the next authority": HELENA, "requester": ANNA}
    return [house.shot_of_card(name, uid, request) for name, uid in readers.items()]


async def several_for_the_next(house: House) -> list[Shot]:
    await house.ask()
    await house.ask(CLEO, "process_quality", ["CS-10439"], "CS-1003")
    await _wait(house, 6)
    return [_saying(house, "the next authority", HELENA, "things need")]


async def lapsed(house: House) -> list[Shot]:
    request = await house.ask()
    await _wait(house, 14)
    said = [house.shot_of_last("requester", ANNA), house.shot_of_last("approver", TARA)]
    return [
        *said,
        house.shot_of_card("the card", ANNA, request),
        house.shot_of_card("the approver’s card", TARA, request),
    ]


async def ending(house: House) -> list[Shot]:
    await house.do(TARA, await house.ask(), "Approve")
    await house.pass_(days=6)
    return [house.shot_of_last("holder", ANNA)]


async def late(house: House) -> list[Shot]:
    """The program was away for three weeks."""
    await house.ask()
    await house.ask(CLEO, "process_quality", ["CS-10439"], "CS-1003")
    await house.pass_(days=20, hours=22, minutes=30)
    return [house.shot_of_last("requester", ANNA), house.shot_of_last("approver", TARA)]


async def weekly(house: House) -> list[Shot]:
    request = await house.ask(ANNA, "legal_claim", ["CS-10431"], "CS-1008")
    await _wait(house, 22)
    return [
        _saying(house, "whoever is silent, among other things", HELENA, "things need"),
        house.shot_of_card("the card", ANNA, request),
    ]


SCENES: tuple[Scene, ...] = (
    Scene(WAITING, "reminded", reminded),
    Scene(WAITING, "several things on one morning", several),
    Scene(WAITING, "asked by silence", escalated),
    Scene(WAITING, "several for the next authority", several_for_the_next),
    Scene(WAITING, "lapsed", lapsed),
    Scene(WAITING, "access ends soon", ending),
    Scene(WAITING, "late after an outage", late),
    Scene(WAITING, "an investigation, each week", weekly),
)
