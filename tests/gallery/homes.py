"""The App Home: empty, busy, overflowing, and closed to an account that may not act."""

from __future__ import annotations

from tests.gallery.house import ANNA, CLEO, DEVEN, HELENA, PIP, RUTH, TARA, House
from tests.gallery.requests import NO
from tests.gallery.scene import Scene
from tests.gallery.shots import Shot

HOME = "App Home"


async def empty(house: House) -> list[Shot]:
    return [await house.shot_of_home("agent", ANNA), await house.shot_of_home("approver", TARA)]


async def first_steps(house: House) -> list[Shot]:
    """Everybody's first home, in the own role."""
    named = {
        "agent": ANNA, "approver": TARA, "deputy": DEVEN, "Head of Customer Success": HELENA,
        "Manager, Human Resources": RUTH,
    }  # fmt: skip
    return [await house.shot_of_home(name, uid) for name, uid in named.items()]


async def busy(house: House) -> list[Shot]:
    """A week in which a bit of everything happened."""
    await house.do(TARA, await house.ask(ANNA, "training", crm="CS-1001"), "Deny", NO)
    taken_back = await house.ask(ANNA, "performance", crm="CS-1002")
    await house.do(ANNA, taken_back, "Withdraw")
    await house.pass_(days=2)
    await house.do(TARA, await house.ask(ANNA, "complaint", ["CS-10397", "CS-10442"]), "Approve")
    await house.do(TARA, await house.ask(CLEO, "process_quality", ["CS-10439"], "CS-1003"), "Approve")
    own = await house.ask(TARA, "transcription_check", ["AB-7719"], "CS-1004")
    await house.do(HELENA, own, "Approve")
    await house.pass_(days=1, hours=3)
    asked = await house.ask(ANNA, "abuse_protection", ["CS-10431"], "CS-1005")
    await house.do(TARA, asked, "Ask a question", "Is the caller known to the police?")
    await house.ask(CLEO, "training", ["CS-10362"], "CS-1006")
    await house.ask(TARA, "performance", ["CS-10431"], "CS-1007")
    await house.ask(ANNA, "legal_claim", ["SL-3361"], "CS-1008")
    named = {"agent": ANNA, "approver": TARA, "Head of Customer Success": HELENA}
    return [await house.shot_of_home(name, uid) for name, uid in named.items()]


async def overflowing(house: House) -> list[Shot]:
    for number in range(15):
        await house.ask(CLEO if number % 2 else ANNA, "complaint", ["CS-10397"], f"CS-{2000 + number}")
        await house.pass_(minutes=25)
    return [await house.shot_of_home("approver", TARA)]


async def whole_list(house: House) -> list[Shot]:
    await overflowing(house)
    await house.press(TARA, "home", "Show all")
    return [house.shot_of_modal("approver", TARA)]


async def closed(house: House) -> list[Shot]:
    return [await house.shot_of_home("guest", PIP)]


async def withdrawing(house: House) -> list[Shot]:
    await house.do(TARA, await house.ask(), "Approve")
    shown = await house.shot_of_home("approver", TARA)
    [button] = [one["accessory"] for one in shown.seen["blocks"] if "confirm" in one.get("accessory", {})]
    return [shown, house.shot_of_question("approver is asked", TARA, button["confirm"])]


async def away(house: House) -> list[Shot]:
    """The team leader says that she is away, then her deputy, with whom nobody stands in any more."""
    for uid in (TARA, DEVEN):
        await house.person(uid).open_home()
    await house.settled()
    await house.press(TARA, "home", "I'm away")
    shots = [house.shot_of_modal("the form", TARA)]
    await house.press(TARA, "home", "I'm away")
    errors = await house.refused(TARA, {"Last day": "2026-11-01"})
    shots += [house.shot_of_modal("days that are over", TARA, errors)]
    for uid, last, name in ((TARA, "2026-12-04", "saved"), (DEVEN, "2026-11-26", "saved, no one stands in")):
        await house.press(uid, "home", "I'm away")
        await house.sent(uid, {"Last day": last})
        shots += [house.shot_of_modal(name, uid)]
    named = {"team leader": TARA, "deputy": DEVEN, "Head of Customer Success": HELENA}
    return [*shots, *[await house.shot_of_home(name, uid) for name, uid in named.items()]]


SCENES: tuple[Scene, ...] = (
    Scene(HOME, "first steps", first_steps),
    Scene(HOME, "empty", empty),
    Scene(HOME, "busy", busy),
    Scene(HOME, "overflowing", overflowing),
    Scene(HOME, "a whole list", whole_list),
    Scene(HOME, "withdrawing access", withdrawing),
    Scene(HOME, "being away", away),
    Scene(HOME, "closed to a guest", closed),
)
